#!/usr/bin/env python3
"""What `dtheap lint` says about the boards of the kernel: a table of rules, findings and boards.

    scripts/lint-survey.py [--dtheap BINARY] [--sample K/N] [--jobs N] [--format markdown|json] [--examples N]
                           [--faults FILE]

The boards are linted as the kernel's sources, with its folders of includes and the default kernel of their
architecture. With --examples the first findings of each rule are shown, spread over the boards. With --faults a list of
known faults, as JSON with `rule`, `board` and `node` (the names of the nodes), is looked for; the exit status is 1 when one is
missing. A board that cannot be linted at all is an error of the survey, exit status 2.
"""

import argparse
import collections
import json
import pathlib
import subprocess
import sys

from corpus import PREFIXES, Corpus, CorpusError, in_parallel

SECONDS_MAX = 60


class SurveyError(Exception):
    """The survey cannot be made; the message says why."""


def lint(binary, corpus, board):
    """The findings about a board, and how many checks were not made."""
    command = [binary, "lint", "--format", "json", "-I", board.folder, "-I", PREFIXES, board.source]
    try:
        done = subprocess.run(
            command, cwd=corpus.kernel, capture_output=True, text=True, check=False, timeout=SECONDS_MAX
        )
    except subprocess.TimeoutExpired as error:
        raise SurveyError(f"{board.name}: not done after {SECONDS_MAX} s") from error
    if done.returncode not in (0, 1):
        raise SurveyError(f"{board.name}: exit status {done.returncode}: {done.stderr.strip()}")
    return json.loads(done.stdout)["findings"]


def spread(findings, count):
    """So many findings, from as many boards as possible."""
    by_board = collections.defaultdict(list)
    for finding in findings:
        by_board[finding[0]].append(finding)
    lists, taken = list(by_board.values()), []
    step = max(len(lists) // count, 1) if count else 1
    for entries in lists[::step] + lists:
        if len(taken) < count and entries[0] not in taken:
            taken.append(entries[0])
    return taken


def table(rules, examples):
    """The table, rules with most findings first."""
    lines = ["| rule | name | severity | findings | boards |", "|---|---|---|---|---|"]
    for entry in rules:
        cells = [entry["rule"], entry["name"], entry["severity"], str(entry["findings"]), str(entry["boards"])]
        lines.append("| " + " | ".join(cells) + " |")
    for entry in rules if examples else []:
        lines += ["", f"{entry['rule']} {entry['name']}:"]
        lines += [f"- {shown['place']}: {shown['message']}" for shown in entry["examples"]]
    return "\n".join(lines)


def missing_faults(path, findings):
    """How many faults are known, and those that no finding is about: all nodes of a fault must be named in one."""
    named = collections.defaultdict(list)
    for board, finding in findings:
        names = [finding["node"] or "", *finding["message"].split("`")[1::2]]
        named[(finding["rule"], board)].append({name.rsplit("/", 1)[-1] for name in names})
    with open(path, encoding="utf-8") as file:
        faults = json.load(file)
    missing = []
    for fault in faults:
        nodes = {name.rsplit("/", 1)[-1] for name in fault["node"].split()}
        if not any(nodes <= names for names in named[(fault["rule"], fault["board"])]):
            missing.append(fault)
    return len(faults), missing


def main():
    parser = argparse.ArgumentParser(description="Counts what dtheap lint says about the kernel's boards.")
    parser.add_argument("--dtheap", default=".build/release/dtheap")
    parser.add_argument("--sample", default="1/1", metavar="K/N", help="every Nth board, from the Kth")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--format", choices=["markdown", "json"], default="markdown")
    parser.add_argument("--examples", type=int, default=0, help="show so many findings of each rule")
    parser.add_argument("--faults", help="known faults that must be found")
    options = parser.parse_args()
    try:
        binary = str(pathlib.Path(options.dtheap).resolve(strict=True))
        corpus = Corpus()
        corpus.make(jobs=options.jobs, report=lambda line: print(line, file=sys.stderr))
        first, step = (int(part) for part in options.sample.split("/"))
        boards = corpus.boards()[first - 1 :: step]
        reports = in_parallel(lambda board: lint(binary, corpus, board), boards, options.jobs)
    except (OSError, ValueError, CorpusError, SurveyError) as problem:
        print(f"lint-survey: {problem}", file=sys.stderr)
        sys.exit(2)
    findings = [(board.name, finding) for board, report in zip(boards, reports) for finding in report]
    groups = collections.defaultdict(list)
    for board, finding in findings:
        groups[(finding["rule"], finding["name"], finding["severity"])].append((board, finding))
    rules = []
    for (rule, name, severity), group in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
        entry = {"rule": rule, "name": name, "severity": severity, "findings": len(group)}
        entry["boards"] = len({board for board, _ in group})
        entry["examples"] = [
            {"board": board, "place": place(finding), "node": finding["node"], "message": finding["message"]}
            for board, finding in spread(group, options.examples)
        ]
        rules.append(entry)
    result = {"schemaVersion": 1, "boards": len(boards), "findings": len(findings), "rules": rules}
    result["boardsWithFindings"] = len({board for board, _ in findings})
    count, missing = missing_faults(options.faults, findings) if options.faults else (0, [])
    if options.faults:
        result["knownFaults"] = {"count": count, "missing": missing}
    if options.format == "json":
        print(json.dumps(result, indent=1))
    else:
        print(f"{len(findings)} findings about {result['boardsWithFindings']} of {len(boards)} boards\n")
        print(table(rules, options.examples))
        if options.faults:
            print(f"\n{count - len(missing)} of {count} known faults found")
            for fault in missing:
                print(f"missing: {fault['rule']} {fault['board']} {fault['node']}")
    sys.exit(1 if missing else 0)


def place(finding):
    location = finding["location"]
    return f"{location['file']}:{location['line']}:{location['column']}" if location else finding["node"]


if __name__ == "__main__":
    main()
