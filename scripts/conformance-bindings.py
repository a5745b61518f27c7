#!/usr/bin/env python3
"""Compares `dtheap lint --bindings` with dt-validate on the kernel's boards, with all bindings of the kernel.

    scripts/conformance-bindings.py [--dtheap BINARY] [--count N] [--seed N] [--only NAME]... [--hash-seeds N] [--jobs N]

dtschema is installed in the cache (dt_schema.py). Some of its findings come and go with the seed of Python's hashes, so
it is asked several times. Of a board are compared

    - the nodes that have findings,
    - at each node the properties.

A finding of dt-validate that does not come every time may be missing, and one of ours must be among those that came at
least once. What is only unexpected because a common schema failed for another reason may be missing too. Where
dt-validate has no verdict, a crash or a hang, dtheap has to have one.

The differences that are meant are in Documentation/differences-from-dt-validate.md, in code blocks marked
`differences`, a line each: BOARD NODE PROPERTY, all three with wildcards. `more` before them is a finding that only
dtheap has, `fewer` one that only dt-validate has.

The last line is `N passed, N failed`. The exit status is 0 when nothing failed, 1 when something did, 2 when it could not run.
"""

import argparse
import concurrent.futures
import fnmatch
import json
import os
import pathlib
import random
import subprocess
import sys

import dt_schema
from corpus import Corpus, CorpusError

ROOT = pathlib.Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "Documentation" / "differences-from-dt-validate.md"
SECONDS_MAX = 60
# How many differences of a board are shown.
SHOWN_MAX = 12
# Findings on bindings themselves, which dt-validate reports elsewhere or not at all, begin here.
FIRST_BINDING_CODE = 150


class Difference:
    """A difference that is meant: a line of the document."""

    def __init__(self, side, board, node, name):
        self.side, self.board, self.node, self.name = side, board, node, name

    def covers(self, side, board, pair):
        patterns = (self.board, self.node, self.name)
        values = (board, pair[0], pair[1] or "-")
        return self.side == side and all(fnmatch.fnmatchcase(*both) for both in zip(values, patterns))


def documented():
    """The differences that the document lists."""
    try:
        lines = DOCUMENT.read_text(encoding="utf-8").split("\n")
    except FileNotFoundError:
        return []
    found, is_inside = [], False
    for line in lines:
        if line.startswith("```"):
            is_inside = line.strip() == "```differences"
        elif is_inside and line.strip():
            words = line.split()
            if len(words) != 4 or words[0] not in ("more", "fewer"):
                raise ValueError(f"{DOCUMENT.name}: not a difference: {line}")
            found.append(Difference(*words))
    return found


class Comparison:
    """The runs of both and what differs."""

    def __init__(self, binary, peer, seeds):
        self.binary = binary
        self.peer = peer
        self.seeds = seeds
        self.differences = documented()

    def ours(self, blob):
        """The (node, property) pairs of dtheap, or a string that says what went wrong."""
        bindings = ["--bindings", str(self.peer.bindings), "--bindings", str(self.peer.core)]
        command = [self.binary, "lint", "--format", "json", *bindings, str(blob)]
        try:
            done = subprocess.run(command, capture_output=True, check=False, timeout=SECONDS_MAX)
        except subprocess.TimeoutExpired:
            return f"dtheap was still running after {SECONDS_MAX} s"
        if done.returncode not in (0, 1):
            return f"exit status {done.returncode} of dtheap: {done.stderr.decode(errors='replace').strip()[:300]}"
        pairs = set()
        for finding in json.loads(done.stdout)["findings"]:
            code = int(finding["rule"].removeprefix("DTH"))
            if 100 <= code < FIRST_BINDING_CODE:
                pairs.add((finding.get("node") or "/", finding.get("property")))
        return pairs

    def board(self, board):
        """What differs for one board: a list of lines, empty if nothing does."""
        blob = board.reference("symbols")
        nodes = dt_schema.node_paths(blob)
        ours = self.ours(blob)
        if isinstance(ours, str):
            return [ours]
        verdicts = [self.peer.verdict(blob, seed) for seed in range(self.seeds)]
        done = [dt_schema.findings(verdict.diagnostics, nodes) for verdict in verdicts if verdict.state == "done"]
        if not done:
            return []
        always, ever = set.intersection(*done), set.union(*done)
        wanted = wanted_of(always)
        allowed = {(finding.node, finding.name) for finding in ever}
        lines = []
        for side, pairs, others in (("fewer", wanted - ours, ours), ("more", ours - allowed, allowed)):
            readings = {reading for other in others for reading in ways_to_say(other, nodes)}
            for pair in sorted(pairs, key=lambda pair: (pair[0], pair[1] or "")):
                if is_matched(pair, readings, nodes) or any(known.covers(side, board.name, pair) for known in self.differences):
                    continue
                lines.append(f"{side}: {pair[0]} {pair[1] or '-'}")
        return lines


def ways_to_say(pair, nodes):
    """A pair whose property is a child may as well be about the child as a whole."""
    node, name = pair
    if name is not None and dt_schema.child(node, name) in nodes:
        return [pair, (dt_schema.child(node, name), None)]
    return [pair]


def is_matched(pair, readings, nodes):
    """Whether there is the like: a finding on a node as a whole goes with one on any of its properties."""
    for node, name in ways_to_say(pair, nodes):
        if (node, name) in readings or (node, None) in readings:
            return True
        if name is None and any(other == node for other, _ in readings):
            return True
    return False


def wanted_of(findings):
    """The pairs that dtheap has to report: those that nothing else can have caused, and each node with findings.

    What is unexpected in one schema can make another schema that refers to it fail, so that its properties are
    unexpected in turn. Which of the two came first the findings do not say, but one of them must be there.
    """
    wanted = set()
    for finding in findings:
        causes = [other for other in findings if other.name != finding.name and can_cause(other, finding)]
        if not finding.can_be_cascade or not causes:
            wanted.add((finding.node, finding.name))
        elif any(cause.node == finding.node for cause in causes):
            wanted.add((finding.node, None))
    return wanted


def can_cause(cause, finding):
    """Whether a finding can be the reason that a property is unexpected to a schema."""
    if cause.can_be_cascade and cause.schema == finding.schema:
        return False
    return cause.node == finding.node or cause.node.startswith(finding.node.rstrip("/") + "/")


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--dtheap", default=str(ROOT / ".build" / "release" / "dtheap"), help="the binary to compare")
    parser.add_argument("--count", type=int, default=40, help="how many boards (40); 0 for all")
    parser.add_argument("--seed", type=int, default=1, help="which boards (1)")
    parser.add_argument("--only", action="append", metavar="NAME", help="this board, as in the corpus; repeatable")
    parser.add_argument("--hash-seeds", type=int, default=3, help="how often dt-validate is asked (3)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2, help="how many boards at a time")
    return parser.parse_args()


def chosen(boards, options):
    """The boards that are compared, in the order of their names."""
    if options.only:
        return [board for board in boards if board.name in options.only]
    if options.count == 0 or options.count >= len(boards):
        return boards
    picked = random.Random(options.seed).sample(boards, options.count)
    return sorted(picked, key=lambda board: board.name)


def main():
    options = arguments()
    binary = os.path.abspath(options.dtheap)
    if not os.access(binary, os.X_OK):
        print(f"conformance-bindings: {binary} is not there: make build", file=sys.stderr)
        return 2
    corpus = Corpus()
    try:
        corpus.make(jobs=options.jobs)
        peer = dt_schema.Peer(corpus.kernel)
        peer.make()
        comparison = Comparison(binary, peer, options.hash_seeds)
    except (CorpusError, dt_schema.PeerError, ValueError) as error:
        print(f"conformance-bindings: {error}", file=sys.stderr)
        return 2
    passed = failed = 0
    boards = chosen(corpus.boards(), options)
    with concurrent.futures.ThreadPoolExecutor(max_workers=options.jobs) as pool:
        for board, lines in zip(boards, pool.map(comparison.board, boards)):
            if not lines:
                passed += 1
                continue
            failed += 1
            more = [f"    and {len(lines) - SHOWN_MAX} more"] if len(lines) > SHOWN_MAX else []
            print("\n".join([f"FAILED {board.name}", *("    " + line for line in lines[:SHOWN_MAX]), *more]), flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
