#!/usr/bin/env python3
"""Writes seeds for the fuzz targets: the conformance cases as sources, and what dtc makes of them as blobs.

    scripts/fuzz-seeds.py FOLDER
"""

import pathlib
import shutil
import sys
import tempfile

import cases as case_files


def main():
    folder = pathlib.Path(sys.argv[1])
    for kind in ("source", "blob"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
    with_dtc = shutil.which("dtc") is not None
    for index, case in enumerate(case_files.load()):
        (folder / "source" / f"{index:04}.dts").write_bytes(case.text)
        if with_dtc and case.accepted_by_dtc:
            with tempfile.TemporaryDirectory(prefix="dtheap-seed-") as scratch:
                case.run_dtc(pathlib.Path(scratch), ["-@"], folder / "blob" / f"{index:04}.dtb")
    for source in sorted((case_files.TREES.parent.parent.parent / "examples" / "boards").glob("*.dts*")):
        shutil.copy(source, folder / "source" / source.name)


if __name__ == "__main__":
    main()
