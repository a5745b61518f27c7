#!/usr/bin/env python3
"""Compares bindings after the fixups, and the types of properties, with those of dt-schema.

    conformance-fixups.py documents [--bindings DIR]... [--processed FILE] [--dump FILE]
    conformance-fixups.py cases [--record]

`cases` runs dt-mk-schema on the cases of the fixups and compares, or records, what the tests expect.

For `documents` both sides read the same folders, of which the last is that of dt-schema's core schemas: `dt-mk-schema
-j` writes its processed schema, and the test `BindingDumpTests` writes ours. Every binding must be the same value but
for descriptions, which dt-schema drops in some places and we keep; every property must have the same types with the
same dimensions, in whatever order. What differs for a known reason is listed in KNOWN with it.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

GENERATED = ("generated-types", "generated-pattern-types", "generated-compatibles", "version")

# Binding or property -> why ours is not dt-schema's.
KNOWN = {}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    documents = commands.add_parser("documents", help="compare the bindings and the types")
    documents.add_argument("--bindings", action="append", default=[], help="a folder of bindings, the core's last")
    documents.add_argument("--processed", help="what dt-mk-schema -j wrote; made anew without it")
    documents.add_argument("--dump", help="what BindingDumpTests wrote; made anew without it")
    cases = commands.add_parser("cases", help="what dt-schema makes of the cases that the tests have")
    cases.add_argument("--record", action="store_true", help="write it into the cases")
    arguments = parser.parse_args()
    run = compare if arguments.command == "documents" else check_cases
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(run(arguments, folder))


def compare(arguments, folder):
    theirs = load(arguments.processed or make_theirs(arguments.bindings, folder))
    ours = load(arguments.dump or make_ours(arguments.bindings, folder))
    report = Report()
    compare_documents(ours["documents"], theirs, report)
    exact = types_of(theirs["generated-types"])
    patterns = types_of(theirs["generated-pattern-types"])
    compare_types("type", drop_matched(ours["types"], patterns), exact, report)
    compare_types("pattern", ours["patterns"], patterns, report)
    return report.end()


CASES = pathlib.Path(__file__).resolve().parent.parent / "Tests" / "BindingSchemaTests" / "Fixtures" / "Fixups"
CASE = re.compile(
    r"^## (?P<title>.*)\n\n```yaml\n(?P<yaml>(?:.*\n)*?)```\n(?:```json\n(?P<json>(?:.*\n)*?)```\n)?", re.M
)
CASE_HEAD = (
    "%YAML 1.2\n---\n$id: http://devicetree.org/schemas/{}#\n$schema: http://devicetree.org/meta-schemas/core.yaml#\n"
)


def check_cases(arguments, folder):
    wrong = 0
    for path in sorted(CASES.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        matches = list(CASE.finditer(text))
        for index, match in enumerate(matches):
            name = f"case-{index}.yaml"
            pathlib.Path(folder, name).write_text(CASE_HEAD.format(name) + match["yaml"], encoding="utf-8")
        theirs = load(make_theirs([folder, ""], folder))
        for index, match in reversed(list(enumerate(matches))):
            value = plain(theirs[f"http://devicetree.org/schemas/case-{index}.yaml"], is_top=True)
            for key in ("$id", "$schema"):
                del value[key]
            expected = json.dumps(value, indent=2, sort_keys=True) + "\n"
            if expected != match["json"]:
                wrong += 1
                print(f"{path.name}: {match['title']}")
                case = f"## {match['title']}\n\n```yaml\n{match['yaml']}```\n```json\n{expected}```\n"
                text = text[: match.start()] + case + text[match.end() :]
        if arguments.record:
            path.write_text(text, encoding="utf-8")
        print(f"{len(matches)} cases, {wrong} {'recorded' if arguments.record else 'differ'}")
    return 1 if wrong and not arguments.record else 0


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def make_theirs(directories, folder):
    """The core schemas, which are the last folder, are dt-mk-schema's own."""
    tool = shutil.which("dt-mk-schema")
    if not tool:
        sys.exit("there is no dt-mk-schema in the path")
    path = os.path.join(folder, "theirs.json")
    subprocess.run([tool, "-j", "-o", path, *directories[:-1]], check=True, stderr=subprocess.DEVNULL)
    return path


def make_ours(directories, folder):
    path = os.path.join(folder, "ours.json")
    environment = dict(os.environ, DTH_BINDINGS=":".join(directories), DTH_BINDINGS_DUMP=path)
    subprocess.run(["swift", "test", "--filter", "BindingDumpTests"], check=True, env=environment)
    return path


class Report:
    def __init__(self):
        self.compared = {}
        self.different = 0
        self.known = 0

    def add(self, kind, name, places):
        self.compared[kind] = self.compared.get(kind, 0) + 1
        if not places:
            return
        if name in KNOWN:
            self.known += 1
            return
        self.different += 1
        print(f"{kind} {name}")
        for place, ours, theirs in places[:8]:
            print(f"  at {place}\n    ours:   {shown(ours)}\n    theirs: {shown(theirs)}")

    def end(self):
        counts = ", ".join(f"{number} of {kind}" for kind, number in sorted(self.compared.items()))
        print(f"compared {counts}: {self.different} differ, {self.known} differ for a known reason")
        return 1 if self.different else 0


def shown(value):
    text = "-" if value is ABSENT else json.dumps(value)
    return text if len(text) <= 300 else text[:300] + "..."


ABSENT = object()


def compare_documents(ours, theirs, report):
    theirs = {key: value for key, value in theirs.items() if key not in GENERATED}
    for key in sorted(ours.keys() | theirs.keys()):
        places = []
        diff(plain(ours.get(key, ABSENT)), plain(theirs.get(key, ABSENT), is_top=True), "#", places)
        report.add("binding", key, places)


def plain(value, is_top=False):
    """The value without descriptions: text under the key `description`; a property of that name has a schema."""
    if isinstance(value, dict):
        return {
            key: plain(member)
            for key, member in value.items()
            if not (key == "description" and isinstance(member, str)) and not (is_top and key == "$filename")
        }
    if isinstance(value, list):
        return [plain(element) for element in value]
    return value


def diff(ours, theirs, place, places):
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in sorted(ours.keys() | theirs.keys()):
            diff(ours.get(key, ABSENT), theirs.get(key, ABSENT), f"{place}/{key}", places)
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for index, (a, b) in enumerate(zip(ours, theirs)):
            diff(a, b, f"{place}/{index}", places)
    elif ours is not theirs and (type(ours) is not type(theirs) or ours != theirs):
        places.append((place, ours, theirs))


def types_of(generated):
    return {
        name: [[entry["type"], entry.get("dim")] for entry in entries]
        for name, entries in generated["properties"].items()
    }


def drop_matched(types, patterns):
    """dt-schema drops a name without a type that a typed pattern matches; we look at the patterns later."""
    expressions = [re.compile(pattern) for pattern in patterns]
    return {
        name: entries
        for name, entries in types.items()
        if entries[0][0] is not None or not any(expression.search(name) for expression in expressions)
    }


def compare_types(kind, ours, theirs, report):
    for name in sorted(ours.keys() | theirs.keys()):
        a, b = (sorted(side.get(name, []), key=json.dumps) for side in (ours, theirs))
        report.add(kind, name, [("types", a, b)] if a != b else [])


if __name__ == "__main__":
    main()
