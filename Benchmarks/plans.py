#!/usr/bin/env python3
"""CPU time and memory of plans and traces: what the model at run time costs.

    Benchmarks/plans.py [--dtheap PATH] [--runs N]

Prints one line a figure, with its limit; ends with status 1 when one is exceeded. CPU time is that of the whole process, of
all its threads.
"""
import argparse
import glob
import os
import resource
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BOARD = os.path.join(ROOT, "examples/boards/media-soc.dts")

PRESSURE = """
pressure:
  holders:
    - {kind: kernel, size: 200MiB}
    - {kind: processes, share: 40%, arrival: 1MiB}
    - {kind: page-cache, share: 100%, arrival: 20MiB, exit: 1MiB}
    - {kind: short-pins, size: 16MiB, rate: 100, pages: 8, hold: 5ms}
"""


def cost(arguments):
    """CPU seconds, peak KiB and seconds that passed of one command."""
    began = time.monotonic()
    pid = os.fork()
    if pid == 0:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.execv(arguments[0], arguments)
    _, status, usage = os.wait4(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, 1):
        sys.exit(f"{' '.join(arguments)}: status {code}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss, time.monotonic() - began


def plan(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        file.write(text)
    return path


def buffers(size, count, pressure, repeat=1):
    """A plan of equal buffers from the 512 MiB of the board's `vframe`."""
    times = f", duration: 0.5, repeat: {{every: 1, count: {repeat}}}" if repeat > 1 else ""
    return f"buffers:\n  - {{name: c, size: {size}, count: {count}, heap: vframe, start: 1{times}}}\n" + pressure


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dtheap", default=os.path.join(ROOT, ".build/release/dtheap"))
    parser.add_argument("--runs", type=int, default=1000)
    options = parser.parse_args()
    exceeded = []

    def report(what, value, unit, limit):
        mark = "" if limit is None or value <= limit else "  EXCEEDED"
        if mark:
            exceeded.append(what)
        bound = "" if limit is None else f"  (at most {limit:g})"
        print(f"{what:58} {value:10.3f} {unit}{bound}{mark}")

    traces = sorted(glob.glob(os.path.join(ROOT, "Tests/HeapModelTests/Fixtures/traces/*.json")))
    seconds, _, _ = cost([options.dtheap, "replay", "--check"] + traces)
    report(f"{len(traces)} recorded traces replayed in one process", seconds, "s", 1)
    with tempfile.TemporaryDirectory() as folder:

        def run(path, memory, *more):
            return cost([options.dtheap, "plan", *more, "--memory", f"0x80000000+{memory}", BOARD, path])

        # The chunks of the historic request, each as a buffer, and all as one.
        for name, size, count in [("4800 buffers of 64 KiB", "64KiB", 4800), ("a buffer of 300 MiB", "300MiB", 1)]:
            pressed = plan(folder, "pressed.yaml", buffers(size, count, PRESSURE))
            one = min(run(pressed, "8G")[0] for _ in range(3))
            many, _, alone = run(pressed, "8G", "--jobs", "1", "--runs", str(options.runs))
            all_cores, _, together = run(pressed, "8G", "--runs", str(options.runs))
            print(f"{name} from 512 MiB, under pressure in 8 GiB:")
            report("  a process with one run", one * 1000, "ms", None)
            report("  a further run", (many - one) / (options.runs - 1) * 1000, "ms", 20)
            report(f"  a process with {options.runs} runs", many, "s", options.runs / 100)
            report(f"  the same on {os.cpu_count()} CPUs", all_cores, "s", options.runs / 100)
            report("  time that passes, on one CPU", alone, "s", None)
            report(f"  time that passes, on {os.cpu_count()} CPUs", together, "s", None)
        few = plan(folder, "few.yaml", buffers("64KiB", 100, "", repeat=10))
        lots = plan(folder, "lots.yaml", buffers("64KiB", 100, "", repeat=1000))
        print("time of an operation, by the size of memory:")
        for memory in ["4G", "16G", "128G", "1024G"]:
            operations = 2 * 100 * 990
            less = min(run(few, memory)[0] for _ in range(3))
            more = min(run(lots, memory)[0] for _ in range(3))
            report(f"  {memory}", (more - less) / operations * 1e6, "us", None)
        pressed = plan(folder, "pressed.yaml", buffers("64KiB", 4800, PRESSURE))
        _, peak, _ = run(pressed, "64G")
        report("peak memory with 64 GiB under pressure", peak / 1024, "MiB", 64)
    return 1 if exceeded else 0


if __name__ == "__main__":
    sys.exit(main())
