#!/usr/bin/env python3
"""CPU time and memory of `dtheap lint` against dtc's compiling, in the same run.

    Benchmarks/lint.py [--dtheap BINARY] [--sample K/N] [--json]

Each preprocessed board is compiled by dtc and linted by dtheap one after the other, in alternating order; then all
boards are linted in one process. Ratios of CPU time (user and system), because times of a shared machine mean nothing.
Exit status 1 when a goal is missed.
"""

import argparse
import json
import os
import pathlib
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from corpus import PREFIXES, Corpus, CorpusError  # noqa: E402
from processes import Run  # noqa: E402

RATIO_PER_PROCESS_MAX = 1.5
RATIO_ONE_PROCESS_MAX = 1.0
MEMORY_MIB_MAX = 96


def dtc(board, output):
    search = ["-i", board.folder, "-i", PREFIXES]
    return Run(["dtc", "-q", "-@", *search, "-I", "dts", "-O", "dtb", "-o", output, str(board.preprocessed)])


def lint(binary, board):
    search = ["-I", board.folder, "-I", PREFIXES]
    # 1 is a board with an error.
    return Run([binary, "lint", *search, str(board.preprocessed)], statuses=(0, 1))


def rows(binary, boards, output):
    """What was measured: a list of (what, value, unit, goal)."""
    compiling, linting, runs = 0.0, 0.0, {}
    for index, board in enumerate(boards):
        if index % 2 == 0:
            compiling += dtc(board, output).seconds
        runs[board.name] = lint(binary, board)
        if index % 2 == 1:
            compiling += dtc(board, output).seconds
        linting += runs[board.name].seconds
    together = Run(
        [binary, "lint", "-I", PREFIXES, *(str(board.preprocessed) for board in boards if not board.includes)],
        statuses=(0, 1),
    )
    hungriest = max(runs, key=lambda name: runs[name].mebibytes)
    slowest = max(runs, key=lambda name: runs[name].seconds)
    return [
        ("dtc, process a file, all boards", compiling, "s", None),
        ("lint, process a file, all boards", linting, "s", None),
        ("  against dtc", linting / compiling, "", RATIO_PER_PROCESS_MAX),
        ("  a board", linting / len(boards) * 1000, "ms", None),
        (f"  most of all ({slowest})", runs[slowest].seconds * 1000, "ms", None),
        ("lint, boards without /include/ in one process", together.seconds, "s", None),
        ("  against dtc", together.seconds / compiling, "", RATIO_ONE_PROCESS_MAX),
        ("  peak memory", together.mebibytes, "MiB", None),
        (f"peak memory, process a file, most of all ({hungriest})", runs[hungriest].mebibytes, "MiB", MEMORY_MIB_MAX),
    ]


def main():
    parser = argparse.ArgumentParser(description="CPU time and memory of dtheap lint against dtc.")
    parser.add_argument("--dtheap", default=str(ROOT / ".build" / "release" / "dtheap"))
    parser.add_argument("--sample", default="1/1", metavar="K/N", help="every Nth board, from the Kth")
    parser.add_argument("--json", action="store_true", help="for a program to read")
    options = parser.parse_args()
    binary = os.path.abspath(options.dtheap)
    try:
        corpus = Corpus()
        corpus.make()
        first, step = (int(part) for part in options.sample.split("/"))
        boards = corpus.boards()[first - 1 :: step]
        # Line markers and search folders of the boards are relative to the kernel.
        os.chdir(corpus.kernel)
        with tempfile.TemporaryDirectory(prefix="dtheap-bench-") as scratch:
            measured = rows(binary, boards, str(pathlib.Path(scratch) / "out.dtb"))
    except (CorpusError, RuntimeError, ValueError) as error:
        sys.exit(f"bench: {error}")
    missed = [row for row in measured if row[3] is not None and row[1] > row[3]]
    if options.json:
        keys = ("what", "value", "unit", "goal")
        print(json.dumps({"boards": len(boards), "rows": [dict(zip(keys, row)) for row in measured]}, indent=2))
    else:
        width = max(len(row[0]) for row in measured)
        print(f"{len(boards)} boards")
        for what, value, unit, goal in measured:
            verdict = "" if goal is None else f"{goal:8.2f}  {'ok' if value <= goal else 'MISSED'}"
            print(f"{what:{width}}  {value:10.2f} {unit:4} {verdict}".rstrip())
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
