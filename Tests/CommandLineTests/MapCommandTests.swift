import Foundation
import TestSupport
import Testing

@Suite struct MapCommandTests {
  @Test func goodBoardIsAZero() throws {
    let files = try folder(["b.dts": board(videoHeap)])
    let run = try CommandRun.dtheap("map", "\(files.path)/b.dts")
    #expect(run.status == 0 && run.errors.isEmpty)
    #expect(run.output.contains("Linux 6.12 on arm64, 4 KiB pages, CMA minimum 2 MiB"))
    #expect(
      run.output.contains("|                ########        |  video@60000000  chunk heap\n"), "to scale")
    #expect(run.output.contains("4096 chunks of 64 KiB, failfast"))
    #expect(run.output.hasSuffix("all regions are as the tree asks\n"))
    #expect(!run.output.contains("\u{1b}"), "no colour outside a terminal")
  }

  @Test func documentHasTheDocumentedKeys() throws {
    let run = try CommandRun.dtheap(
      "map", "--format", "json", "--kernel", "6.1", "-", input: board(videoHeap))
    #expect(run.status == 0)
    #expect(run.json["schemaVersion"] as? Int == 1 && run.json["kernel"] as? String == "6.1")
    #expect(run.json["arch"] as? String == "arm64" && run.json["verified"] as? Bool == true)
    #expect(run.json["boots"] as? Bool == true && run.json["dmaZoneEnd"] as? String == "0x7fffffff")
    let region = try #require(run.rows("regions").first)
    #expect(
      Set(region.keys) == [
        "name", "node", "base", "size", "pair", "origin", "type", "noMap", "reusable", "state", "final",
        "givenBack",
        "problems",
      ])
    #expect(region["base"] as? String == "0x60000000" && region["size"] as? Int == 268_435_456)
    #expect(region["state"] as? String == "ready" && region["type"] as? String == "chunk")
    let pools = run.rows("pools")
    #expect(pools.map { $0["name"] as? String } == ["video@60000000", "reserved"])
    #expect(pools.map { $0["builtIn"] as? Bool } == [false, true])
    let heap = try #require(run.rows("heaps").first { $0["type"] as? String == "chunk" })
    #expect(heap["device"] as? String == "/dev/dma_heap/video@60000000" && heap["chunks"] as? Int == 4096)
    #expect(heap["node"] as? String == "/reserved-memory/video@60000000")
  }

  @Test func regionThatIsNotHadIsAOne() throws {
    let files = try folder([
      "b.dts": board(
        #"p@50001000 { compatible = "shared-dma-pool"; reusable; reg = <0x50001000 0x400000>; };"#)
    ])
    let run = try CommandRun.dtheap("map", "\(files.path)/b.dts")
    #expect(run.status == 1)
    #expect(
      run.output.contains(
        "b.dts:11:5: `p@50001000` is given back to the system: base or size is not a multiple of 2 MiB"))
  }

  @Test func kernelThatDiesIsAOne() throws {
    let dead = board(
      #"p@90000000 { compatible = "shared-dma-pool"; reusable; reg = <0x90000000 0x400000>; };"#)
    let run = try CommandRun.dtheap("map", "--format", "json", "-", input: dead)
    #expect(run.status == 1 && run.json["boots"] as? Bool == false)
    #expect(run.rows("problems").compactMap { $0["kind"] as? String } == ["crash"])
    let text = try CommandRun.dtheap("map", "-", input: dead)
    #expect(text.output.contains("the kernel dies: the CMA area `p@90000000` is not wholly memory"))
    #expect(text.output.contains("outside memory\n"))
  }

  @Test func logIsTheKernelsOwn() throws {
    let run = try CommandRun.dtheap(
      "map", "--format", "log", "--kernel", "6.1", "--cmdline", "cma=32M", "-", input: board(""))
    #expect(run.status == 0 && run.output == "cma: Reserved 32 MiB at 0x000000007cc00000\n")
  }

  @Test func overlapIsShown() throws {
    let run = try CommandRun.dtheap(
      "map", "-",
      input: board(
        "a@50000000 { reg = <0x50000000 0x200000>; }; b@50100000 { reg = <0x50100000 0x200000>; };"))
    #expect(run.output.contains("a@50000000  reserved + b@50100000  reserved  (overlap)\n"))
    #expect(
      run.output.contains(
        "warning: <stdin>:11:5: `a@50000000` is reserved: it overlaps the next region, and both stay"))
  }

  @Test func colourWhenAskedFor() throws {
    let text = board(videoHeap)
    #expect(try CommandRun.dtheap("map", "--color", "always", "-", input: text).output.contains("\u{1b}[1m"))
    let plain = try CommandRun.dtheap(
      "map", "--color", "auto", "-", input: text, environment: ["NO_COLOR": "1"])
    #expect(!plain.output.contains("\u{1b}"))
  }

  @Test func sameBytesEveryTime() throws {
    let text = board(videoHeap)
    let runs = try (0..<3).map { _ in
      try CommandRun.dtheap("map", "--format", "json", "-", input: text).output
    }
    #expect(Set(runs).count == 1)
  }

  @Test func blobIsAsGoodAsItsSource() throws {
    let files = try folder(["b.dts": board(videoHeap)])
    let compiled = try CommandRun.dtheap("compile", "-o", "\(files.path)/b.dtb", "\(files.path)/b.dts")
    #expect(compiled.status == 0)
    let source = try CommandRun.dtheap("map", "--format", "json", "\(files.path)/b.dts")
    let blob = try CommandRun.dtheap("map", "--format", "json", "\(files.path)/b.dtb")
    #expect(source.status == 0 && source.output == blob.output)
  }
}

@Suite struct BoardOptionTests {
  private func map(_ options: String..., input: String = board(videoHeap)) throws -> CommandRun {
    let folder = try folder(["b.dts": input])
    return try CommandRun.dtheap(["map", "--format", "json"] + options + ["\(folder.path)/b.dts"])
  }

  @Test func memoryAndOccupied() throws {
    let run = try map(
      "--memory", "0x60000000+512M", "--memory", "0x100000000+1G", "--occupied", "0x70000000+64MiB:kernel")
    #expect(run.rows("memory").map { $0["base"] as? String } == ["0x60000000", "0x100000000"])
    #expect(run.rows("memory").map { $0["size"] as? Int } == [512 << 20, 1 << 30])
  }

  @Test func kernelsNumbers() throws {
    #expect(try map("--pageblock-order", "10").json["cmaMinimum"] as? Int == 4 << 20)
    #expect(try map("--page-size", "64K").json["cmaMinimum"] as? Int == 512 << 20)
    #expect(try map("--page-size", "16KiB").json["verified"] as? Bool == false)
    #expect(try map("--default-cma", "0").rows("pools").count == 1)
    #expect(try map("--default-cma", "8M").rows("pools").last?["size"] as? Int == 8 << 20)
    #expect(try map("--cma-areas", "0").status == 1)
    #expect(try map("--without", "chunk-heap").rows("regions").first?["state"] as? String == "reserved")
  }

  @Test func configurationFile() throws {
    let files = try folder([
      "config":
        "CONFIG_ARM64=y\nCONFIG_CMA_AREAS=1\nCONFIG_CMA_SIZE_MBYTES=32\nCONFIG_CMA_SIZE_SEL_MBYTES=y\n",
      "bad": "CONFIG_ARM64=y\nCONFIG_CMA_AREAS=some\n",
      "share": "CONFIG_CMA_SIZE_SEL_PERCENTAGE=y\nCONFIG_CMA_SIZE_PERCENTAGE=25\n",
    ])
    #expect(
      try map("--kernel", "6.1", "--kconfig", "\(files.path)/config").rows("pools").last?["size"] as? Int
        == 32 << 20)
    #expect(
      try map("--kconfig", "\(files.path)/config").rows("pools").count == 1, "the only slot is the heap's")
    #expect(try map("--kconfig", "\(files.path)/share").rows("pools").last?["size"] as? Int == 256 << 20)
    let bad = try map("--kconfig", "\(files.path)/bad")
    #expect(bad.status == 2 && bad.errors.contains("/bad:2: "))
    #expect(try map("--kconfig", "\(files.path)/none").status == 2)
  }

  @Test func architectures() throws {
    #expect(try map(input: board("", cpu: "arm,cortex-a9")).json["arch"] as? String == "arm")
    #expect(try map("--arch", "arm").json["arch"] as? String == "arm")
    let other = try map(input: board("", cpu: "riscv"))
    #expect(other.status == 2 && other.errors.contains("`riscv`"))
    #expect(try map("--arch", "arm64", input: board("", cpu: "riscv")).status == 0)
    #expect(try map("--arch", "arm", "--kernel", "6.12").status == 2)
    #expect(try map("--arch", "arm", "--page-size", "16K").status == 2)
  }

  @Test(arguments: [
    ["--kernel", "4.4"], ["--kernel", "6.1", "--kernel", "6.12"], ["--arch", "riscv"], ["--page-size", "8K"],
    ["--pageblock-order", "25"], ["--cma-areas", "-1"], ["--default-cma", "64X"], ["--without", "heaps"],
    ["--memory", "0x40000000"], ["--memory", "0x40000000-0x1000"], ["--occupied", "1+2:grub"],
    ["--color", "red"],
    ["--format", "yaml"], ["--kconfig", "/none/.config"],
  ])
  func badUsageIsATwo(options: [String]) throws {
    let folder = try folder(["b.dts": board(videoHeap)])
    let run = try CommandRun.dtheap(["map"] + options + ["\(folder.path)/b.dts"])
    #expect(run.status == 2 && run.output.isEmpty && !run.errors.isEmpty)
  }

  @Test func boardsThatCannotBeHad() throws {
    #expect(try CommandRun.dtheap("map", "/none/board.dts").status == 2)
    let overlay = try map(input: "/dts-v1/;\n/plugin/;\n&uart { status = \"okay\"; };\n")
    #expect(overlay.status == 2 && overlay.errors.contains("--overlay"))
    #expect(try map(input: "/dts-v1/; / { a = <1; };").status == 1)
  }

  @Test(arguments: [
    "/dts-v1/; / { };",
    """
    /dts-v1/; / { #address-cells = <0xffffffff>; #size-cells = <0xffffffff>;
      reserved-memory { ranges; a { reg = <1>; }; }; };
    """,
    """
    /dts-v1/; / { #address-cells = <2>; #size-cells = <2>;
      memory { device_type = "memory"; reg = <0xffffffff 0xffffffff 0xffffffff 0xffffffff>; };
      reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges;
        a { reg = <0xffffffff 0xffffffff 0xffffffff 0xffffffff>; no-map; };
        b { size = <0xffffffff 0xffffffff>; alignment = <0xffffffff 0xffffffff>; }; }; };
    """,
  ])
  func hostileBoardsHaveAMap(source: String) throws {
    for format in ["text", "json", "log"] {
      let run = try CommandRun.dtheap("map", "--format", format, "-", input: source)
      #expect(run.status == 1 && !(format == "json" && run.json.isEmpty))
    }
  }

  @Test(arguments: ["map", "generate", "diff"]) func helpHasAnExample(command: String) throws {
    let run = try CommandRun.dtheap(command, "--help")
    #expect(run.status == 0 && run.output.contains("Example: dtheap \(command)"))
    #expect(run.output.contains("--kconfig") && run.output.contains("--occupied"))
  }
}
