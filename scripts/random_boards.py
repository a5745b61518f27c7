#!/usr/bin/env python3
"""Boards made at random from a seed: QEMU's virt machine with other memory, regions and command lines.

    scripts/random_boards.py --seed N --arch arm64|arm --print NUMBER

A board is one of a seed, a number and an architecture: the same three give the same bytes. Each board has some features
switched off and some taken to excess, so that rare things meet. What nobody can predict is left out: a pool on top of
the kernel or the blob, a `reg` without bytes, memory that the machine does not have, on 32-bit arm a pool outside memory,
a dynamic `no-map` region that is not whole pages, a pool on the last page of memory that is cut off,
a pool that is both `reusable` and `no-map`.
"""

import argparse
import random

MIB = 1 << 20
GIB = 1 << 30
DRAM = 0x40000000
# The blob, and where a board's ramdisk lies; both below LOW_END, where kernel and boot code are.
BLOB = 0x48000000
RAMDISK = 0x4A000000
LOW_END = 0x50000000

# What a board may have. Each is on in some boards only.
FEATURES = [
    "static", "dynamic", "nomap", "cma", "coherent", "default", "windows", "alignments", "bad cells", "pairs",
    "overlaps", "status", "memreserve", "cmdline", "container", "buses", "banks", "many", "names", "ramdisk",
    "odd sizes", "outside", "memory options",
]  # fmt: skip


class Board:
    """A board: its tree beside the machine's own nodes, and the memory that the machine needs."""

    def __init__(self, text, reservations, ram_mib, command_line, ramdisk):
        self.text = text
        self.reservations = reservations
        self.ram_mib = ram_mib
        self.command_line = command_line
        self.ramdisk = ramdisk

    def source(self, machine):
        """The whole source: the machine's tree, then what this board makes of it."""
        head, tail = machine.split("/dts-v1/;", 1)
        return f"{head}/dts-v1/;\n{self.reservations}{tail}\n{self.text}"


def words(value, cells=2):
    """A number as cells."""
    return " ".join(f"{(value >> 32 * index) & 0xFFFFFFFF:#x}" for index in reversed(range(cells)))


class Generator:
    """Makes one board."""

    def __init__(self, seed, number, architecture):
        # A string seeds by its digest, which is the same everywhere.
        self.dice = random.Random(f"{seed}/{number}/{architecture}")
        self.is_64bit = architecture == "arm64"
        self.features = {name for name in FEATURES if self.dice.random() < 0.55}
        for name, chance in (("many", 0.12), ("container", 0.15), ("outside", 0.15), ("bad cells", 0.3)):
            if self.dice.random() > chance:
                self.features.discard(name)
        self.has_static = "static" in self.features or "dynamic" not in self.features
        if not self.is_64bit and self.has_static:
            # Memory that is cut off leaves pools outside.
            self.features.discard("memory options")
        self.taken = []
        self.bytes_left = 0

    def on(self, name, chance=0.5):
        return name in self.features and self.dice.random() < chance

    # Memory

    def banks(self):
        """The banks, and the RAM that holds them all."""
        # Memory up to the last page of 32 bits is too much for 32-bit arm.
        sizes = [512, 1024, 2048, 2048] + ([3072, 4096, 6144] if self.is_64bit else [])
        ram = self.dice.choice(sizes)
        end = DRAM + ram * MIB
        if not self.on("banks", 0.8):
            return [(DRAM, end - DRAM)], ram
        first = self.dice.choice([256, 384, 448]) * MIB
        banks = [(DRAM, first)]
        cursor = DRAM + first
        grain = self.dice.choice([64 * 1024, 2 * MIB, 2 * MIB, 32 * MIB, 128 * MIB])
        if not self.is_64bit:
            grain = max(grain, 2 * MIB)
        for _ in range(self.dice.choice([1, 2, 3])):
            gap = self.dice.choice([0, grain, 16 * MIB, 64 * MIB, 256 * MIB]) // grain * grain
            size = self.dice.choice([grain, 32 * MIB, 64 * MIB, 128 * MIB, 256 * MIB, GIB]) // grain * grain
            size = min(size, end - cursor - gap)
            if size <= 0:
                break
            banks.append((cursor + gap, size))
            cursor += gap + size
        return banks, ram

    def memory(self, banks):
        """The memory nodes."""
        banks = list(banks)
        if self.on("odd sizes", 0.3) and not self.has_static:
            base, size = banks[-1]
            banks[-1] = (base, size - self.dice.choice([0x800, 0x1800]))
        if self.on("banks", 0.5):
            self.dice.shuffle(banks)
        groups = [banks]
        if len(banks) > 1 and self.dice.random() < 0.5:
            groups = [[bank] for bank in banks]
        text = ""
        for group in groups:
            reg = ", ".join(f"<{words(base)} {words(size)}>" for base, size in group)
            text += f'\tmemory@{group[0][0]:x} {{\n\t\tdevice_type = "memory";\n'
            if self.on("memory options", 0.15):
                text += f"\t\treg = <{words(DRAM)} {words(GIB)}>;\n\t\tlinux,usable-memory = {reg};\n\t}};\n"
            else:
                text += f"\t\treg = {reg};\n\t}};\n"
        if self.on("memory options", 0.3):
            text += f'\tmemory@e0000000 {{\n\t\tdevice_type = "memory";\n\t\tstatus = "disabled";\n'
            text += f"\t\treg = <{words(0xE0000000)} {words(GIB)}>;\n\t}};\n"
        return text

    # Places

    def grain(self):
        fine = [0x1000, 0x10000, MIB, 2 * MIB, 2 * MIB, 4 * MIB, 8 * MIB, 32 * MIB]
        return self.dice.choice([1, 0x40, 0x800, *fine] if self.on("odd sizes", 0.2) else fine)

    def size(self, grain):
        """A size that the board can spare, in whole grains most of the time."""
        most = max(min(self.bytes_left, 128 * MIB), 0x1000)
        size = self.dice.choice([0x1000, 0x10000, MIB, 2 * MIB, 3 * MIB, 8 * MIB, 16 * MIB, 32 * MIB, 64 * MIB])
        size = max(min(size, most) // grain, 1) * grain
        self.bytes_left -= size
        return size

    def place(self, banks, size, grain, is_pool):
        """A base for a static region."""
        low = LOW_END if is_pool else DRAM
        if self.taken and self.on("overlaps", 0.25):
            base, length = self.dice.choice(self.taken)
            return max(base + self.dice.choice([0, 0, length // 2, length, -size // 2, -size, length - 0x1000]), low)
        if not is_pool and self.on("overlaps", 0.1):
            return self.dice.choice([0x40200000, 0x40210000, 0x42000000, BLOB, BLOB - 0x1000, BLOB + 0x1000, RAMDISK])
        # The memory map of 32-bit arm goes on behind its end, with whatever lies there.
        if self.on("outside", 0.2) and (self.is_64bit or not is_pool):
            return self.dice.choice([0, 0x10000000, 0x3FF00000, banks[-1][0] + banks[-1][1] - size // 2])
        roomy = [(base, length) for base, length in banks if base + length > low + size and length > size]
        if not roomy:
            return low + size if self.is_64bit or not is_pool else DRAM + 224 * MIB
        base, length = self.dice.choice(roomy)
        first = max(base, low)
        kind = self.dice.random()
        if kind < 0.15:
            return base + length - size
        if kind < 0.25 and base >= low:
            return base
        steps = max((base + length - size - first) // grain, 1)
        aligned = -(-first // grain) * grain + self.dice.randrange(steps) * grain
        return min(aligned, base + length - size)

    def window(self, banks):
        """One pair of alloc-ranges."""
        base, length = self.dice.choice(banks)
        kind = self.dice.random()
        if self.taken and kind < 0.2:
            start, size = self.dice.choice(self.taken)
            return start + self.dice.choice([0, size]), self.dice.choice([16 * MIB, 64 * MIB, 256 * MIB])
        if kind < 0.3:
            return self.dice.choice([(0, 0), (0, 0x100000000), (DRAM, 0), (0, DRAM), (0x100000000, GIB)])
        start = base + self.dice.randrange(max(length // (4 * MIB), 1)) * 4 * MIB
        return start, self.dice.choice([MIB, 16 * MIB, 64 * MIB, 256 * MIB, GIB, 4 * GIB])

    # Regions

    def kind(self):
        """Compatible strings and flags of a region: (lines, whether a pool may take it)."""
        kinds = ["plain"]
        kinds += ["nomap"] * self.on("nomap", 0.9)
        kinds += ["cma", "cma"] * self.on("cma", 0.9)
        kinds += ["coherent"] * self.on("coherent", 0.9)
        kinds += ["odd"] * (self.dice.random() < 0.4)
        kind = self.dice.choice(kinds)
        if kind == "plain":
            return [], False
        if kind == "nomap":
            return ["no-map;"], False
        if kind == "cma":
            lines = ['compatible = "shared-dma-pool";', "reusable;"]
            if self.on("default", 0.3):
                lines.append("linux,cma-default;")
            return lines, True
        if kind == "coherent":
            lines = ['compatible = "shared-dma-pool";']
            if self.dice.random() < 0.7:
                lines.append("no-map;")
            if self.on("default", 0.15):
                lines.append(self.dice.choice(["linux,dma-default;", "linux,cma-default;"]))
            return lines, True
        compatible = self.dice.choice(
            ["restricted-dma-pool", "ramoops", "vendor,frames", "SHARED-DMA-pool", 'vendor,x", "shared-dma-pool']
        )
        flags = [flag for flag in ("no-map;", "reusable;") if self.dice.random() < 0.4]
        if "shared" in compatible.lower() and len(flags) == 2:
            # 6.12 refuses it after the page tables: the memory is free and not mapped, and deadly once it is used.
            flags.remove(self.dice.choice(flags))
        return [f'compatible = "{compatible}";', *flags], "shared" in compatible.lower()

    def region(self, index, banks):
        """One child of the container."""
        lines, is_pool = self.kind()
        grain = self.grain()
        if is_pool and "reusable;" in lines and self.dice.random() < 0.75:
            grain = self.dice.choice([2 * MIB, 4 * MIB, 8 * MIB, 8 * MIB, 32 * MIB])
        size = self.size(grain)
        name = self.dice.choice(["a", "pool", "frames", "fw"]) + str(index)
        if self.on("names", 0.2):
            name += self.dice.choice(["-" + "x" * 26, ".dot", "_under", ",comma", "+plus"])
        is_static = "static" in self.features and self.dice.random() < 0.6 or "dynamic" not in self.features
        if is_static:
            base = self.place(banks, size, grain, is_pool) & ((1 << 48) - 1)
            name += f"@{base:x}"
            lines.append(f"reg = {self.reg(base, size, banks, is_pool)};")
        if not is_static or self.on("bad cells", 0.1):
            lines += self.dynamic(size, banks)
        if self.on("status", 0.15):
            status = self.dice.choice(["okay", "ok", "disabled", "reserved", "fail", "", "okay\\0disabled", "Okay"])
            lines.append(f'status = "{status}";')
        if not is_static and "no-map;" in lines:
            # Whole pages: what shares a page with it is not mapped, and the kernel may put its own data there.
            lines = [line for line in lines if not line.startswith(("size", "alignment"))]
            lines += [f"size = <{words(max(size, 0x1000) & ~0xFFFF or 0x10000)}>;", f"alignment = <{words(0x10000)}>;"]
        self.dice.shuffle(lines)
        return f"\t\t{name} {{\n" + "".join(f"\t\t\t{line}\n" for line in lines) + "\t\t};\n"

    def reg(self, base, size, banks, is_pool):
        pairs = [(base, size)]
        self.taken.append((base, size))
        while self.on("pairs", 0.25):
            extra = self.size(0x1000)
            pairs.append((self.place(banks, extra, 0x1000, is_pool), extra))
        if self.on("odd sizes", 0.04):
            pairs[self.dice.randrange(len(pairs))] = (base, 0)
        cells = [f"{words(start)} {words(length)}" for start, length in pairs]
        if self.on("bad cells", 0.12):
            cells.append("0x1")
        return ", ".join(f"<{pair}>" for pair in cells)

    def dynamic(self, size, banks):
        if self.on("odd sizes", 0.06):
            size = self.dice.choice([0, 1, 0x123, 4 * GIB])
        lines = [f"size = <{words(size, 1 if self.on('bad cells', 0.1) else 2)}>;"]
        if self.on("alignments", 0.6):
            alignment = self.dice.choice(
                [0, 1, 0x40, 0x1000, 0x10000, MIB, 2 * MIB, 4 * MIB, 32 * MIB, 64 * MIB, 3 * MIB, 0x1800, 256 * MIB]
            )
            lines.append(f"alignment = <{words(alignment, 1 if self.on('bad cells', 0.1) else 2)}>;")
        if self.on("windows", 0.6):
            windows = [self.window(banks) for _ in range(self.dice.choice([1, 1, 1, 2, 3]))]
            cells = [f"{words(start)} {words(length)}" for start, length in windows]
            if self.on("bad cells", 0.1):
                cells = self.dice.choice([["0x0 0x50000000 0x10000000"], []])
            lines.append("alloc-ranges" + (f" = {', '.join(f'<{cell}>' for cell in cells)};" if cells else ";"))
        return lines

    def container(self, banks):
        count = self.dice.choice([0, 1, 2, 3, 4, 5, 6, 8, 12])
        if "many" in self.features:
            count = self.dice.choice([19, 22, 40, 63, 66, 80])
        children = "".join(self.region(index, banks) for index in range(count))
        lines = ["#address-cells = <2>;", "#size-cells = <2>;", "ranges;"]
        if self.on("container", 0.5):
            lines = self.dice.choice(
                [
                    ["#address-cells = <1>;", "#size-cells = <2>;", "ranges;"],
                    ["#address-cells = <2>;", "#size-cells = <1>;", "ranges;"],
                    ["#address-cells = <2>;", "#size-cells = <2>;"],
                    ["#size-cells = <2>;", "ranges;"],
                    [*lines, 'status = "disabled";'],
                    [*lines[:2], "ranges = <0x0 0x0 0x1 0x0 0x0 0x40000000>;"],
                ]
            )
        if not children and self.dice.random() < 0.5:
            return ""
        if self.on("container", 0.3):
            children += f"\t\tnest {{\n\t\t\tinner {{\n\t\t\t\tsize = <{words(MIB)}>;\n\t\t\t}};\n\t\t}};\n"
        name = "reserved-memory@0" if self.on("container", 0.2) else "reserved-memory"
        text = f"\t{name} {{\n" + "".join(f"\t\t{line}\n" for line in lines) + children + "\t};\n"
        if self.on("container", 0.2):
            text += f"\treserved-memory@1 {{\n\t\tlate@60000000 {{\n\t\t\treg = <{words(0x60000000)} {words(MIB)}>;\n"
            text += "\t\t};\n\t};\n"
        return text

    # The rest

    def command_line(self, end):
        options = []
        if self.on("cmdline", 0.8):
            size = self.dice.choice(["16M", "64M", "100M", "0x2000000", "1M", "0", "3G", "5000K", "0x123456"])
            base = self.dice.choice([0x50000000, 0x58000000, 0x60000000, 0x60100000, end - 64 * MIB, end])
            options.append(
                self.dice.choice(
                    [
                        f"cma={size}", f"cma={size}", f"cma={size}@{base:#x}", f"cma={size}@{base:#x}",
                        f"cma={size}@{base:#x}-{base + 256 * MIB:#x}", f'"cma={size}"', f'cma="{size}"', "cma",
                        f"cma=64M@{base:#x} cma={size}", f"CMA={size}", "cma=",
                    ]  # fmt: skip
                )
            )
        # 32-bit arm takes the size as it is, whatever memory there is.
        if self.on("memory options", 0.2) and (self.is_64bit or end >= DRAM + GIB):
            options.append(self.dice.choice(["mem=384M", "mem=512M", "mem=1G", "mem=0x30000800"]))
        return options

    def bus(self):
        """A bus that reaches a part of memory only."""
        size = self.dice.choice([GIB, 2 * GIB, 0x60000000, 0x20000000, 4 * GIB])
        base = self.dice.choice([0, DRAM, DRAM])
        return (
            f"\tbus {{\n\t\tcompatible = \"simple-bus\";\n\t\t#address-cells = <2>;\n\t\t#size-cells = <2>;\n\t\tranges;\n"
            f"\t\tdma-ranges = <0x0 0x0 {words(base)} {words(size)}>;\n\t}};\n"
        )  # fmt: skip

    def board(self):
        banks, ram = self.banks()
        total = sum(size for _, size in banks)
        # The kernel needs the rest to come up.
        self.bytes_left = total // 3
        end = max(base + size for base, size in banks)
        text = self.memory(banks) + self.container(banks)
        if self.on("buses", 0.5):
            text += self.bus()
        options = self.command_line(end)
        ramdisk = None
        chosen = '\t\tstdout-path = "/pl011@9000000";\n'
        if self.on("ramdisk", 0.5):
            ramdisk = (RAMDISK, self.dice.choice([0x1000, MIB, 8 * MIB]))
            first, last = ramdisk[0], ramdisk[0] + ramdisk[1]
            chosen += f"\t\tlinux,initrd-start = <{words(first)}>;\n\t\tlinux,initrd-end = <{words(last)}>;\n"
        if self.on("memory options", 0.15):
            chosen += f"\t\tlinux,usable-memory-range = <{words(DRAM)} {words(448 * MIB)}>;\n"
        reservations = ""
        for _ in range(self.dice.choice([1, 2, 3]) if self.on("memreserve", 0.7) else 0):
            base = self.place(banks, 64 * MIB, 0x1000, True)
            reservations += f"/memreserve/ {base:#x} {self.dice.choice([0x1000, 0x1800, MIB, 32 * MIB]):#x};\n"
        text = f"/ {{\n{text}\tchosen {{\n{chosen}@BOOTARGS@\t}};\n}};\n"
        return Board(text, reservations, ram, options, ramdisk)


def generate(seed, number, architecture):
    """The board of a seed, a number and an architecture."""
    return Generator(seed, number, architecture).board()


def main():
    parser = argparse.ArgumentParser(description="Prints a board made at random, without the machine's own nodes.")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--arch", choices=["arm64", "arm"], default="arm64")
    parser.add_argument("--print", type=int, metavar="NUMBER", required=True)
    options = parser.parse_args()
    board = generate(options.seed, options.print, options.arch)
    print(f"// {board.ram_mib} MiB, {' '.join(board.command_line)}\n{board.reservations}{board.text}", end="")


if __name__ == "__main__":
    main()
