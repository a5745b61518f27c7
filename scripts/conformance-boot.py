#!/usr/bin/env python3
"""Boots real kernels on random boards in QEMU and compares what they log with `dtheap map`.

    scripts/conformance-boot.py [--dtheap BINARY] [--seed S] [--count N] [--first N] [--kernel NAME]... [--seconds N]

Each board (random_boards.py) is booted with every kernel of its architecture (kernels.py), one machine at a time. The
kernel has no root file system and panics; that is the end of a good boot. Compared are

    boot       whether the kernel comes that far
    log        the lines that start with `OF:`, `Reserved memory:` or `cma:`, in order
    regions    what the dump of memblock says of each region that the map shows
    overlaps   the names in the kernel's reports of overlaps
    zone       the end of the DMA zone on arm64

A difference is printed with the command that repeats it; source, log and map are kept in .build/conformance-boot. The
last line is `N passed, N failed`. The exit status is 0 when nothing failed, 1 when something did, 2 when it could not
run, 77 when the machine has no QEMU or the kernels cannot be had.
"""

import argparse
import difflib
import json
import pathlib
import re
import selectors
import struct
import subprocess
import sys
import tempfile
import time

import random_boards
from kernels import KERNELS, KernelCache, KernelError, chosen

KEEP = pathlib.Path(__file__).resolve().parent.parent / ".build" / "conformance-boot"
# Where the boot code and the images are loaded; all below random_boards.LOW_END.
STUB = 0x4F000000
IMAGE = {"arm64": 0x40200000, "arm": 0x42000000}
EMULATOR = {"arm64": "qemu-system-aarch64", "arm": "qemu-system-arm"}
BOOT_SECONDS_MAX = 60
# A kernel that says nothing for so long is dead.
SILENT_SECONDS_MAX = 10
LOG_BYTES_MAX = 16 << 20
SKIPPED = 77
# The end of a good boot, and the end of any death that the kernel notices.
FAREWELL = b"Kernel panic - not syncing: VFS: Unable to mount root fs"
DEATH = b"---[ end Kernel panic"
# What CMA says later of allocations is no part of the boot.
LATER = ("cma: cma_alloc:", "cma: __cma_alloc:", "cma: number of available pages:")
PREFIXES = ("OF: fdt: Ignoring", "OF: fdt: Reserved memory", "OF: reserved mem:", "Reserved memory:", "cma:")


class CannotRun(Exception):
    """The comparison cannot be made at all."""


def stub(architecture):
    """The few instructions that a boot loader ends with: the blob's address in its register, then the kernel."""
    if architecture == "arm64":
        # ldr x0, blob; mov x1..x3, xzr; ldr x4, kernel; br x4
        code = [0x580000C0, 0xAA1F03E1, 0xAA1F03E2, 0xAA1F03E3, 0x58000084, 0xD61F0080]
        return struct.pack("<6I2Q", *code, random_boards.BLOB, IMAGE[architecture])
    # mov r0, #0; mvn r1, #0; ldr r2, blob; ldr pc, kernel
    code = [0xE3A00000, 0xE3E01000, 0xE59F2000, 0xE59FF000]
    return struct.pack("<6I", *code, random_boards.BLOB, IMAGE[architecture])


def arguments(architecture, has_early_console):
    """The command line that every boot has, before what the board adds."""
    words = ["panic=-1", "console=ttyAMA0"]
    # 32-bit arm hangs where memblock talks to an early console; without it a death before the console leaves no log.
    if architecture == "arm64" or has_early_console:
        words.append("earlycon=pl011,0x9000000")
    if architecture == "arm64" or not has_early_console:
        words.append("memblock=debug")
    return words


class Log:
    """What a boot printed."""

    def __init__(self, text, is_hung):
        self.is_hung = is_hung
        self.lines = []
        for line in text.decode(errors="replace").splitlines():
            match = re.match(r"\[ *\d+\.\d+\] (.*)", line)
            self.lines.append(match.group(1) if match else line)
        self.boots = FAREWELL in text
        self.tree_lines = [
            line for line in self.lines if line.startswith(PREFIXES) and not line.startswith(LATER)
        ]
        self.memory, self.reserved = self._dump("memory"), self._dump("reserved")

    def _dump(self, name):
        """The ranges (base, end, flags) that memblock's dump lists under a name; None without a dump."""
        pattern = re.compile(rf"\s{name}\[0x[0-9a-f]+\]\s+\[(0x[0-9a-f]+)-(0x[0-9a-f]+)\].*flags: (0x[0-9a-f]+)")
        try:
            start = self.lines.index("MEMBLOCK configuration:")
        except ValueError:
            return None
        matches = (pattern.match(line) for line in self.lines[start:])
        return [(int(m[1], 16), int(m[2], 16) + 1, int(m[3], 16)) for m in matches if m]

    @property
    def overlap_names(self):
        """Whom each report of an overlap names first."""
        following = zip(self.lines, self.lines[1:])
        return sorted(after.split(" (")[0] for line, after in following if line.endswith("OVERLAP DETECTED!"))

    @property
    def zone_end(self):
        """The last address of the DMA zone, or None."""
        for line in self.lines:
            match = re.match(r"\s+DMA\s+\[mem 0x[0-9a-f]+-(0x[0-9a-f]+)\]", line)
            if match:
                return int(match[1], 16)
        return None

    def reserves(self, function):
        """The ranges that a function reserved, as (base, size)."""
        pattern = re.compile(rf"memblock_reserve: \[(0x[0-9a-f]+)-(0x[0-9a-f]+)\] {function}\+")
        matches = (pattern.match(line) for line in self.lines)
        return [(int(m[1], 16), int(m[2], 16) - int(m[1], 16) + 1) for m in matches if m]


def final_state(base, size, log):
    """What memblock says of a range, in the words of `dtheap map`."""
    if size == 0:
        return "empty"

    def extent(ranges, names):
        end, covered = base + size, 0
        for start, stop in merged(ranges):
            covered += max(min(stop, end) - max(start, base), 0)
        return names[0 if covered == 0 else 2 if covered == size else 1]

    no_map = [(start, stop) for start, stop, flags in log.memory if flags & 4]
    return " ".join(
        [
            extent([entry[:2] for entry in log.reserved], ("not-reserved", "part-reserved", "reserved")),
            extent(no_map, ("map", "part-nomap", "nomap")),
            extent([entry[:2] for entry in log.memory], ("no-memory", "part-in-memory", "in-memory")),
        ]
    )


def merged(ranges):
    """Disjoint ranges of the same bytes."""
    result = []
    for start, stop in sorted(ranges):
        if result and start <= result[-1][1]:
            result[-1][1] = max(result[-1][1], stop)
        else:
            result.append([start, stop])
    return result


class Machine:
    """QEMU with one kernel."""

    def __init__(self, kernel, image, scratch):
        self.kernel = kernel
        self.image = image
        self.scratch = scratch
        self.stub = scratch / f"stub-{kernel.architecture}.bin"
        self.stub.write_bytes(stub(kernel.architecture))
        self.tree = self._tree()
        self.occupied = []

    def _tree(self):
        """The source of the machine's own tree, without memory and `/chosen`."""
        blob = self.scratch / f"{self.kernel.name}.dtb"
        words = [EMULATOR[self.kernel.architecture], "-M", f"virt,dumpdtb={blob}", "-cpu", self.kernel.cpu]
        done = subprocess.run(
            [*words, "-m", "512M", "-nic", "none", "-nographic"], capture_output=True, check=False, timeout=60
        )
        if not blob.exists():
            raise CannotRun(f"QEMU dumps no tree: {done.stderr.decode(errors='replace').strip()}")
        source = run(["dtc", "-q", "-I", "dtb", "-O", "dts", str(blob)])
        return source + "\n/ {\n\t/delete-node/ memory@40000000;\n\t/delete-node/ chosen;\n};\n"

    def probe(self):
        """Boots the machine as it is, to learn what the kernel occupies."""
        board = random_boards.Board(
            f"/ {{\n\tmemory@40000000 {{\n\t\tdevice_type = \"memory\";\n\t\treg = <0x0 0x40000000 0x0 0x40000000>;\n\t}};\n"
            "\tchosen {\n\t\tstdout-path = \"/pl011@9000000\";\n@BOOTARGS@\t};\n};\n", "", 1024, [], None
        )  # fmt: skip
        log = self.boot(board, self.source(board))
        function = "arm64_memblock_init" if self.kernel.architecture == "arm64" else "arm_memblock_init"
        self.occupied = [item for item in log.reserves(function) if item[0] != random_boards.BLOB]
        if not log.boots or not self.occupied:
            last = "\n    ".join(log.lines[-5:])
            raise CannotRun(f"{self.kernel.name} does not boot on the bare machine:\n    {last}")

    def source(self, board, has_early_console=False):
        """A board's source for this machine."""
        line = " ".join(arguments(self.kernel.architecture, has_early_console) + board.command_line)
        quoted = line.replace("\\", "\\\\").replace('"', '\\"')
        return board.source(self.tree).replace("@BOOTARGS@", f'\t\tbootargs = "{quoted}";\n')

    def compiled(self, source):
        """The path of the blob of a source."""
        path = self.scratch / "board.dtb"
        run(["dtc", "-q", "-I", "dts", "-O", "dtb", "-o", str(path), "-"], source)
        return path

    def boot(self, board, source):
        """What the kernel prints on a board."""
        blob = self.compiled(source)
        log = self._run(board, blob)
        if not log.lines and self.kernel.architecture == "arm":
            log = self._run(board, self.compiled(self.source(board, has_early_console=True)))
        return log

    def _run(self, board, blob):
        loads = [(self.image, IMAGE[self.kernel.architecture]), (blob, random_boards.BLOB), (self.stub, STUB)]
        words = [EMULATOR[self.kernel.architecture], "-M", "virt", "-cpu", self.kernel.cpu]
        words += ["-m", f"{board.ram_mib}M", "-nic", "none", "-nographic", "-no-reboot", "-monitor", "none"]
        for path, address in loads:
            words += ["-device", f"loader,file={path},addr={address:#x},force-raw=on"]
        words += ["-device", f"loader,addr={STUB:#x},cpu-num=0"]
        with subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as process:
            try:
                return self._read(process)
            finally:
                process.kill()

    def _read(self, process):
        """Reads until the kernel says farewell, dies, or its time is over."""
        text, deadline = bytearray(), time.monotonic() + BOOT_SECONDS_MAX
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while len(text) < LOG_BYTES_MAX:
                left = deadline - time.monotonic()
                if left <= 0 or not selector.select(min(left, SILENT_SECONDS_MAX)):
                    return Log(bytes(text), is_hung=True)
                chunk = process.stdout.read1(65536)
                text += chunk
                tail = text[-len(chunk) - len(FAREWELL) :]
                if not chunk or FAREWELL in tail or DEATH in tail:
                    break
        return Log(bytes(text), is_hung=False)


def run(command, text=None, statuses=(0,)):
    """Runs a command that must end with one of the statuses, and returns what it printed."""
    try:
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotRun(f"{command[0]}: {error}") from error
    if done.returncode not in statuses:
        raise CannotRun(f"exit status {done.returncode} of {command[0]}: {done.stderr.strip()}")
    return done.stdout


class Comparison:
    """Boards against maps."""

    def __init__(self, dtheap, seed, scratch):
        self.dtheap = dtheap
        self.seed = seed
        self.scratch = scratch
        self.passed = 0
        self.failed = 0

    def compare(self, machine, number):
        """Boots one board with one kernel; whether the map agrees."""
        kernel = machine.kernel
        board = random_boards.generate(self.seed, number, kernel.architecture)
        source = machine.source(board)
        log = machine.boot(board, source)
        differences = self.differences(machine, board, source, log)
        if not differences:
            self.passed += 1
            return
        self.failed += 1
        print(f"FAILED seed {self.seed}, board {number}, kernel {kernel.name}")
        for line in differences:
            print("    " + line)
        kept = KEEP / f"{self.seed}-{number}-{kernel.name}"
        KEEP.mkdir(parents=True, exist_ok=True)
        kept.with_name(kept.name + ".dts").write_text(source, encoding="utf-8")
        kept.with_name(kept.name + ".log").write_text("\n".join(log.lines) + "\n", encoding="utf-8")
        words = f"--seed {self.seed} --first {number} --count 1 --kernel {kernel.name}"
        print(f"    kept: {kept}.dts, .log; again: scripts/conformance-boot.py {words}", flush=True)

    def map(self, machine, board, path, output):
        """What dtheap says, in a format."""
        blob = (self.scratch / "board.dtb").stat().st_size
        occupied = [f"{base:#x}+{size:#x}:kernel" for base, size in machine.occupied]
        occupied.append(f"{random_boards.BLOB:#x}+{blob:#x}:dtb")
        if board.ramdisk:
            occupied.append(f"{board.ramdisk[0]:#x}+{board.ramdisk[1]:#x}:initrd")
        words = [self.dtheap, "map", *machine.kernel.map_options, "--arch", machine.kernel.architecture]
        words += ["--without", "chunk-heap", "--format", output]
        words += [word for item in occupied for word in ("--occupied", item)]
        # 1 is a map of a kernel that dies.
        return run([*words, str(path)], statuses=(0, 1))

    def differences(self, machine, board, source, log):
        """What the map says otherwise, as lines; none where it agrees."""
        path = self.scratch / "board.dts"
        path.write_text(source, encoding="utf-8")
        try:
            lines = self.map(machine, board, path, "log").splitlines()
            result = json.loads(self.map(machine, board, path, "json"))
        except CannotRun as problem:
            return [str(problem)]
        found = []
        if result["boots"] != log.boots:
            fate = "boots" if log.boots else "hangs" if log.is_hung else "dies"
            found.append(f"boot: the kernel {fate}, the map says that it {'boots' if result['boots'] else 'dies'}")
        found += difflib.unified_diff(log.tree_lines, lines, "kernel", "map", lineterm="", n=1)
        named = sorted(
            row["name"] for row in result["regions"] for problem in row["problems"] if problem == "overlap"
        )  # fmt: skip
        if named != log.overlap_names:
            found.append(f"overlaps: {log.overlap_names} by the kernel, {named} by the map")
        if machine.kernel.architecture == "arm64" and log.zone_end and result["dmaZoneEnd"]:
            if log.zone_end != int(result["dmaZoneEnd"], 16):
                found.append(f"zone: {log.zone_end:#x} by the kernel, {result['dmaZoneEnd']} by the map")
        if log.memory is not None:
            found += self.region_differences(result, log)
        return found

    @staticmethod
    def region_differences(result, log):
        for row in result["regions"]:
            if row["base"] is None or row["final"] is None or row["origin"] == "memreserve":
                continue
            real = final_state(int(row["base"], 16), row["size"], log)
            if real != row["final"]:
                yield f"region {row['name']} pair {row['pair']}: {real} by the kernel, {row['final']} by the map"


def machines(options, scratch):
    """The machines that can be had; a kernel that cannot is said and left out."""
    cache, found = KernelCache(), []
    for kernel in chosen(options.kernel):
        try:
            image, package = cache.image(kernel)
        except KernelError as problem:
            print(f"skipped: kernel {kernel.name}: {problem}")
            continue
        machine = Machine(kernel, image, scratch)
        machine.probe()
        print(f"{kernel.name}: {package}", flush=True)
        found.append(machine)
    return found


def main():
    parser = argparse.ArgumentParser(description="Compares boots of random boards with dtheap map.")
    parser.add_argument("--dtheap", default=".build/release/dtheap")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--count", type=int, default=40, help="how many boards (40)")
    parser.add_argument("--first", type=int, default=0, help="the number of the first board (0)")
    parser.add_argument("--kernel", action="append", default=[], help=", ".join(kernel.name for kernel in KERNELS))
    parser.add_argument("--seconds", type=int, default=1500, help="begin no board after so many (1500)")
    options = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="dtheap-boot-") as scratch:
        scratch = pathlib.Path(scratch)
        try:
            missing = [name for name in sorted(EMULATOR.values()) if not is_there(name)]
            if missing:
                print(f"skipped: no {', '.join(missing)} here")
                sys.exit(SKIPPED)
            found = machines(options, scratch)
            if not found:
                print("skipped: no kernel image can be had here")
                sys.exit(SKIPPED)
            comparison = Comparison(options.dtheap, options.seed, scratch)
            for number in range(options.first, options.first + options.count):
                if time.monotonic() - started > options.seconds:
                    print(f"stopped before board {number}: {options.seconds} s are over")
                    break
                for machine in found:
                    comparison.compare(machine, number)
        except (CannotRun, KernelError) as problem:
            print(f"conformance-boot: {problem}", file=sys.stderr)
            sys.exit(2)
    print(f"{time.monotonic() - started:.0f} s")
    print(f"{comparison.passed} passed, {comparison.failed} failed")
    sys.exit(1 if comparison.failed else 0)


def is_there(command):
    """Whether a command can be run."""
    try:
        return subprocess.run([command, "--version"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


if __name__ == "__main__":
    main()
