import Foundation
import TestSupport
import Testing

/// A board with a heap of every kind, one of which has a name that no language likes.
private let manyHeaps = board(
  """
  linux,cma { compatible = "shared-dma-pool"; reusable; size = <0x2000000>; linux,cma-default; };
  \(videoHeap)
  one: frames@50000000 { compatible = "shared-dma-pool"; reusable; reg = <0x50000000 0x4000000>; };
  two: camera@54000000 { compatible = "shared-dma-pool"; reusable; reg = <0x54000000 0x4000000>; };
  """,
  #"""
  heap-one { compatible = "linux,dma-heap-chunk"; memory-region = <&one>; alignment = <0x10000>; };
  heap-two { compatible = "samsung,dma-heap-chunk"; memory-region = <&two>; dma-heap,name = "a\"b\\c*/??/%s é";
    dma-heap,alignment = <0x100000>; dma-heap,allow_kva; dma-heap,untouchable; };
  heap-three { compatible = "samsung,dma-heap-chunk"; memory-region = <&two>; dma-heap,name = "class";
    dma-heap,alignment = <0x1000>; dma-heap,secure; dma-heap,protection_id = <1>; };
  """#)

private let faulty = board(
  #"p@50001000 { compatible = "shared-dma-pool"; reusable; reg = <0x50001000 0x400000>; };"#)

@Suite struct GenerateCommandTests {
  /// What a program that goes through the table prints, by the JSON form.
  private func expectedLines() throws -> [String] {
    let run = try CommandRun.dtheap("generate", "--emit", "json", "-", input: manyHeaps)
    #expect(run.status == 0 && run.errors.isEmpty)
    return run.rows("heaps").map { heap in
      func text(_ key: String, _ missing: String = "-") -> String {
        switch heap[key] {
        case let text as String: text
        case let number as NSNumber: number.stringValue
        default: missing
        }
      }
      let flags = (heap["flags"] as? [String] ?? []).sorted().joined(separator: ",")
      let source = heap["source"] as? [String: Any] ?? [:]
      let base = UInt64(text("base").dropFirst(2), radix: 16) ?? 0
      return [
        text("name"), text("device"), text("type"), text("variant"), text("region"), String(base),
        text("size"),
        text("pageSize"), text("chunkOrder", "-1"), text("chunkSize", "0"), text("chunks", "0"), flags,
        text("node"),
        "\(source["file"] as? String ?? "-"):\(source["line"] as? Int ?? 0):\(source["column"] as? Int ?? 0)",
      ].joined(separator: "|")
    }
  }

  @Test func documentIsComplete() throws {
    let run = try CommandRun.dtheap("generate", "--emit", "json", "-", input: manyHeaps)
    #expect(run.json["schemaVersion"] as? Int == 1 && run.json["errors"] == nil)
    let heaps = run.rows("heaps")
    #expect(
      heaps.compactMap { $0["name"] as? String } == [
        "linux,cma", "video@60000000", "frames@50000000", #"a"b\c*/??/%s é"#, #"a"b\c*/??/%s é-uncached"#,
        "class-secure",
      ])
    let twin = heaps[4]
    #expect(twin["node"] as? String == "/heap-two" && twin["region"] as? String == "camera@54000000")
    #expect(twin["regionNode"] as? String == "/reserved-memory/camera@54000000")
    #expect(Set(twin["flags"] as? [String] ?? []) == ["allow_kva", "untouchable", "uncached"])
    #expect(
      twin["chunkOrder"] as? Int == 8 && twin["chunks"] as? Int == 64 && twin["pageSize"] as? Int == 4096)
    #expect(heaps[5]["flags"] as? [String] == ["secure"] && heaps[5]["variant"] as? String == "halving")
    let source = try #require(heaps[1]["source"] as? [String: Any])
    #expect(
      source["file"] as? String == "<stdin>" && source["line"] as? Int == 12 && source["column"] as? Int == 1)
  }

  @Test func headerServesAProgram() throws {
    let program = #"""
      #include <inttypes.h>
      #include <stdio.h>
      #include <string.h>
      #include "heaps.h"
      #include "heaps.h"
      static const char *types[] = { "cma", "chunk" };
      static const char *variants[] = { "-", "pageblock-scan", "failfast", "halving" };
      static const struct { uint32_t bit; const char *name; } flags[] = {
        { DTHEAP_FLAG_ALLOW_KVA, "allow_kva" }, { DTHEAP_FLAG_SECURE, "secure" },
        { DTHEAP_FLAG_SECURE_SYSMMU, "secure_sysmmu" }, { DTHEAP_FLAG_UNCACHED, "uncached" },
        { DTHEAP_FLAG_UNTOUCHABLE, "untouchable" }, { DTHEAP_FLAG_VIDEO_ALIGNED, "video_aligned" } };
      _Static_assert(DTHEAP_SIZE_VIDEO_60000000 == 0x10000000, "numbers are for the preprocessor");
      int main(void)
      {
        const struct dtheap_heap *h;
        for (size_t i = 0; (h = dtheap_heap_at(i)) != NULL; i++) {
          printf("%s|%s|%s|%s|%s|%" PRIu64 "|%" PRIu64 "|%" PRIu32 "|%d|%" PRIu64 "|%" PRIu64 "|", h->name, h->device,
            types[h->type], variants[h->variant], h->region, h->base, h->size, h->page_size, h->chunk_order,
            h->chunk_size, h->chunks);
          const char *separator = "";
          for (size_t f = 0; f < sizeof flags / sizeof *flags; f++)
            if (h->flags & flags[f].bit) { printf("%s%s", separator, flags[f].name); separator = ","; }
          printf("|%s|%s:%u:%u\n", h->node ? h->node : "-", h->source_file ? h->source_file : "-", h->source_line,
            h->source_column);
        }
        return strcmp(dtheap_heap_at(DTHEAP_INDEX_VIDEO_60000000)->name, "video@60000000") != 0;
      }
      """#
    let files = try folder(["main.c": program, "other.c": "#include \"heaps.h\"\n"])
    let run = try CommandRun.dtheap(
      "generate", "--emit", "c-header", "-o", "\(files.path)/heaps.h", "-", input: manyHeaps)
    #expect(run.status == 0 && run.output.isEmpty)
    let compiled = try CommandRun.run(
      "/usr/bin/cc",
      [
        "-std=c11", "-Wall", "-Wextra", "-pedantic", "-Werror", "\(files.path)/main.c",
        "\(files.path)/other.c", "-o", "\(files.path)/main",
      ])
    #expect(compiled.status == 0, "\(compiled.errors)")
    let result = try CommandRun.run("\(files.path)/main", [])
    #expect(result.status == 0)
    #expect(result.output.split(separator: "\n").map(String.init) == (try expectedLines()))
  }

  @Test func swiftFileServesAProgram() throws {
    let program = #"""
      for h in DMAHeap.all {
        let place = "\(h.source?.file ?? "-"):\(h.source?.line ?? 0):\(h.source?.column ?? 0)"
        let chunk = "\(h.chunkOrder ?? -1)|\(h.chunkSize ?? 0)|\(h.chunks ?? 0)"
        print(
          [
            h.name, h.device, h.type.rawValue, h.variant?.rawValue ?? "-", h.region, "\(h.base)", "\(h.size)",
            "\(h.pageSize)", chunk, h.flags.sorted().joined(separator: ","), h.node ?? "-", place,
          ].joined(separator: "|"))
      }
      precondition(DMAHeap.video60000000.chunkSize == 65536 && !DMAHeap.isForced)
      precondition(DMAHeap.classSecure.flags == ["secure"])
      """#
    let files = try folder(["main.swift": program])
    let run = try CommandRun.dtheap(
      "generate", "--emit", "swift", "-o", "\(files.path)/Heaps.swift", "-", input: manyHeaps)
    #expect(run.status == 0)
    let compiled = try CommandRun.run(
      "/usr/bin/env",
      [
        "swiftc", "-swift-version", "6", "-warnings-as-errors", "-Onone", "\(files.path)/main.swift",
        "\(files.path)/Heaps.swift", "-o", "\(files.path)/main",
      ])
    #expect(compiled.status == 0, "\(compiled.errors)")
    let result = try CommandRun.run("\(files.path)/main", [])
    #expect(result.output.split(separator: "\n").map(String.init) == (try expectedLines()))
  }

  @Test(arguments: ["json", "c-header", "swift"]) func nothingFromABoardWithErrors(format: String) throws {
    let files = try folder([:])
    let run = try CommandRun.dtheap(
      "generate", "--emit", format, "-o", "\(files.path)/out", "-", input: faulty)
    #expect(run.status == 1 && run.output.isEmpty)
    #expect(run.errors.contains("error[DTH230]: base 0x50001000") && run.errors.contains("--force"))
    #expect(!FileManager.default.fileExists(atPath: "\(files.path)/out"))
  }

  @Test func errorsOfTheRulesCountToo() throws {
    // The kernel takes both and is content; their owners will not be.
    let source = board(
      "a@50000000 { reg = <0x50000000 0x2000>; }; b@50001000 { reg = <0x50001000 0x2000>; };")
    let run = try CommandRun.dtheap("generate", "--emit", "json", "-", input: source)
    #expect(run.status == 1 && run.output.isEmpty && run.errors.contains("error[DTH216]"))
    let json = try CommandRun.dtheap("generate", "--force", "--emit", "json", "-", input: source).json
    let errors = json["errors"] as? [String] ?? []
    #expect(errors.count == 1 && errors[0].hasPrefix("<stdin>:11:") && errors[0].hasSuffix(" (DTH216)"))
    let files = try folder(["b.dts": source, ".dtheap.yml": "disable: [DTH216]\n"])
    #expect(try CommandRun.dtheap("generate", "--emit", "json", "\(files.path)/b.dts").status == 0)
  }

  @Test func forcedFilesSaySo() throws {
    func forced(_ format: String) throws -> String {
      let run = try CommandRun.dtheap("generate", "--force", "--emit", format, "-", input: faulty)
      #expect(run.status == 0)
      return run.output
    }
    let header = try forced("c-header")
    #expect(header.contains("FORCED: the tree has errors") && header.contains("#define DTHEAP_FORCED 1\n"))
    #expect(header.contains("base 0x50001000 of `p@50001000`") && header.contains("(DTH230)"))
    let swift = try forced("swift")
    #expect(swift.contains("// FORCED: the tree has errors") && swift.contains("isForced = true"))
    let json = try CommandRun.dtheap("generate", "--force", "--emit", "json", "-", input: faulty).json
    #expect(json["forced"] as? Bool == true && (json["errors"] as? [String])?.count == 1)
  }

  @Test func boardWithoutHeapsMakesAnEmptyTable() throws {
    let arguments = ["--default-cma", "0", "-", "-o"]
    let files = try folder([
      "main.c":
        "#include \"heaps.h\"\nint main(void) { return dtheap_heap_at(0) != NULL || DTHEAP_HEAP_COUNT; }\n"
    ])
    for (format, name) in [("c-header", "heaps.h"), ("swift", "Heaps.swift"), ("json", "heaps.json")] {
      let run = try CommandRun.dtheap(
        ["generate", "--emit", format] + arguments + ["\(files.path)/\(name)"], input: board(""))
      #expect(run.status == 0)
    }
    let compiled = try CommandRun.run(
      "/usr/bin/cc",
      [
        "-std=c11", "-Wall", "-Wextra", "-pedantic", "-Werror", "\(files.path)/main.c", "-o",
        "\(files.path)/main",
      ])
    #expect(compiled.status == 0, "\(compiled.errors)")
    #expect(try CommandRun.run("\(files.path)/main", []).status == 0)
    let parsed = try CommandRun.run(
      "/usr/bin/env",
      ["swiftc", "-swift-version", "6", "-warnings-as-errors", "-typecheck", "\(files.path)/Heaps.swift"])
    #expect(parsed.status == 0, "\(parsed.errors)")
  }

  @Test func outputThatCannotBeWrittenIsATwo() throws {
    let run = try CommandRun.dtheap(
      "generate", "--emit", "json", "-o", "/none/heaps.json", "-", input: manyHeaps)
    #expect(run.status == 2 && run.errors.contains("/none/heaps.json"))
    #expect(try CommandRun.dtheap("generate", "-", input: manyHeaps).status == 2, "--emit is required")
  }
}
