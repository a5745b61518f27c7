"""dtschema, the peer of `dtheap lint --bindings`: installed in the cache, its schemas, its verdicts.

The cache is $DTHEAP_CACHE/dtschema, or dtheap/dtschema below $XDG_CACHE_HOME (~/.cache). It holds

    venv/             a Python environment with dtschema of the version below
    processed.json    what dt-mk-schema makes of the kernel's bindings and dtschema's own
    verdicts/         what dt-validate said of a blob, by content; it takes a second or more a blob
"""

import contextlib
import fcntl
import hashlib
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile

import corpus

VERSION = "2026.9"
SECONDS_MAX = 120
# Part of every key: a change of this file's meaning asks the peer again.
FORMAT = 1
QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'")


class PeerError(Exception):
    """The peer cannot be had; the message says why."""


def cache_folder():
    """Where dtschema and its verdicts live on this machine."""
    if os.environ.get("DTHEAP_CACHE"):
        return pathlib.Path(os.environ["DTHEAP_CACHE"]) / "dtschema"
    return corpus.cache_folder().parent / "dtschema"


class Verdict:
    """What dt-validate said of one blob with one seed."""

    def __init__(self, state, diagnostics):
        # "done", "crash" or "hang".
        self.state = state
        self.diagnostics = diagnostics


class Peer:
    """An installed dtschema and the kernel's bindings as it compiled them."""

    def __init__(self, kernel, folder=None):
        self.folder = pathlib.Path(folder) if folder else cache_folder()
        self.bindings = pathlib.Path(kernel) / "Documentation" / "devicetree" / "bindings"
        self.processed = self.folder / "processed.json"
        self.digest = None

    def tool(self, name):
        return str(self.folder / "venv" / "bin" / name)

    @property
    def core(self):
        """The folder of dtschema's own schemas."""
        found = sorted((self.folder / "venv" / "lib").glob("python*/site-packages/dtschema/schemas"))
        if not found:
            raise PeerError(f"no schemas of dtschema in {self.folder}")
        return found[-1]

    def make(self, report=print):
        """Installs and compiles what is missing."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / ".lock", "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._install(report)
            self._compile(report)
        self.digest = hashlib.sha256(self.processed.read_bytes()).hexdigest()

    def _install(self, report):
        stamp = self.folder / "venv" / ".complete"
        wanted = f"{FORMAT} {VERSION} {sys.version}"
        if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
            return
        report(f"dtschema: installing {VERSION} in {self.folder}")
        # The scripts of an environment know its path: it is made where it stays.
        shutil.rmtree(self.folder / "venv", ignore_errors=True)
        run([sys.executable, "-m", "venv", str(self.folder / "venv")])
        run([self.tool("pip"), "install", "--quiet", "--disable-pip-version-check", f"dtschema=={VERSION}"])
        stamp.write_text(wanted, encoding="utf-8")
        self.processed.unlink(missing_ok=True)

    def _compile(self, report):
        stamp = self.folder / "processed.from"
        kernel = self.bindings.parents[2] / ".complete"
        wanted = f"{FORMAT} {VERSION} {self.bindings} {kernel.read_text(encoding='utf-8') if kernel.is_file() else ''}"
        if self.processed.is_file() and stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
            return
        report("dtschema: compiling the kernel's bindings")
        with replaced(self.processed) as file:
            done = subprocess.run(
                [self.tool("dt-mk-schema"), "-j", str(self.bindings)], stdout=file, stderr=subprocess.PIPE, check=False
            )
        if done.returncode != 0:
            self.processed.unlink(missing_ok=True)
            raise PeerError(f"exit status {done.returncode} of dt-mk-schema")
        stamp.write_text(wanted, encoding="utf-8")

    # Verdicts

    def verdict(self, blob, seed):
        """What dt-validate says with a seed for its hashes; from the cache if it was asked before."""
        content = pathlib.Path(blob).read_bytes()
        key = hashlib.sha256(f"{FORMAT} {VERSION} {self.digest} {seed} ".encode() + content).hexdigest()
        kept = self.folder / "verdicts" / key[:2] / (key + ".json")
        with contextlib.suppress(OSError, ValueError):
            there = json.loads(kept.read_text(encoding="utf-8"))
            return Verdict(there["state"], there["diagnostics"])
        verdict = self._ask(blob, seed)
        kept.parent.mkdir(parents=True, exist_ok=True)
        with replaced(kept) as file:
            file.write(json.dumps({"state": verdict.state, "diagnostics": verdict.diagnostics}).encode())
        return verdict

    def _ask(self, blob, seed):
        # A process a blob: the table of phandles is kept from one blob to the next.
        with tempfile.TemporaryDirectory(prefix="dtheap-verdict-") as scratch:
            output = pathlib.Path(scratch) / "verdict.json"
            command = [self.tool("dt-validate"), "-s", str(self.processed), "--json-output", str(output), str(blob)]
            environment = dict(os.environ, PYTHONHASHSEED=str(seed))
            try:
                subprocess.run(
                    command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                    check=False, timeout=SECONDS_MAX,
                )  # fmt: skip
            except subprocess.TimeoutExpired:
                return Verdict("hang", [])
            try:
                return Verdict("done", json.loads(output.read_text(encoding="utf-8")))
            except (OSError, ValueError):
                return Verdict("crash", [])


class Finding(tuple):
    """What is wrong and where: node, property (None for the node as a whole), schema, kind of the fault."""

    __slots__ = ()

    def __new__(cls, node, name, schema, kind, can_be_cascade=False):
        self = super().__new__(cls, (node, name, schema, kind, can_be_cascade))
        return self

    node = property(lambda self: self[0])
    name = property(lambda self: self[1])
    schema = property(lambda self: self[2])
    kind = property(lambda self: self[3])
    # Whether the property may be unexpected only because a common schema failed for another reason.
    can_be_cascade = property(lambda self: self[4])


def findings(diagnostics, nodes):
    """dt-validate's errors as findings; `nodes` are the paths of the blob's nodes."""
    found = set()
    for diagnostic in diagnostics:
        if diagnostic["type"] == "validation":
            found.update(reduced(diagnostic, nodes))
    return found


def reduced(diagnostic, nodes):
    """One error as findings: one for each property that is unexpected, one otherwise."""
    node, path = diagnostic["node"], list(diagnostic["property_path"])
    # An error in a child that the parent's schema sees is the child's.
    while path and isinstance(path[0], str) and child(node, path[0]) in nodes:
        node = child(node, path.pop(0))
    schema, message = diagnostic["schema"], diagnostic["message"]
    kind = diagnostic["schema_path"][-1]
    if kind == "required":
        return [Finding(node, QUOTED.match(message)[1], schema, kind)]
    if kind in ("additionalProperties", "unevaluatedProperties"):
        named = re.split(r" do(?:es)? not match", message)[0]
        return [
            Finding(node, name, schema, "unexpected", kind == "unevaluatedProperties") for name in QUOTED.findall(named)
        ]
    words = [part for part in diagnostic["schema_path"] if isinstance(part, str)]
    name = next((part for part in path if isinstance(part, str)), None)
    return [Finding(node, name, schema, kind if isinstance(kind, str) else words[-1])]


def child(node, name):
    return node.rstrip("/") + "/" + name


def node_paths(blob):
    """The paths of all nodes of a blob."""
    data = pathlib.Path(blob).read_bytes()
    offset = struct.unpack_from(">I", data, 8)[0]
    paths, stack = set(), []
    while True:
        (token,) = struct.unpack_from(">I", data, offset)
        offset += 4
        if token == 1:
            end = data.index(0, offset)
            name = data[offset:end].decode(errors="replace")
            stack.append(child(stack[-1], name) if stack else "/")
            paths.add(stack[-1])
            offset = (end + 4) & ~3
        elif token == 2:
            stack.pop()
        elif token == 3:
            (length,) = struct.unpack_from(">I", data, offset)
            offset = (offset + 8 + length + 3) & ~3
        elif token == 9:
            return paths


@contextlib.contextmanager
def replaced(path):
    """A file that takes its name once it is complete."""
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        yield file
    os.replace(file.name, path)


def run(command):
    """Runs a command that must succeed."""
    try:
        done = subprocess.run(command, capture_output=True, check=False)
    except OSError as error:
        raise PeerError(f"{command[0]} cannot be run: {error}") from error
    if done.returncode != 0:
        message = done.stderr.decode(errors="replace").strip()[-2000:]
        raise PeerError(f"exit status {done.returncode} of: {' '.join(command)}\n{message}")
