#!/usr/bin/env python3
"""The conformance cases: Markdown files in Tests/Conformance/trees, one idea a section.

    scripts/cases.py [--verify] [--record] [FILE...]

A section starts with `## name`. Its fenced blocks are the case; all other text explains it.

    ```dts accept            the board; dtc and dtheap must both accept it and write the same bytes
    ```dts reject            the board; both must refuse it
    ```dts accept differs=R  dtc 1.6.1 refuses, dtheap accepts and writes what dtc makes of the `same-as` block
    ```dts reject differs=R  dtc 1.6.1 accepts, dtheap refuses
    ```dts same-as           see above
    ```blob accept|reject    a blob instead of `dts`, in hexadecimal with `# comments`; dtheap alone is asked
    ```file NAME             a file beside the board
    ```base accept|reject    a board instead of `dts`, to which overlays are applied, with that outcome
    ```overlay               one of the overlays, in order
    ```tree                  what the accepted blob decompiles to; `tree -@` the same with symbols

Further words after `dts accept` or `dts reject`:

    cpp             the C preprocessor runs first
    include=DIR     a folder to search, below the one of the case; repeatable
    warns=A,B       exactly these checks of dtc warn
    escaped         in the text `\\{xx xx}` stands for bytes, and `\\{end}` drops the line's end

R is one of the differences in DIFFERENCES. `--verify` runs every case through dtc; `--record` fills empty `tree` blocks.
"""

import argparse
import dataclasses
import pathlib
import re
import subprocess
import sys
import tempfile

TREES = pathlib.Path(__file__).resolve().parent.parent / "Tests" / "Conformance" / "trees"
PREPROCESSOR = ["cpp", "-E", "-nostdinc", "-undef", "-D__DTS__", "-x", "assembler-with-cpp"]

# The only ways in which dtheap may differ from dtc 1.6.1, and who accepts.
DIFFERENCES = {
    "out-of-range": "a cell out of range is truncated with a warning, as by dtc 1.7 and later",
    "relative-path": "&{label/path} names a node below a label, as by dtc 1.7 and later",
    "fixup-by-path": "an unresolved &{/path} in a plugin's cells is refused, as by dtc 1.7 and later",
    "comment-at-end": "a // comment may end the file without a newline",
    "deleted-root": "deleting the root is refused; dtc writes a blob that nothing can read",
}

BOARD = "board.dts"


class CaseError(Exception):
    """A case file that says something wrong; the message has the place."""


@dataclasses.dataclass
class Case:
    """One section of a case file."""

    file: str
    line: int
    name: str
    text: bytes = None
    accepted: bool = None
    difference: str = None
    same_as: bytes = None
    files: dict = dataclasses.field(default_factory=dict)
    overlays: list = dataclasses.field(default_factory=list)
    trees: dict = dataclasses.field(default_factory=dict)
    includes: list = dataclasses.field(default_factory=list)
    warnings: list = None
    is_preprocessed: bool = False
    is_base: bool = False
    is_blob: bool = False

    @property
    def title(self):
        return f"{self.file}: {self.name}"

    @property
    def accepted_by_dtc(self):
        return self.accepted if self.difference is None else not self.accepted

    def write(self, folder, text=None):
        """Puts the case's files into a folder; the result is the board's file."""
        for name, content in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        for directory in self.includes:
            (folder / directory).mkdir(parents=True, exist_ok=True)
        board = folder / BOARD
        board.write_bytes(self.text if text is None else text)
        return board

    def run_dtc(self, folder, options, output, text=None, quiet=("-q",)):
        """Runs dtc on the board, after the preprocessor where the case asks for it."""
        self.write(folder, text)
        name = BOARD
        if self.is_preprocessed:
            search = [word for directory in self.includes for word in ("-I", directory)]
            done = subprocess.run(
                PREPROCESSOR + search + [BOARD, "board.i"], cwd=folder, capture_output=True, check=False
            )
            if done.returncode != 0:
                return done
            name = "board.i"
        search = [word for directory in self.includes for word in ("-i", directory)]
        return subprocess.run(
            ["dtc", *quiet, *options, *search, "-I", "dts", "-O", "dtb", "-o", str(output), name],
            cwd=folder,
            capture_output=True,
            check=False,
            timeout=60,
        )


def unescaped(text):
    """Bytes for the text of an `escaped` block."""
    text = text.replace(b"\\{end}\n", b"")
    return re.sub(rb"\\\{([0-9a-f ]+)\}", lambda match: bytes.fromhex(match.group(1).decode()), text)


def parse(path):
    """The cases of one file, in order."""
    cases = []
    fence = None
    words = []
    content = []
    for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
        if fence is not None:
            if line == b"```":
                add_block(cases[-1], words, b"".join(text + b"\n" for text in content), f"{path.name}:{fence}")
                fence = None
            else:
                content.append(line)
        elif line.startswith(b"## "):
            cases.append(Case(path.stem, number, line[3:].decode().strip()))
        elif line.startswith(b"```"):
            if not cases:
                raise CaseError(f"{path.name}:{number}: a block before the first section")
            fence = number
            words = line[3:].decode().split()
            content = []
    if fence is not None:
        raise CaseError(f"{path.name}:{fence}: the block does not end")
    names = set()
    for case in cases:
        if case.text is None:
            raise CaseError(f"{path.name}:{case.line}: no `dts` block")
        if case.name in names:
            raise CaseError(f"{path.name}:{case.line}: the name is used twice")
        names.add(case.name)
        if case.difference and case.accepted and case.same_as is None:
            raise CaseError(f"{path.name}:{case.line}: accepted against dtc, but no `same-as` block")
    return cases


def add_block(case, words, content, place):
    if "escaped" in words:
        content = unescaped(content)
        words = [word for word in words if word != "escaped"]
    kind, rest = words[0], words[1:]
    if kind == "file":
        case.files[rest[0]] = content
    elif kind == "overlay":
        case.overlays.append(content)
    elif kind == "tree":
        case.trees[" ".join(rest)] = content
    elif kind == "dts" and rest == ["same-as"]:
        case.same_as = content
    elif kind == "blob" and rest in (["accept"], ["reject"]):
        digits = b" ".join(line.split(b"#", 1)[0] for line in content.split(b"\n"))
        case.text, case.accepted, case.is_blob = bytes.fromhex(digits.decode()), rest == ["accept"], True
    elif kind == "base" and rest in (["accept"], ["reject"]):
        case.text, case.accepted, case.is_base = content, rest == ["accept"], True
    elif kind == "dts" and rest and rest[0] in ("accept", "reject"):
        if case.text is not None:
            raise CaseError(f"{place}: a second board in one section")
        case.text, case.accepted = content, rest[0] == "accept"
        for word in rest[1:]:
            key, _, value = word.partition("=")
            if key == "cpp":
                case.is_preprocessed = True
            elif key == "include":
                case.includes.append(value)
            elif key == "warns":
                case.warnings = sorted(value.split(",")) if value else []
            elif key == "differs" and value in DIFFERENCES:
                case.difference = value
            else:
                raise CaseError(f"{place}: unknown word '{word}'")
    else:
        raise CaseError(f"{place}: unknown block '{' '.join(words)}'")


def load(paths=None):
    """All cases of the project, or of some files."""
    cases = []
    for path in paths or sorted(TREES.glob("*.md")):
        if path.name != "README.md":
            cases.extend(parse(path))
    return cases


def decompiled(blob):
    """What dtc prints of a blob, or the bytes of its error."""
    done = subprocess.run(["dtc", "-q", "-I", "dtb", "-O", "dts", str(blob)], capture_output=True, check=False)
    return done.stdout if done.returncode == 0 else b"cannot be decompiled:\n" + done.stderr


def warned_checks(stderr):
    """The names of the checks in dtc's messages that have something to say, not of those that did not run."""
    found = re.findall(rb"(?:Warning|ERROR) \(([a-z_0-9]+)\): (?!Failed prerequisite)", stderr)
    return sorted({name.decode() for name in found})


def faults(case):
    """What is not as the case says; only dtc runs."""
    result = []
    if case.is_blob:
        # What dtc and libfdt do with a broken blob is no measure: they crash on some of these.
        return result
    with tempfile.TemporaryDirectory(prefix="dtheap-case-") as scratch:
        folder = pathlib.Path(scratch)
        output = folder / "out.dtb"
        if case.is_base:
            return overlay_faults(case, folder)
        done = case.run_dtc(folder, [], output, quiet=())
        if done.returncode < 0:
            result.append(f"dtc died of signal {-done.returncode}")
        accepted = done.returncode == 0
        if accepted != case.accepted_by_dtc:
            verdict = "accepts" if accepted else "refuses"
            result.append(f"dtc {verdict}: {done.stderr.decode(errors='replace').strip()[:400]}")
        if case.warnings is not None and warned_checks(done.stderr) != case.warnings:
            result.append(f"dtc warns of {','.join(warned_checks(done.stderr))}, not {','.join(case.warnings)}")
        if case.same_as is not None and case.run_dtc(folder, [], output, case.same_as).returncode != 0:
            result.append("dtc refuses the `same-as` block")
        for options, expected in case.trees.items():
            case.run_dtc(folder, options.split(), output)
            printed = decompiled(output)
            if printed != expected:
                result.append(f"tree {options}: dtc makes\n{printed.decode(errors='replace')}")
    return result


def overlay_faults(case, folder):
    """What fdtoverlay does otherwise than the case says."""
    sources = compile_overlays(case, folder)
    if sources.returncode != 0:
        return ["dtc refuses base or overlay: " + sources.stderr.decode(errors="replace")]
    done = apply_overlays(case, folder, folder / "merged.dtb")
    if (done.returncode == 0) == case.accepted:
        return []
    return ["fdtoverlay " + ("accepts" if case.accepted is False else "refuses: " + done.stderr.decode())]


def overlay_names(case):
    return [f"overlay{index}" for index in range(len(case.overlays))]


def compile_overlays(case, folder):
    """Compiles base and overlays with dtc: base.dtb, overlay0.dtbo and so on beside their sources."""
    done = case.run_dtc(folder, ["-@"], folder / "base.dtb")
    for name, overlay in zip(overlay_names(case), case.overlays):
        if done.returncode != 0:
            break
        (folder / (name + ".dtso")).write_bytes(overlay)
        done = subprocess.run(
            ["dtc", "-q", "-@", "-I", "dts", "-O", "dtb", "-o", name + ".dtbo", name + ".dtso"],
            cwd=folder,
            capture_output=True,
            check=False,
        )
    return done


def apply_overlays(case, folder, output):
    """Applies what compile_overlays made with fdtoverlay."""
    blobs = [name + ".dtbo" for name in overlay_names(case)]
    return subprocess.run(
        ["fdtoverlay", "-i", "base.dtb", "-o", str(output), *blobs], cwd=folder, capture_output=True, check=False
    )


def record(path):
    """Fills the empty `tree` blocks of a file with what dtc makes."""
    lines = path.read_bytes().split(b"\n")
    cases = parse(path)
    starts = {case.line: case for case in cases}
    result, case, index = [], None, 0
    while index < len(lines):
        case = starts.get(index + 1, case)
        result.append(lines[index])
        if re.fullmatch(rb"```tree( .*)?", lines[index]) and lines[index + 1] == b"```":
            options = lines[index][len("```tree") :].decode().split()
            with tempfile.TemporaryDirectory(prefix="dtheap-case-") as scratch:
                output = pathlib.Path(scratch) / "out.dtb"
                case.run_dtc(pathlib.Path(scratch), options, output)
                result.extend(decompiled(output).rstrip(b"\n").split(b"\n"))
        index += 1
    path.write_bytes(b"\n".join(result))


def main():
    parser = argparse.ArgumentParser(description="Checks the conformance cases against dtc.")
    parser.add_argument("--verify", action="store_true", help="run every case through dtc")
    parser.add_argument("--record", action="store_true", help="fill empty tree blocks with what dtc makes")
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    options = parser.parse_args()
    try:
        if options.record:
            for path in options.files or sorted(TREES.glob("*.md")):
                record(path)
        cases = load(options.files)
    except CaseError as error:
        sys.exit(str(error))
    wrong = 0
    for case in cases if options.verify else []:
        for fault in faults(case):
            wrong += 1
            print(f"{case.title} (line {case.line}): {fault}")
    print(f"{len(cases)} cases, {sum(case.accepted for case in cases)} accepted, {wrong} wrong")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
