#!/usr/bin/env python3
"""Writes seeds for the fuzz targets: the conformance cases as sources, what dtc makes of them as blobs, the bindings
that ship, and boards to hold against them.

    scripts/fuzz-seeds.py FOLDER
"""

import pathlib
import shutil
import sys
import tempfile

import cases as case_files

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Between the files of one input of the target for bindings.
SEPARATOR = b"\n# next file\n"


def main():
    folder = pathlib.Path(sys.argv[1])
    for kind in ("source", "blob", "binding", "validation"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
    with_dtc = shutil.which("dtc") is not None
    for index, case in enumerate(case_files.load()):
        (folder / "source" / f"{index:04}.dts").write_bytes(case.text)
        if with_dtc and case.accepted_by_dtc:
            with tempfile.TemporaryDirectory(prefix="dtheap-seed-") as scratch:
                case.run_dtc(pathlib.Path(scratch), ["-@"], folder / "blob" / f"{index:04}.dtb")
    for source in sorted((case_files.TREES.parent.parent.parent / "examples" / "boards").glob("*.dts*")):
        shutil.copy(source, folder / "source" / source.name)
        shutil.copy(source, folder / "validation" / source.name)
    bindings(folder)


def bindings(folder):
    """The bindings that ship, each with those that it refers to; and the boards of their examples."""
    files = {path: path.read_bytes() for path in sorted((ROOT / "bindings").rglob("*.yaml"))}
    types = files[ROOT / "bindings" / "types.yaml"]
    region = files[ROOT / "bindings" / "reserved-memory" / "reserved-memory.yaml"]
    for path, text in files.items():
        name = path.stem.replace(",", "-")
        (folder / "binding" / (name + ".yaml")).write_bytes(text)
        (folder / "binding" / (name + "-with-types.yaml")).write_bytes(SEPARATOR.join([text, types, region]))
        for index, example in enumerate(text.split(b"\n  - |\n")[1:]):
            lines = [line[4:] for line in example.split(b"\n") if line.startswith(b"    ") or not line]
            board = b"\n".join(lines)
            if board.startswith(b"/ {"):
                (folder / "validation" / f"{name}-{index}.dts").write_bytes(b"/dts-v1/;\n" + board)


if __name__ == "__main__":
    main()
