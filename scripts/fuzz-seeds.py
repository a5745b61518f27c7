#!/usr/bin/env python3
"""Writes seeds for the fuzz targets: the conformance cases as sources, what dtc makes of them as blobs, the bindings
that ship, boards to hold against them, and plans, traces and recordings.

    scripts/fuzz-seeds.py FOLDER
"""

import pathlib
import shutil
import sys
import tempfile

import cases as case_files

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Between the files of one input of the target for bindings.
SEPARATOR = b"\n# next file\n"


def main():
    folder = pathlib.Path(sys.argv[1])
    for kind in ("source", "blob", "binding", "validation", "plan", "trace", "ftrace"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
    with_dtc = shutil.which("dtc") is not None
    for index, case in enumerate(case_files.load()):
        (folder / "source" / f"{index:04}.dts").write_bytes(case.text)
        if with_dtc and case.accepted_by_dtc:
            with tempfile.TemporaryDirectory(prefix="dtheap-seed-") as scratch:
                case.run_dtc(pathlib.Path(scratch), ["-@"], folder / "blob" / f"{index:04}.dtb")
    for source in sorted((case_files.TREES.parent.parent.parent / "examples" / "boards").glob("*.dts*")):
        shutil.copy(source, folder / "source" / source.name)
        shutil.copy(source, folder / "validation" / source.name)
    bindings(folder)
    plans(folder)


def plans(folder):
    """The example plans on the heaps of the target's board, small traces, and the example recording in pieces."""
    for path in sorted((ROOT / "examples" / "plans").glob("*.yaml")):
        lines = path.read_text().split("\n")
        for name, heap in (("chunk", "frames@64000000"), ("cma", "linux,cma"), ("label", "video")):
            text = "\n".join(
                line[:line.index("heap:")] + "heap: " + heap if line.lstrip().startswith("heap:") else line
                for line in lines)
            (folder / "plan" / f"{path.stem}-{name}.yaml").write_text(text)
    (folder / "plan" / "groups.yaml").write_text(GROUPS)
    for policy in ("half-free", "fallback-only", "page-cache-only", "anonymous-first", "zone-cma", "own-lists",
                   "guaranteed"):
        (folder / "plan" / f"pressure-{policy}.yaml").write_text(PRESSURE.replace("POLICY", policy))
    traces = ROOT / "Tests" / "HeapModelTests" / "Fixtures" / "traces"
    for path in sorted([*traces.glob("*.json"), *(ROOT / "examples" / "traces").glob("*.json")]):
        if path.stat().st_size <= 8192:
            shutil.copy(path, folder / "trace" / path.name)
    (folder / "trace" / "every-kind.json").write_text(EVERY_KIND)
    for path in sorted((ROOT / "examples" / "traces").glob("*.ftrace.txt")):
        lines = [line for line in path.read_text().splitlines(keepends=True) if not line.startswith("#")]
        for start in range(0, len(lines), 16):
            (folder / "ftrace" / f"{path.name}-{start}").write_text("".join(lines[start:start + 24]))
    for number, lines in enumerate(RECORDINGS):
        (folder / "ftrace" / f"short-{number}").write_text("\n".join(lines) + "\n")


GROUPS = """groups:
  - name: call
    start: 1s
    duration: 5
    repeat: {every: 10, count: 3}
    buffers:
      - {name: in, frame: {width: 1920, height: 1080, format: NV12, stride-alignment: 64}, count: 2, heap: video}
      - {name: out, size: 64KiB, heap: "linux,cma", start: 250ms, end: 1min, repeat: {every: 1, count: 2}}
expect: {fits: true}
"""

PRESSURE = """buffers:
  - {name: out, size: 1MiB, count: 9, heap: video, start: 1, duration: 2, repeat: {every: 3, count: 4}}
  - {name: in, size: 300KiB, heap: "linux,cma", start: 500ms, end: 9}
pressure:
  policy: POLICY
  cpus: 2
  swap: 16MiB
  page-copy: 4us
  holders:
    - {kind: kernel, size: 8MiB, arrival: 64KiB}
    - {kind: processes, share: 30%, arrival: 2MiB, exit: 1MiB, locked: false, shared: true}
    - {kind: metadata, size: 2MiB, journalled: 20%}
    - {kind: written-files, size: 4MiB, arrival: 2MiB, writeback: 30ms}
    - {kind: long-pins, pages: 7, size: 6MiB, place: area, file: true, arrival: 4KiB}
    - {kind: short-pins, size: 5MiB, place: outside, rate: 50, pages: 4, hold: 20ms, distribution: fixed}
    - {kind: area-user, area: "linux,cma", size: 64KiB, count: 3, rate: 5, hold: 300ms}
    - {kind: page-cache, share: 100%, arrival: 20MiB, exit: 1MiB, mapped: true}
expect: {success-rate: 90%, latency: {p99: 2s}}
"""

EVERY_KIND = """{"title": "t", "pageSize": 4096, "pageblockOrder": 9, "maxOrder": 11,
"areas": [{"name": "a", "basePFN": 4096, "pages": 4096}],
"heaps": [{"name": "c", "area": "a", "type": "chunk", "variant": "bulk", "chunkOrder": 4, "passes": 3},
{"name": "h", "area": "a", "type": "chunk", "variant": "halving", "chunkOrder": 4},
{"name": "m", "area": "a", "type": "cma"}, {"name": "r", "area": "a", "type": "repeated", "blockBytes": 65536}],
"operations": [{"op": "pin", "area": "a", "offset": 7}, {"op": "alloc", "heap": "c", "id": 1, "bytes": 65536},
{"op": "alloc", "heap": "h", "id": 2, "bytes": 99999}, {"op": "alloc", "heap": "m", "id": 3, "bytes": 4096},
{"op": "alloc", "heap": "r", "id": 4, "bytes": 1}, {"op": "cmaAlloc", "area": "a", "id": -2, "count": 3, "alignOrder": 0,
"result": 0, "pages": [[4112, 3]], "attempts": 1}, {"op": "freePart", "id": 1, "count": 1}, {"op": "free", "id": 1,
"used": 0}, {"op": "unpin", "area": "a", "offset": 7}]}
"""

# As trace-cmd and newer kernels print them.
RECORDINGS = [
    ["cpus=4", " codec-9  [001]  1.5: cma_alloc_start:      name=a count=4 align=2",
     " codec-9  [001]  1.6: cma_alloc_busy_retry: name=a pfn=0x1000 page=0xffff0001 count=4 align=2",
     " codec-9  [002]  1.7: cma_alloc_finish:     name=a pfn=0x1004 page=0xffff0002 count=4 align=2 errorno=0",
     "CPU:1 [LOST 3 EVENTS]", " codec-9  [001]  1.8: cma_release:          name=a pfn=0x1002 page=0xffff0002 count=2"],
    [" <...>-7 (-------) [000] d..1. 5: cma_alloc_start: name=b request_count=8 available_count=64 total_count=64 align=3",
     " <...>-7 (    7) [000] d..1. 6: cma_alloc_finish: name=b pfn=0xffffffffffffffff page=0000000000000000 count=8 "
     "align=3 errorno=-16", " x-1 [3] 7: cma_release: name=b pfn=0x20 page=(nil) count=3"],
]


def bindings(folder):
    """The bindings that ship, each with those that it refers to; and the boards of their examples."""
    files = {path: path.read_bytes() for path in sorted((ROOT / "bindings").rglob("*.yaml"))}
    types = files[ROOT / "bindings" / "types.yaml"]
    region = files[ROOT / "bindings" / "reserved-memory" / "reserved-memory.yaml"]
    for path, text in files.items():
        name = path.stem.replace(",", "-")
        (folder / "binding" / (name + ".yaml")).write_bytes(text)
        (folder / "binding" / (name + "-with-types.yaml")).write_bytes(SEPARATOR.join([text, types, region]))
        for index, example in enumerate(text.split(b"\n  - |\n")[1:]):
            lines = [line[4:] for line in example.split(b"\n") if line.startswith(b"    ") or not line]
            board = b"\n".join(lines)
            if board.startswith(b"/ {"):
                (folder / "validation" / f"{name}-{index}.dts").write_bytes(b"/dts-v1/;\n" + board)


if __name__ == "__main__":
    main()
