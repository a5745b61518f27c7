#!/usr/bin/env python3
"""Debian's kernel images for QEMU's virt machines, in a cache folder.

    scripts/kernels.py [--kernel NAME]...

The cache is $DTHEAP_KERNELS, or dtheap/kernels below $XDG_CACHE_HOME (~/.cache). It holds one image a kernel, under the
name of the package that it came from, and a file NAME.json that says which one is in use. The packages come by apt-get
from the suite and mirror that this machine has in its sources, with a state folder of their own: neither the list of
installed packages nor apt's own lists change. An image that is there is used as it is; --renew asks the archive again.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

# Seconds for one command of apt: an archive that does not answer is no reason to wait for ever.
SECONDS_MAX = 300


class Kernel:
    """A kernel that can be booted: where it comes from, and what dtheap and QEMU call it."""

    def __init__(self, name, architecture, debian, package, map_options, cpu):
        self.name = name
        self.architecture = architecture
        self.debian = debian
        self.package = package
        self.map_options = map_options
        self.cpu = cpu


KERNELS = [
    Kernel("6.1", "arm64", "arm64", "linux-image-arm64", ["--kernel", "6.1"], "cortex-a53"),
    Kernel("6.12", "arm64", "arm64", "linux-image-6.12-arm64", ["--kernel", "6.12"], "cortex-a53"),
    # A Cortex-A53 has no pages of 16 KiB.
    Kernel(
        "6.12-16k", "arm64", "arm64", "linux-image-6.12-arm64-16k",
        ["--kernel", "6.12", "--page-size", "16K"], "cortex-a76",
    ),
    Kernel("6.1-armmp", "arm", "armhf", "linux-image-armmp", ["--kernel", "6.1"], "cortex-a15"),
]  # fmt: skip


class KernelError(Exception):
    """A kernel cannot be had; the message says why."""


def cache_folder():
    """Where the images live on this machine."""
    if os.environ.get("DTHEAP_KERNELS"):
        return pathlib.Path(os.environ["DTHEAP_KERNELS"])
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return pathlib.Path(base) / "dtheap" / "kernels"


class KernelCache:
    """The images, fetched when they are asked for the first time."""

    def __init__(self, folder=None, renew=False, report=print):
        self.folder = pathlib.Path(folder) if folder else cache_folder()
        self.renew = renew
        self.report = report
        # Which architecture's lists this run has fetched.
        self.apts = {}

    def image(self, kernel):
        """The path of a kernel's image, and its package with the version."""
        note = self.folder / f"{kernel.name}.json"
        if not self.renew:
            try:
                there = json.loads(note.read_text(encoding="utf-8"))
                if (self.folder / there["image"]).stat().st_size > 0:
                    return self.folder / there["image"], there["package"]
            except (OSError, ValueError, KeyError):
                pass
        return self._fetch(kernel, note)

    def _fetch(self, kernel, note):
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="dtheap-kernel-") as scratch:
            scratch = pathlib.Path(scratch)
            apt = self._apt(kernel)
            package, version = self._dependency(apt, kernel)
            self.report(f"kernels: fetching {package} {version} ({kernel.debian})")
            run(["apt-get", *apt, "-qq", "download", f"{package}={version}"], scratch)
            archives = list(scratch.glob("*.deb"))
            if len(archives) != 1:
                raise KernelError(f"apt-get left {len(archives)} archives for {package}")
            run(["dpkg-deb", "-x", str(archives[0]), "unpacked"], scratch)
            images = list((scratch / "unpacked" / "boot").glob("vmlinuz-*"))
            if len(images) != 1:
                raise KernelError(f"{package} has {len(images)} images")
            name = f"{package}_{version}_{kernel.debian}.image"
            # Renamed into place when it is complete, on the same file system.
            partial = self.folder / f".{name}.{os.getpid()}"
            shutil.copyfile(images[0], partial)
            partial.rename(self.folder / name)
        entry = {"image": name, "package": f"{package} {version}"}
        note.write_text(json.dumps(entry) + "\n", encoding="utf-8")
        return self.folder / name, entry["package"]

    def _apt(self, kernel):
        """The options that make apt work for an architecture in folders of its own."""
        if kernel.debian in self.apts:
            return self.apts[kernel.debian]
        folder = self.folder / "apt" / kernel.debian
        for part in ("state/lists/partial", "cache/archives/partial"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        options = {
            "APT::Architecture": kernel.debian,
            "APT::Architectures::": kernel.debian,
            "Dir::State": folder / "state",
            "Dir::Cache": folder / "cache",
            "Dir::State::status": "/dev/null",
            # The folders belong to whoever runs this, not to apt's own user.
            "APT::Sandbox::User": "root",
        }
        words = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
        try:
            run(["apt-get", *words, "-qq", "update"], folder)
        except KernelError as error:
            # One suite of several may be out of order: whether the package is known decides.
            self.report(f"kernels: the package index is not complete: {error}")
        self.apts[kernel.debian] = words
        return words

    def _dependency(self, apt, kernel):
        """The package with the image that a package without contents depends on, and its version."""
        shown = run(["apt-cache", *apt, "--no-all-versions", "show", kernel.package], self.folder)
        for line in shown.splitlines():
            if line.startswith("Depends: "):
                first = line.removeprefix("Depends: ").split(",")[0].split()
                if len(first) == 3 and first[1] == "(=":
                    return first[0], first[2].rstrip(")")
        raise KernelError(f"{kernel.package} ({kernel.debian}) names no image in the package index")


def run(command, cwd):
    """Runs a command that must succeed, and returns what it printed."""
    try:
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=SECONDS_MAX)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise KernelError(f"{command[0]}: {error}") from error
    if done.returncode != 0:
        words = done.stderr.strip().split("\n")
        raise KernelError(f"{command[0]}: {words[0] or 'exit status %d' % done.returncode}")
    return done.stdout


def chosen(names):
    """The kernels of a list of names, or all."""
    unknown = sorted(set(names) - {kernel.name for kernel in KERNELS})
    if unknown:
        raise KernelError(f"there is no kernel {', '.join(unknown)}")
    return [kernel for kernel in KERNELS if not names or kernel.name in names]


def main():
    parser = argparse.ArgumentParser(description="Fetches Debian's kernel images into the cache.")
    parser.add_argument("--kernel", action="append", default=[], help="one of them alone; repeatable")
    parser.add_argument("--renew", action="store_true", help="ask the archive even for those that are there")
    options = parser.parse_args()
    try:
        cache = KernelCache(renew=options.renew)
        for kernel in chosen(options.kernel):
            path, package = cache.image(kernel)
            print(f"{kernel.name}: {package}: {path}")
    except KernelError as error:
        sys.exit(f"kernels: {error}")


if __name__ == "__main__":
    main()
