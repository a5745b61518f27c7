#!/usr/bin/env python3
"""CPU time and memory of `dtheap lint --bindings` against dt-validate, in the same run.

    Benchmarks/against-dt-validate.py [--dtheap BINARY] [--count N] [--seed N] [--json]

Both have all bindings of the kernel and dtschema's own: dt-validate as the file that dt-mk-schema makes of them, dtheap
from its cache. Ratios, because times of a shared machine mean nothing: each board is checked by one and then by the
other, and the CPU time (user and system) of the processes counts. What a board takes in a process that checks many is
what a process takes longer that checks it several times. Exit status 1 when a goal is missed.
"""

import argparse
import json
import os
import pathlib
import random
import statistics
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

import dt_schema  # noqa: E402
from corpus import Corpus, CorpusError  # noqa: E402

RATIO_TOGETHER_MIN = 50
RATIO_PER_PROCESS_MIN = 20
CACHE_MILLISECONDS_MAX = 25
COMPILE_RATIO_MAX = 0.3
SHIPPED_MILLISECONDS_MAX = 20
MEMORY_MIB_MAX = 150
# How often a board is checked in the process that checks it several times.
REPEATS_OURS = 11
REPEATS_THEIRS = 2
SMALL_RUNS = 20
TINY = "/dts-v1/; / { #address-cells = <1>; #size-cells = <1>; };"


class Failed(Exception):
    """A run that cannot be compared."""


class Run:
    """What one process used."""

    def __init__(self, command, accepted=(0,)):
        # posix_spawn: a fork of this script would be counted as CPU time of the command.
        actions = [(os.POSIX_SPAWN_OPEN, descriptor, os.devnull, os.O_RDWR, 0) for descriptor in (0, 1, 2)]
        child = os.posix_spawnp(command[0], command, os.environ, file_actions=actions)
        _, status, usage = os.wait4(child, 0)
        self.seconds = usage.ru_utime + usage.ru_stime
        # In kilobytes. Never less than this script's own, which the child shares until it runs the command.
        self.mebibytes = usage.ru_maxrss / 1024
        if os.waitstatus_to_exitcode(status) not in accepted:
            raise Failed(f"exit status {os.waitstatus_to_exitcode(status)} of: {' '.join(command[:12])}")


class Bench:
    def __init__(self, binary, peer, scratch):
        self.binary = binary
        self.peer = peer
        self.full = ["--bindings", str(peer.bindings), "--bindings", str(peer.core)]
        self.tiny = str(pathlib.Path(scratch) / "tiny.dts")
        pathlib.Path(self.tiny).write_text(TINY, encoding="ascii")

    def dtheap(self, files, bindings, *options):
        # With findings the status is 1.
        return Run([self.binary, "lint", "--format", "json", *options, *bindings, *files], (0, 1))

    def dt_validate(self, files):
        return Run([self.peer.tool("dt-validate"), "-s", str(self.peer.processed), *files])

    def board(self, blob):
        """Seconds of both for a process of its own, and in a process that checks many; None without a verdict."""
        try:
            theirs = self.dt_validate([blob]).seconds
            theirs_more = (self.dt_validate([blob] * (1 + REPEATS_THEIRS)).seconds - theirs) / REPEATS_THEIRS
        except Failed:
            return None
        ours = self.dtheap([blob], self.full).seconds
        ours_more = (self.dtheap([blob] * (1 + REPEATS_OURS), self.full).seconds - ours) / REPEATS_OURS
        # The clock of CPU time has steps of some milliseconds on some machines.
        return ours, max(ours_more, 1e-4), theirs, theirs_more

    def small(self, bindings):
        """Seconds for a tree with nothing in it, the mean of many runs."""
        return statistics.mean(self.dtheap([self.tiny], bindings).seconds for _ in range(SMALL_RUNS))

    def shipped(self, blobs):
        """Seconds a board with the bindings that ship alone, one process a board."""
        return [min(self.dtheap([blob], []).seconds for _ in range(3)) for blob in blobs]


def rows(bench, blobs):
    """What was measured: a list of (what, value, unit, goal, whether the goal is a least value)."""
    compiled = bench.dtheap([bench.tiny], bench.full, "--no-cache").seconds
    made = Run([bench.peer.tool("dt-mk-schema"), "-j", str(bench.peer.bindings)]).seconds
    bench.dtheap([bench.tiny], bench.full)
    load = bench.small(bench.full) - bench.small([])
    times = [row for row in map(bench.board, blobs) if row is not None]
    if not times:
        raise Failed("dt-validate has no verdict on any board")
    together = bench.dtheap(blobs, bench.full)
    shipped = bench.shipped(blobs)
    ours, ours_more, theirs, theirs_more = (statistics.median(column) for column in zip(*times))
    return [
        ("a board among many, dt-validate", theirs_more * 1000, "ms", None, False),
        ("a board among many, dtheap", ours_more * 1000, "ms", None, False),
        ("  how many times faster", statistics.median(row[3] / row[1] for row in times), "", RATIO_TOGETHER_MIN, True),
        ("  the least of all boards", min(row[3] / row[1] for row in times), "", None, False),
        ("a process a board, dt-validate", theirs * 1000, "ms", None, False),
        ("a process a board, dtheap", ours * 1000, "ms", None, False),
        ("  how many times faster", statistics.median(row[2] / row[0] for row in times), "", RATIO_PER_PROCESS_MIN, True),
        ("load from the cache", load * 1000, "ms", CACHE_MILLISECONDS_MAX, False),
        ("dt-mk-schema", made, "s", None, False),
        ("compile all bindings", compiled, "s", None, False),
        ("  against dt-mk-schema", compiled / made, "", COMPILE_RATIO_MAX, False),
        ("shipped bindings, a process a board", statistics.median(shipped) * 1000, "ms", SHIPPED_MILLISECONDS_MAX, False),
        ("  the slowest board", max(shipped) * 1000, "ms", SHIPPED_MILLISECONDS_MAX, False),
        ("peak memory, all boards in one process", together.mebibytes, "MiB", MEMORY_MIB_MAX, False),
    ]


def main():
    parser = argparse.ArgumentParser(description="CPU time and memory of dtheap against dt-validate.")
    parser.add_argument("--dtheap", default=str(ROOT / ".build" / "release" / "dtheap"))
    parser.add_argument("--count", type=int, default=30, help="how many boards (30)")
    parser.add_argument("--seed", type=int, default=1, help="which boards (1)")
    parser.add_argument("--json", action="store_true", help="for a program to read")
    options = parser.parse_args()
    binary = os.path.abspath(options.dtheap)
    corpus = Corpus()
    try:
        corpus.make()
        peer = dt_schema.Peer(corpus.kernel)
        peer.make()
    except (CorpusError, dt_schema.PeerError) as error:
        sys.exit(f"bench: {error}")
    boards = corpus.boards()
    picked = random.Random(options.seed).sample(boards, min(options.count, len(boards)))
    blobs = sorted(str(board.reference("symbols")) for board in picked)
    with tempfile.TemporaryDirectory(prefix="dtheap-bench-") as scratch:
        try:
            measured = rows(Bench(binary, peer, scratch), blobs)
        except Failed as error:
            sys.exit(f"bench: {error}")
    met = [goal is None or (value >= goal if is_least else value <= goal) for _, value, _, goal, is_least in measured]
    if options.json:
        keys = ("what", "value", "unit", "goal", "goalIsLeast")
        print(json.dumps({"boards": len(blobs), "rows": [dict(zip(keys, row)) for row in measured]}, indent=2))
    else:
        width = max(len(row[0]) for row in measured)
        print(f"{len(blobs)} boards")
        print(f"{'':{width}}  {'measured':>10}      {'goal':>11}")
        for (what, value, unit, goal, is_least), is_met in zip(measured, met):
            sign = ">=" if is_least else "<="
            verdict = "" if goal is None else f"{sign} {goal:8.2f}  {'ok' if is_met else 'MISSED'}"
            print(f"{what:{width}}  {value:10.2f} {unit:4} {verdict}".rstrip())
    sys.exit(0 if all(met) else 1)


if __name__ == "__main__":
    main()
