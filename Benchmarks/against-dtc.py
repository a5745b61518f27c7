#!/usr/bin/env python3
"""CPU time and memory of `dtheap compile -@` against dtc, in the same run.

    Benchmarks/against-dtc.py [--dtheap BINARY] [--sample K/N] [--rounds N] [--json]

Ratios, because times of a shared machine mean nothing: each board is compiled by dtc and by dtheap one after the other, in
alternating order, and the CPU time (user and system) of the processes is summed up on both sides. Exit status 1 when a
goal is missed.
"""

import argparse
import json
import os
import pathlib
import statistics
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from corpus import PREFIXES, Corpus, CorpusError  # noqa: E402
from processes import Run  # noqa: E402

RATIO_PER_PROCESS_MAX = 1.0
RATIO_ONE_PROCESS_MAX = 0.35
MEMORY_MIB_MAX = 64
START_UP_MILLISECONDS_MAX = 5
START_UPS = 40


class Bench:
    def __init__(self, binary, corpus, scratch):
        self.binary = binary
        # Line markers and search folders of the boards are relative to the kernel.
        os.chdir(corpus.kernel)
        self.output = str(pathlib.Path(scratch) / "out.dtb")
        self.folder = str(pathlib.Path(scratch) / "all")
        os.mkdir(self.folder)

    def dtc(self, board):
        search = ["-i", board.folder, "-i", PREFIXES]
        files = ["-I", "dts", "-O", "dtb", "-o", self.output, str(board.preprocessed)]
        return Run(["dtc", "-q", "-@", *search, *files])

    def dtheap(self, board):
        search = ["-I", board.folder, "-I", PREFIXES]
        return Run([self.binary, "compile", "-@", *search, "-o", self.output, str(board.preprocessed)])

    def per_process(self, boards, rounds):
        """The sums of both over all boards, and each board's runs of dtheap."""
        sums = {"dtc": 0.0, "dtheap": 0.0}
        runs = {}
        for turn in range(rounds):
            for index, board in enumerate(boards):
                sides = [("dtc", self.dtc), ("dtheap", self.dtheap)]
                for name, compile_board in sides if (index + turn) % 2 == 0 else reversed(sides):
                    run = compile_board(board)
                    sums[name] += run.seconds
                    if name == "dtheap":
                        runs[board.name] = run
        return sums, runs

    def one_process(self, boards):
        """All boards in one process a source folder; only those with /include/ need a folder of their own."""
        folders = {}
        for board in boards:
            folders.setdefault(board.folder if board.includes else "", []).append(board)
        seconds, memory = 0.0, 0.0
        for folder, batch in folders.items():
            search = ["-I", folder, "-I", PREFIXES] if folder else []
            files = [str(board.preprocessed) for board in batch]
            run = Run([self.binary, "compile", "-@", *search, "--output-dir", self.folder, *files])
            seconds += run.seconds
            memory = max(memory, run.mebibytes)
        return seconds, memory

    def start_up(self):
        """Milliseconds of CPU of --version, and of a process that does nothing."""
        times = {"version": [], "nothing": []}
        for _ in range(START_UPS):
            times["version"].append(Run([self.binary, "--version"]).seconds)
            times["nothing"].append(Run(["true"]).seconds)
        return {name: statistics.mean(values) * 1000 for name, values in times.items()}


def rows(bench, boards, rounds):
    """What was measured: a list of (what, value, unit, goal)."""
    sums, runs = bench.per_process(boards, rounds)
    dtc = sums["dtc"] / rounds
    together, together_memory = bench.one_process(boards)
    largest = max(boards, key=lambda board: board.preprocessed.stat().st_size)
    hungriest = max(runs, key=lambda name: runs[name].mebibytes)
    start = bench.start_up()
    return [
        ("dtc, process a file, all boards", dtc, "s", None),
        ("dtheap, process a file, all boards", sums["dtheap"] / rounds, "s", None),
        ("  against dtc", sums["dtheap"] / rounds / dtc, "", RATIO_PER_PROCESS_MAX),
        ("dtheap, all boards in one process", together, "s", None),
        ("  against dtc", together / dtc, "", RATIO_ONE_PROCESS_MAX),
        ("  peak memory", together_memory, "MiB", None),
        (f"peak memory, largest source ({largest.name})", runs[largest.name].mebibytes, "MiB", MEMORY_MIB_MAX),
        (f"peak memory, most of all ({hungriest})", runs[hungriest].mebibytes, "MiB", MEMORY_MIB_MAX),
        ("start-up, --version", start["version"], "ms", START_UP_MILLISECONDS_MAX),
        ("  a process that does nothing", start["nothing"], "ms", None),
    ]


def main():
    parser = argparse.ArgumentParser(description="CPU time and memory of dtheap against dtc.")
    parser.add_argument("--dtheap", default=str(ROOT / ".build" / "release" / "dtheap"))
    parser.add_argument("--sample", default="1/1", metavar="K/N", help="every Nth board, from the Kth")
    parser.add_argument("--rounds", type=int, default=1, help="how often over all boards (1)")
    parser.add_argument("--json", action="store_true", help="for a program to read")
    options = parser.parse_args()
    binary = os.path.abspath(options.dtheap)
    corpus = Corpus()
    try:
        corpus.make()
    except CorpusError as error:
        sys.exit(f"bench: {error}")
    first, step = (int(part) for part in options.sample.split("/"))
    boards = corpus.boards()[first - 1 :: step]
    with tempfile.TemporaryDirectory(prefix="dtheap-bench-") as scratch:
        try:
            measured = rows(Bench(binary, corpus, scratch), boards, options.rounds)
        except RuntimeError as error:
            sys.exit(f"bench: {error}")
    missed = [row for row in measured if row[3] is not None and row[1] > row[3]]
    if options.json:
        keys = ("what", "value", "unit", "goal")
        print(json.dumps({"boards": len(boards), "rows": [dict(zip(keys, row)) for row in measured]}, indent=2))
    else:
        width = max(len(row[0]) for row in measured)
        print(f"{len(boards)} boards, {options.rounds} round(s)")
        print(f"{'':{width}}  {'measured':>10}      {'goal':>8}")
        for what, value, unit, goal in measured:
            verdict = "" if goal is None else f"{goal:8.2f}  {'ok' if value <= goal else 'MISSED'}"
            print(f"{what:{width}}  {value:10.2f} {unit:4} {verdict}".rstrip())
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
