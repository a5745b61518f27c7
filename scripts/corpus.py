#!/usr/bin/env python3
"""The boards of Debian's linux-source-6.1, unpacked, preprocessed and compiled by dtc, in a cache folder.

    scripts/corpus.py [--jobs N] [--check]

The cache is $DTHEAP_CACHE, or dtheap/corpus below $XDG_CACHE_HOME (~/.cache). It holds

    kernel/             the folders of the kernel source that matter for devicetrees
    preprocessed/       one file a board, `_` for `/`: arm64_qcom_msm8998-oneplus-cheeseburger.dts
    reference/plain/    what dtc makes of each
    reference/symbols/  what dtc makes of each with -@

Each folder is made once, under another name, and renamed into place when it is complete. A newer source package, or
another dtc, makes it again.
"""

import argparse
import concurrent.futures
import contextlib
import fcntl
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ARCHIVE = pathlib.Path("/usr/src/linux-source-6.1.tar.xz")
MEMBERS = [
    "arch/*/boot/dts/*",
    "include/dt-bindings/*",
    "include/uapi/linux/input-event-codes.h",
    "scripts/dtc/include-prefixes*",
    "Documentation/devicetree/bindings/*",
]
PREFIXES = "scripts/dtc/include-prefixes"
PREPROCESSOR = ["cpp", "-E", "-nostdinc", "-undef", "-D__DTS__", "-x", "assembler-with-cpp", "-I", PREFIXES]
VARIANTS = {"plain": [], "symbols": ["-@"]}
# Part of every stamp: a change of this file's meaning makes the cache again.
FORMAT = 1


class CorpusError(Exception):
    """The corpus cannot be had; the message says why."""


def cache_folder():
    """Where the corpus lives on this machine."""
    if os.environ.get("DTHEAP_CACHE"):
        return pathlib.Path(os.environ["DTHEAP_CACHE"])
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return pathlib.Path(base) / "dtheap" / "corpus"


class Board:
    """One board: its name in the cache, its source in the kernel, what is special about it."""

    def __init__(self, corpus, entry):
        self.corpus = corpus
        self.name = entry["name"]
        self.source = entry["source"]
        self.is_plugin = entry["plugin"]
        self.includes = entry["include"]

    @property
    def kernel_file(self):
        return self.corpus.kernel / self.source

    @property
    def preprocessed(self):
        return self.corpus.folder / "preprocessed" / (self.name + ".dts")

    @property
    def folder(self):
        """The folder of the source, relative to the kernel: where its /include/ files are."""
        return os.path.dirname(self.source)

    def reference(self, variant):
        return self.corpus.folder / "reference" / variant / (self.name + ".dtb")


class Corpus:
    """The cache and the boards in it."""

    def __init__(self, folder=None):
        self.folder = pathlib.Path(folder) if folder else cache_folder()
        self.kernel = self.folder / "kernel"

    # What there is

    def boards(self):
        """All boards, in the order of their names."""
        with open(self.folder / "preprocessed" / "index.json", encoding="utf-8") as file:
            return [Board(self, entry) for entry in json.load(file)]

    def is_complete(self):
        return all(self._is_current(name) for name in ("kernel", "preprocessed", "reference"))

    def _stamp(self, name):
        """What a folder was made from, as one string."""
        if not ARCHIVE.exists():
            # Nothing to compare with: what is in the cache is taken as it is.
            return None
        status = ARCHIVE.stat()
        parts = [FORMAT, status.st_size, int(status.st_mtime)]
        if name != "kernel":
            parts.append(version_of("cpp"))
        if name == "reference":
            parts.append(version_of("dtc"))
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    def _is_current(self, name):
        try:
            there = (self.folder / name / ".complete").read_text(encoding="utf-8")
        except OSError:
            return False
        wanted = self._stamp(name)
        return wanted is None or wanted == there

    # Making it

    def make(self, jobs=2, report=print):
        """Makes what is missing."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / ".lock", "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._make("kernel", self._unpack, jobs, report)
            self._make("preprocessed", self._preprocess, jobs, report)
            self._make("reference", self._compile, jobs, report)

    def _make(self, name, fill, jobs, report):
        if self._is_current(name):
            return
        if name == "kernel" and not ARCHIVE.exists():
            raise CorpusError(f"{ARCHIVE} is missing: install the Debian package linux-source-6.1")
        stamp = self._stamp(name)
        target = self.folder / name
        partial = pathlib.Path(tempfile.mkdtemp(prefix=f".{name}-", dir=self.folder))
        try:
            fill(partial, jobs, report)
            (partial / ".complete").write_text(stamp or "", encoding="utf-8")
            partial.chmod(0o755)
            if target.exists():
                old = pathlib.Path(tempfile.mkdtemp(prefix=f".old-{name}-", dir=self.folder))
                target.rename(old / name)
                partial.rename(target)
                shutil.rmtree(old)
            else:
                partial.rename(target)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise

    def _unpack(self, partial, jobs, report):
        report(f"corpus: unpacking {ARCHIVE}")
        run(
            ["tar", "-xJf", str(ARCHIVE), "-C", str(partial), "--strip-components=1", "--wildcards"]
            + ["linux-source-6.1/" + member for member in MEMBERS]
        )

    def _preprocess(self, partial, jobs, report):
        sources = sorted(str(path.relative_to(self.kernel)) for path in self.kernel.glob("arch/*/boot/dts/**/*.dts"))
        report(f"corpus: preprocessing {len(sources)} boards")

        def preprocess(source):
            name = board_name(source)
            target = partial / (name + ".dts")
            run(PREPROCESSOR + [source, str(target)], cwd=self.kernel)
            text = target.read_bytes()
            return {
                "name": name,
                "source": source,
                "plugin": b"/plugin/" in text,
                "include": b"/include/" in text,
            }

        entries = sorted(in_parallel(preprocess, sources, jobs), key=lambda entry: entry["name"])
        if len({entry["name"] for entry in entries}) != len(entries):
            raise CorpusError("two boards have the same name in the cache")
        (partial / "index.json").write_text(json.dumps(entries, indent=0) + "\n", encoding="utf-8")

    def _compile(self, partial, jobs, report):
        boards = self.boards()
        report(f"corpus: compiling {len(boards)} boards with dtc, with and without -@")

        def compile_board(board):
            for variant, options in VARIANTS.items():
                target = partial / variant / (board.name + ".dtb")
                run(
                    ["dtc", "-q", *options, "-i", board.folder, "-i", PREFIXES]
                    + ["-I", "dts", "-O", "dtb", "-o", str(target), str(board.preprocessed)],
                    cwd=self.kernel,
                )

        for variant in VARIANTS:
            (partial / variant).mkdir()
        in_parallel(compile_board, boards, jobs)


def board_name(source):
    """`arch/arm64/boot/dts/qcom/sdm845-db845c.dts` is `arm64_qcom_sdm845-db845c`."""
    parts = pathlib.PurePosixPath(source).parts
    inside = parts[4:-1] + (parts[-1][: -len(".dts")],)
    return "_".join((parts[1],) + inside)


def version_of(tool):
    try:
        done = subprocess.run([tool, "--version"], capture_output=True, text=True, check=False)
    except OSError as error:
        raise CorpusError(f"{tool} cannot be run: {error}") from error
    return done.stdout.split("\n", 1)[0]


def run(command, cwd=None):
    """Runs a command that must succeed."""
    try:
        done = subprocess.run(command, cwd=cwd, capture_output=True, check=False)
    except OSError as error:
        raise CorpusError(f"{command[0]} cannot be run: {error}") from error
    if done.returncode != 0:
        message = done.stderr.decode(errors="replace").strip()
        raise CorpusError(f"exit status {done.returncode} of: {' '.join(command)}\n{message}")


def in_parallel(work, items, jobs):
    """The results in the order of the items; the first failure ends it."""
    with concurrent.futures.ThreadPoolExecutor(max_workers=jobs) as pool:
        futures = [pool.submit(work, item) for item in items]
        with contextlib.ExitStack() as cleanup:
            cleanup.callback(lambda: [future.cancel() for future in futures])
            return [future.result() for future in futures]


def main():
    parser = argparse.ArgumentParser(description="Makes the corpus of boards in the cache.")
    parser.add_argument("--jobs", type=int, default=2, help="how many boards at a time (2)")
    parser.add_argument("--check", action="store_true", help="only say whether it is complete")
    options = parser.parse_args()
    corpus = Corpus()
    if options.check:
        if not corpus.is_complete():
            print(f"corpus: not complete in {corpus.folder}")
            sys.exit(1)
    else:
        try:
            corpus.make(jobs=options.jobs)
        except CorpusError as error:
            sys.exit(f"corpus: {error}")
    boards = corpus.boards()
    plugins = sum(board.is_plugin for board in boards)
    includes = sum(board.includes for board in boards)
    print(f"corpus: {len(boards)} boards in {corpus.folder} ({plugins} plugins, {includes} with /include/)")


if __name__ == "__main__":
    main()
