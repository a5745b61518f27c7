#!/usr/bin/env python3
"""Compares `dtheap compile` with dtc, byte for byte.

    scripts/conformance.py [--dtheap BINARY] [--sample K/N] [--jobs N] [--without-corpus] [--only GROUP]... [--seed N] [--count N]

The groups, in this order:

    trees        the cases of Tests/Conformance/trees: every option set, accept and reject, many files in one process;
                 and the boards of examples/
    blobs        what dtc made of the cases, and older and padded forms of it, read and written again
    overlays     the cases with overlays, against fdtoverlay, compared as decompiled trees, order included
    commands     standard input and output, dependency files, no output after an error
    random       generated trees (random_trees.py), every option set
    boards       the kernel's boards: preprocessed, with and without -@, one process a file
    batches      the same, many files in one process
    sources      the same, straight from the kernel's .dts
    round-trips  the boards' blobs in, the same blobs out; and their decompiled sources

The last line is `N passed, N failed`. The exit status is 0 when nothing failed, 1 when something did, 2 when it could not run.
"""

import argparse
import collections
import concurrent.futures
import difflib
import itertools
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import time

import cases as case_files
import random_trees
from corpus import PREFIXES, VARIANTS, Corpus, CorpusError

OPTION_SETS = [
    [],
    ["-@"],
    ["-H", "both"],
    ["-H", "legacy"],
    ["-s"],
    ["-b", "17"],
    ["-p", "1000", "-a", "64"],
    ["-R", "3", "-S", "5000"],
    ["-@", "-s"],
]
EXAMPLES = pathlib.Path(__file__).resolve().parent.parent / "examples" / "boards"
SECONDS_MAX = 60
# How many differences are shown in full, and how long each may be.
SHOWN_MAX = 20
DIFF_LINES_MAX = 40


class Report:
    """Counts what passed and failed, and prints differences as they come."""

    def __init__(self, keep):
        self.passed = 0
        self.failed = 0
        self.keep = keep
        self.group = collections.Counter()

    def note(self, outcome):
        """An outcome is None, or what went wrong."""
        if outcome is None:
            self.passed += 1
            self.group["passed"] += 1
            return
        self.failed += 1
        self.group["failed"] += 1
        if self.failed <= SHOWN_MAX:
            print("FAILED " + outcome, flush=True)
        elif self.failed == SHOWN_MAX + 1:
            print("further differences are counted, by their first line:", flush=True)
        if self.failed > SHOWN_MAX:
            print("FAILED " + outcome.split("\n", 1)[0], flush=True)


class Outcome:
    """What a run of dtheap did."""

    def __init__(self, status, stdout, stderr):
        self.status = status
        self.stdout = stdout
        self.stderr = stderr

    @property
    def accepted(self):
        return self.status == 0

    @property
    def is_orderly(self):
        """Not a crash, a trap or a hang."""
        return self.status in (0, 1, 2)

    def described(self):
        text = self.stderr.decode(errors="replace").strip().split("\n")
        return f"exit status {self.status}" + "".join("\n    " + line for line in text[:8] if line)


class Conformance:
    """The runs of dtheap and dtc and their comparison."""

    def __init__(self, binary, jobs, sample, scratch, report):
        self.binary = binary
        self.jobs = jobs
        self.sample = sample
        self.scratch = scratch
        self.report = report
        self.number = itertools.count()

    # Running

    def dtheap(self, arguments, cwd=None, stdin=None, seconds=SECONDS_MAX):
        try:
            done = subprocess.run(
                [self.binary, *arguments], cwd=cwd, input=stdin, capture_output=True, check=False, timeout=seconds
            )
        except subprocess.TimeoutExpired:
            return Outcome("none after %d s" % seconds, b"", b"")
        return Outcome(done.returncode, done.stdout, done.stderr)

    def folder(self):
        path = self.scratch / str(next(self.number))
        path.mkdir()
        return path

    def each(self, group, work, items, every=None):
        """Runs work on each item, in parallel, and notes the outcomes in order."""
        items = list(items)
        if not items:
            return
        self.report.group = collections.Counter()
        started = time.monotonic()
        print(f"{group}: {len(items)} to compare", flush=True)
        with concurrent.futures.ThreadPoolExecutor(max_workers=self.jobs) as pool:
            for index, outcomes in enumerate(pool.map(guarded(work), items), start=1):
                for outcome in outcomes:
                    self.report.note(outcome)
                if every and index % every == 0 and index < len(items):
                    print(f"{group}: {index} of {len(items)}, {self.report.group['failed']} failed", flush=True)
        counts = self.report.group
        seconds = time.monotonic() - started
        print(f"{group}: {counts['passed']} passed, {counts['failed']} failed, {seconds:.0f} s", flush=True)

    def sampled(self, items):
        first, step = self.sample
        return list(items)[first - 1 :: step]

    # Comparing

    def compare(self, title, expected, actual):
        """None when the two blobs are the same bytes, else what differs."""
        expected_bytes = pathlib.Path(expected).read_bytes()
        try:
            actual_bytes = pathlib.Path(actual).read_bytes()
        except OSError:
            return f"{title}: accepted, but no output"
        if expected_bytes == actual_bytes:
            return None
        kept_expected = self.keep(title, "dtc.dtb", expected_bytes)
        self.keep(title, "dtheap.dtb", actual_bytes)
        offset = next(
            (index for index, (left, right) in enumerate(zip(expected_bytes, actual_bytes)) if left != right),
            min(len(expected_bytes), len(actual_bytes)),
        )
        lines = [
            f"{title}: first difference at offset {offset:#x} ({place(expected_bytes, offset)}); "
            f"{len(expected_bytes)} bytes by dtc, {len(actual_bytes)} by dtheap; kept in {kept_expected.parent}"
        ]
        diff = difflib.unified_diff(
            printed(expected), printed(actual), "dtc", "dtheap", lineterm="", n=2
        )
        lines.extend("    " + line for line in itertools.islice(diff, DIFF_LINES_MAX))
        if len(lines) == 1:
            lines.append("    (the decompiled trees are the same)")
        return "\n".join(lines)

    def keep(self, title, suffix, content):
        """Keeps a file of a failure beside the build."""
        self.report.keep.mkdir(parents=True, exist_ok=True)
        safe = "".join(character if character.isalnum() or character in "-_." else "_" for character in title)
        path = self.report.keep / f"{safe[:120]}.{suffix}"
        path.write_bytes(content)
        return path

    # Cases

    def trees(self, cases):
        cases = [case for case in cases if not case.is_base and not case.is_blob]
        self.each("trees", self.case, self.sampled(cases), every=200)
        self.each("trees in one process", self.case_batch, [cases])
        self.each("examples", self.example, sorted(EXAMPLES.glob("*.dts*")))

    def case(self, case):
        """One case with every option set."""
        folder = self.folder()
        for options in OPTION_SETS:
            title = f"{case.title} (line {case.line}) [{' '.join(options)}]"
            yield self.case_with(case, options, folder, title)
        shutil.rmtree(folder)

    def case_with(self, case, options, folder, title):
        expected, actual = folder / "expected.dtb", folder / "actual.dtb"
        for path in (expected, actual):
            path.unlink(missing_ok=True)
        theirs = case.run_dtc(folder, options, expected)
        if (theirs.returncode == 0) != case.accepted_by_dtc:
            return f"{title}: the case is wrong, dtc's exit status is {theirs.returncode}"
        ours = self.dtheap(["compile", *options, *case_search(case), "-o", str(actual), case_files.BOARD], cwd=folder)
        if not ours.is_orderly:
            return f"{title}: {ours.described()}"
        if ours.accepted != case.accepted:
            verdict = "must accept" if case.accepted else "must refuse"
            return f"{title}: {verdict}, but {ours.described()}"
        if not case.accepted:
            return f"{title}: refused, but there is output" if actual.exists() else None
        if case.same_as is not None and case.run_dtc(folder, options, expected, case.same_as).returncode != 0:
            return f"{title}: the case is wrong, dtc refuses `same-as`"
        return self.compare(title, expected, actual)

    def example(self, source):
        """One shipped board with every option set."""
        folder = self.folder()
        expected, actual = folder / "expected.dtb", folder / "actual.dtb"
        for options in OPTION_SETS:
            title = f"{source.name} [{' '.join(options)}]"
            subprocess.run(
                ["dtc", "-q", *options, "-I", "dts", "-O", "dtb", "-o", str(expected), str(source)], check=True
            )
            ours = self.dtheap(["compile", *options, "-o", str(actual), str(source)])
            yield self.compare(title, expected, actual) if ours.accepted else f"{title}: {ours.described()}"

    def case_batch(self, cases):
        """All accepted cases that are one file, in one process."""
        folder, outputs = self.folder(), self.folder()
        names = []
        for index, case in enumerate(cases):
            if case.accepted and not case.difference and not case.files and not case.is_preprocessed:
                name = f"case{index:04}"
                (folder / (name + ".dts")).write_bytes(case.text)
                dtc = subprocess.run(
                    ["dtc", "-q", "-I", "dts", "-O", "dtb", "-o", name + ".expected", name + ".dts"],
                    cwd=folder, capture_output=True, check=False,
                )  # fmt: skip
                if dtc.returncode == 0:
                    names.append((name, case))
        files = [name + ".dts" for name, _ in names]
        ours = self.dtheap(["compile", "--output-dir", str(outputs), *files], cwd=folder)
        if not ours.accepted:
            yield f"{len(files)} trees in one process: {ours.described()}"
        for name, case in names:
            yield self.compare(f"{case.title} [in one process]", folder / (name + ".expected"), outputs / (name + ".dtb"))

    # Blobs

    def blobs(self, cases):
        self.each("hand-made blobs", self.hand_made_blob, [case for case in cases if case.is_blob])
        cases = compiled(cases)
        self.each("blobs", self.case_blob, self.sampled(cases), every=200)

    def hand_made_blob(self, case):
        """A blob that is accepted is written in a form that stays the same; a broken one is refused in order."""
        folder = self.folder()
        blob, first, second = folder / "form.dtb", folder / "first.dtb", folder / "second.dtb"
        blob.write_bytes(case.text)
        title = f"{case.title} (line {case.line})"
        ours = self.dtheap(["compile", "-o", str(first), str(blob)])
        if not ours.is_orderly or ours.accepted != case.accepted:
            yield f"{title}: must be {'accepted' if case.accepted else 'refused'}, but {ours.described()}"
        elif not case.accepted:
            yield f"{title}: refused, but there is output" if first.exists() else None
        else:
            ours = self.dtheap(["compile", "-o", str(second), str(first)])
            yield self.compare(title, first, second) if ours.accepted else f"{title}: {ours.described()}"

    def case_blob(self, case):
        """Reads forms of one blob and writes it: plain bytes again, whatever the form was."""
        folder = self.folder()
        plain = folder / "plain.dtb"
        if case.run_dtc(folder, [], plain).returncode != 0:
            yield f"{case.title} [blob]: the case is wrong, dtc refuses"
            return
        forms = {"": [], "symbols": ["-@"], "version 16": ["-V", "16"], "padded": ["-p", "100", "-R", "4", "-b", "3"]}
        for form, options in forms.items():
            title = f"{case.title} [blob {form}]".replace("blob ]", "blob]")
            blob, expected, actual = folder / "form.dtb", folder / "expected.dtb", folder / "actual.dtb"
            if case.run_dtc(folder, options, blob).returncode != 0:
                # A label may clash with a hand-written symbol: not every source can be compiled with -@.
                continue
            again = subprocess.run(
                ["dtc", "-q", "-I", "dtb", "-O", "dtb", "-o", str(expected), str(blob)], capture_output=True, check=False
            )  # fmt: skip
            ours = self.dtheap(["compile", "-o", str(actual), str(blob)])
            # Local fixups of a phandle property look like a wrong phandle: dtc refuses some blobs that it wrote.
            if ours.is_orderly and not ours.accepted and again.returncode != 0:
                yield None
            elif ours.accepted != (again.returncode == 0):
                yield f"{title}: dtc's exit status is {again.returncode}, dtheap's: {ours.described()}"
            else:
                yield self.compare(title, expected, actual)
        shutil.rmtree(folder)

    # Overlays

    def overlays(self, cases):
        self.each("overlays", self.overlay, [case for case in cases if case.is_base])

    def overlay(self, case):
        """Base and overlays, each as source and as blob."""
        folder = self.folder()
        sources = case_files.compile_overlays(case, folder)
        if sources.returncode != 0:
            yield f"{case.title}: the case is wrong, dtc refuses"
            return
        expected = folder / "expected.dtb"
        theirs = case_files.apply_overlays(case, folder, expected)
        if (theirs.returncode == 0) != case.accepted:
            yield f"{case.title}: the case is wrong, fdtoverlay's exit status is {theirs.returncode}"
            return
        for base, suffix in itertools.product((case_files.BOARD, "base.dtb"), (".dtso", ".dtbo")):
            title = f"{case.title} (line {case.line}) [{base}, {suffix}]"
            actual = folder / f"actual-{base}{suffix}.dtb"
            options = [word for name in case_files.overlay_names(case) for word in ("--overlay", name + suffix)]
            ours = self.dtheap(["compile", "-@", *options, "-o", str(actual), base], cwd=folder)
            if not ours.is_orderly or ours.accepted != case.accepted:
                yield f"{title}: must be {'accepted' if case.accepted else 'refused'}, but {ours.described()}"
            elif case.accepted and not actual.exists():
                yield f"{title}: accepted, but no output"
            elif case.accepted:
                yield self.compare_trees(title, expected, actual)
            else:
                yield None
        shutil.rmtree(folder)

    def compare_trees(self, title, expected, actual):
        """Compares two blobs as decompiled trees, order included."""
        left, right = printed(expected), printed(actual)
        if left == right:
            return None
        diff = difflib.unified_diff(left, right, "fdtoverlay", "dtheap", lineterm="", n=2)
        return "\n".join([f"{title}: the trees differ"] + ["    " + line for line in itertools.islice(diff, DIFF_LINES_MAX)])

    # Commands

    def commands(self, cases):
        cases = compiled(cases)
        checks = [(self.streams, case) for case in cases[::25] if not case.files and not case.is_preprocessed]
        checks += [(self.dependencies, case) for case in cases if case.files]
        self.each("commands", lambda check: check[0](check[1]), checks)

    def streams(self, case):
        """Standard input and standard output."""
        folder = self.folder()
        expected, actual = folder / "expected.dtb", folder / "actual.dtb"
        case.run_dtc(folder, [], expected)
        ours = self.dtheap(["compile", "-o", "-", "-"], cwd=folder, stdin=case.text)
        actual.write_bytes(ours.stdout)
        title = f"{case.title} [- to -]"
        yield self.compare(title, expected, actual) if ours.accepted else f"{title}: {ours.described()}"
        ours = self.dtheap(["compile", "-o", "-", "-"], cwd=folder, stdin=expected.read_bytes())
        actual.write_bytes(ours.stdout)
        title = f"{case.title} [blob, - to -]"
        yield self.compare(title, expected, actual) if ours.accepted else f"{title}: {ours.described()}"

    def dependencies(self, case):
        """The dependency file names the output and every file that was read."""
        folder = self.folder()
        title = f"{case.title} [-d]"
        theirs = case.run_dtc(folder, ["-d", "expected.d"], "out.dtb")
        ours = self.dtheap(
            ["compile", "-d", "actual.d", *case_search(case), "-o", "out.dtb", case_files.BOARD], cwd=folder
        )
        if theirs.returncode != 0 or not ours.accepted or not (folder / "actual.d").exists():
            yield f"{title}: {ours.described()}"
            return
        expected = dependency_names(folder, "expected.d")
        if case.is_preprocessed:
            search = [word for directory in case.includes for word in ("-I", directory)]
            with open(folder / "cpp.d", "wb") as file:
                subprocess.run([*case_files.PREPROCESSOR, "-M", *search, case_files.BOARD], cwd=folder, stdout=file, check=False)
            expected = (expected[0], (expected[1] | dependency_names(folder, "cpp.d")[1]) - {"board.i"})
        actual = dependency_names(folder, "actual.d")
        yield None if actual == expected else f"{title}: {actual}, expected {expected}"

    # Random trees

    def random(self, seed, count):
        self.each("random", self.random_tree, [(seed, index) for index in range(count)], every=500)

    def random_tree(self, key):
        seed, index = key
        tree = random_trees.generate(seed, index)
        folder = self.folder()
        for options in OPTION_SETS:
            title = f"random tree, seed {seed}, number {index} [{' '.join(options)}]"
            outcome = self.random_with(tree, options, folder, title)
            if outcome is None:
                yield None
                continue
            first_line = outcome.split("\n", 1)[0]
            smaller = random_trees.minimised(
                tree, lambda candidate: self.random_with(candidate, options, folder, title) is not None
            )
            outcome = self.random_with(smaller, options, folder, title) or outcome
            kept = self.keep(f"random-{seed}-{index}", "dts", smaller.rendered())
            for name, content in smaller.files().items():
                self.keep(f"random-{seed}-{index}.{name}", "part", content)
            yield f"{outcome}\n    smallest input: {kept}\n    at first: {first_line}"
        shutil.rmtree(folder)

    def random_with(self, tree, options, folder, title):
        """None when both refuse, or both accept and write the same."""
        (folder / "tree.dts").write_bytes(tree.rendered())
        for name, content in tree.files().items():
            (folder / name).write_bytes(content)
        expected, actual = folder / "expected.dtb", folder / "actual.dtb"
        for path in (expected, actual):
            path.unlink(missing_ok=True)
        theirs = subprocess.run(
            ["dtc", "-q", *options, "-I", "dts", "-O", "dtb", "-o", "expected.dtb", "tree.dts"],
            cwd=folder,
            capture_output=True,
            check=False,
        )
        ours = self.dtheap(["compile", *options, "-o", "actual.dtb", "tree.dts"], cwd=folder)
        if not ours.is_orderly or ours.accepted != (theirs.returncode == 0):
            message = theirs.stderr.decode(errors="replace").strip()[:200]
            return f"{title}: dtc's exit status is {theirs.returncode} ({message}), dtheap's: {ours.described()}"
        return self.compare(title, expected, actual) if ours.accepted else None

    # Boards

    def boards(self, boards):
        self.each("boards", self.board, boards, every=500)

    def board(self, board):
        output = self.folder() / "board.dtb"
        for variant, options in VARIANTS.items():
            title = f"{board.name} [{' '.join(options)}]"
            ours = self.dtheap(
                ["compile", *options, *board_search(board), "-o", str(output), str(board.preprocessed)],
                cwd=board.corpus.kernel,
            )
            yield self.compare(title, board.reference(variant), output) if ours.accepted else f"{title}: {ours.described()}"
        shutil.rmtree(output.parent)

    def batches(self, boards):
        """Many files in one process; boards with /include/ need the folder of their source."""
        folders = collections.defaultdict(list)
        for board in boards:
            folders[board.folder if board.includes else ""].append(board)
        batches = [(variant, batch) for batch in folders.values() for variant in VARIANTS]
        self.each("batches", self.batch, batches)

    def batch(self, key):
        variant, boards = key
        outputs = self.folder()
        files = [str(board.preprocessed) for board in boards]
        search = board_search(boards[0]) if boards[0].includes else []
        ours = self.dtheap(
            ["compile", *VARIANTS[variant], *search, "--output-dir", str(outputs), *files],
            cwd=boards[0].corpus.kernel,
            seconds=1200,
        )
        if not ours.accepted:
            yield f"{len(boards)} boards in one process [{variant}]: {ours.described()}"
        for board in boards:
            title = f"{board.name} [{variant}, in one process]"
            yield self.compare(title, board.reference(variant), outputs / (board.name + ".dtb"))
        shutil.rmtree(outputs)

    def sources(self, boards):
        self.each("sources", self.source, boards, every=500)

    def source(self, board):
        output = self.folder() / "board.dtb"
        for variant, options in VARIANTS.items():
            title = f"{board.source} [{' '.join(options)}]"
            ours = self.dtheap(
                ["compile", *options, "-I", PREFIXES, "-o", str(output), board.source], cwd=board.corpus.kernel
            )
            yield self.compare(title, board.reference(variant), output) if ours.accepted else f"{title}: {ours.described()}"
        shutil.rmtree(output.parent)

    def round_trips(self, boards):
        batches = [(variant, boards[index : index + 100]) for variant in VARIANTS for index in range(0, len(boards), 100)]
        self.each("round-trips", self.round_trip, batches)
        self.each("decompiled", self.decompiled, boards, every=500)

    def round_trip(self, key):
        variant, boards = key
        outputs = self.folder()
        files = [str(board.reference(variant)) for board in boards]
        ours = self.dtheap(["compile", "--output-dir", str(outputs), *files], seconds=600)
        if not ours.accepted:
            yield f"{len(boards)} blobs in one process [{variant}]: {ours.described()}"
        for board in boards:
            title = f"{board.name} [{variant}, blob]"
            yield self.compare(title, board.reference(variant), outputs / (board.name + ".dtb"))
        shutil.rmtree(outputs)

    def decompiled(self, board):
        """The source that dtc prints of the blob gives the blob again."""
        folder = self.folder()
        source = folder / "printed.dts"
        source.write_bytes(case_files.decompiled(board.reference("plain")))
        expected, actual = folder / "expected.dtb", folder / "actual.dtb"
        theirs = subprocess.run(
            ["dtc", "-q", "-I", "dts", "-O", "dtb", "-o", str(expected), str(source)], capture_output=True, check=False
        )
        ours = self.dtheap(["compile", "-o", str(actual), str(source)])
        title = f"{board.name} [decompiled]"
        if ours.accepted != (theirs.returncode == 0):
            yield f"{title}: dtc's exit status is {theirs.returncode}, dtheap's: {ours.described()}"
        elif ours.accepted:
            yield self.compare(title, expected, actual)
        shutil.rmtree(folder)


def compiled(cases):
    """The cases that dtc and dtheap compile to the same blob."""
    return [case for case in cases if case.accepted and not case.difference and not case.is_base and not case.is_blob]


def case_search(case):
    return [word for directory in case.includes for word in ("-I", directory)]


def board_search(board):
    return ["-I", board.folder, "-I", PREFIXES]


def guarded(work):
    """Makes a fault of the script itself a failure of that item."""

    def call(item):
        try:
            return list(work(item))
        except Exception as error:  # noqa: BLE001, every fault must be counted
            return [f"{item}: {type(error).__name__}: {error}"]

    return call


def printed(blob, *options):
    done = subprocess.run(
        ["dtc", "-q", "-f", *options, "-I", "dtb", "-O", "dts", str(blob)], capture_output=True, check=False
    )
    return done.stdout.decode(errors="replace").split("\n")


def place(blob, offset):
    """Which block of a blob an offset is in."""
    if offset < 40 or len(blob) < 40:
        return "header"
    _, _, structure, strings, reserve = struct.unpack(">5I", blob[:20])
    blocks = sorted([(structure, "structure"), (strings, "strings"), (reserve, "reserve map")])
    return [name for start, name in blocks if start <= offset][-1]


def dependency_names(folder, file):
    """The target and the set of prerequisites of a dependency file."""
    text = (folder / file).read_text(encoding="utf-8").replace("\\\n", " ")
    target, _, rest = text.partition(":")
    return target.strip(), {os.path.normpath(name) for name in rest.split()}


def sample(text):
    first, _, step = text.partition("/")
    return int(first), int(step)


def arguments():
    root = pathlib.Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--dtheap", default=str(root / ".build" / "release" / "dtheap"), help="the binary to compare")
    parser.add_argument("--sample", type=sample, default=(1, 1), metavar="K/N", help="every Nth item, from the Kth")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2, help="how many at a time")
    parser.add_argument("--without-corpus", action="store_true", help="leave the kernel's boards out")
    parser.add_argument("--only", action="append", metavar="GROUP", help="only this group; repeatable")
    parser.add_argument("--seed", type=int, default=1, help="of the random trees (1)")
    parser.add_argument("--count", type=int, default=500, help="how many random trees (500)")
    parser.add_argument("--keep", type=pathlib.Path, default=root / ".build" / "conformance", help="for what failed")
    return parser.parse_args()


def main():
    options = arguments()
    binary = os.path.abspath(options.dtheap)
    if not os.access(binary, os.X_OK):
        print(f"conformance: {binary} is not there: make build", file=sys.stderr)
        return 2
    try:
        cases = case_files.load()
    except case_files.CaseError as error:
        print(f"conformance: {error}", file=sys.stderr)
        return 2
    report = Report(options.keep)
    with tempfile.TemporaryDirectory(prefix="dtheap-conformance-") as scratch:
        run = Conformance(binary, options.jobs, options.sample, pathlib.Path(scratch), report)
        wanted = lambda group: not options.only or group in options.only  # noqa: E731
        for group, work in (
            ("trees", run.trees),
            ("blobs", run.blobs),
            ("overlays", run.overlays),
            ("commands", run.commands),
        ):
            if wanted(group):
                work(cases)
        if wanted("random"):
            run.random(options.seed, options.count)
        groups = [
            ("boards", run.boards),
            ("batches", run.batches),
            ("sources", run.sources),
            ("round-trips", run.round_trips),
        ]
        if options.without_corpus:
            print("skipped: boards, batches, sources, round-trips (no corpus)")
        elif any(wanted(group) for group, _ in groups):
            corpus = Corpus()
            try:
                corpus.make(jobs=options.jobs)
            except CorpusError as error:
                print(f"skipped: boards, batches, sources, round-trips: {error}")
            else:
                boards = run.sampled(corpus.boards())
                for group, work in groups:
                    if wanted(group):
                        work(boards)
    print(f"{report.passed} passed, {report.failed} failed")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
