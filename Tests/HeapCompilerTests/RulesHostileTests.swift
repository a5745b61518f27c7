import HeapCompiler
import HeapModel
import TestSupport
import Testing

/// Trees that nobody writes by mistake: the rules say something or nothing, and never stop the program.
@Suite struct RulesHostileTests {
  private static let properties = [
    "reg", "size", "alignment", "alloc-ranges", "chunk-order", "compatible", "status", "memory-region",
    "memory-region-names", "no-map", "reusable", "linux,cma-default", "ranges", "dma-ranges",
    "#address-cells",
    "#size-cells", "dma-heap,name", "dma-heap,alignment", "dma-heap,secure", "dma-heap,protection_id",
  ]
  private static let values = [
    "", "<>", "[00]", "[ff ff ff]", "<0>", "<1>", "<2>", "<0xffffffff>", "<0xffffffff 0xffffffff>",
    "<0xffffffff 0xffffffff 0xffffffff 0xffffffff>", "<0x80000000 0x80000000>",
    "/bits/ 64 <0xffffffffffffffff>",
    "\"\"", "\"shared-dma-pool\"", "\"linux,dma-heap-chunk\", \"dma_heap,chunk\"",
    "\"samsung,dma-heap-chunk\"",
    "<&a>", "<&a &b>", "<&a 0>", "\"64M\"", "<0x200000>", "<0x0 0x200000>", "/bits/ 16 <1>", "<(1 << 22)>",
    "<0x40000000 0x200000>", "<0 0x40000000 0 0x200000>", "\"okay\"", "\"disabled\"",
    "<1>, [12 34], \"x\"",
  ]

  private static func body(_ random: inout SplitMix64) -> String {
    var names: Set<String> = []
    return (0..<Int.random(in: 0...6, using: &random)).map { _ -> String in
      guard let name = properties.randomElement(using: &random), names.insert(name).inserted,
        let value = values.randomElement(using: &random)
      else { return "" }
      return value.isEmpty ? "\(name);" : "\(name) = \(value);"
    }.joined(separator: " ")
  }

  private static func source(_ random: inout SplitMix64) -> String {
    let cells = ["0", "1", "2", "3", "17", "0xffffffff"]
    let count = cells.randomElement(using: &random) ?? "1"
    let frame = Bool.random(using: &random) ? "#address-cells = <\(count)>; #size-cells = <1>;" : ""
    return """
      /dts-v1/;
      /memreserve/ 0xfffffffffffff000 0xffffffffffffffff;
      / { \(frame)
        memory { device_type = "memory"; reg = <0x40000000 0x40000000 0xffffffff 0xffffffff>; };
        chosen { bootargs = "cma=1G@0-0 mem=1"; };
        reserved-memory { \(frame) ranges;
          a: a@40000000 { \(body(&random)) n { \(body(&random)) }; };
          b: b { \(body(&random)) }; c { \(body(&random)) };
        };
        reserved-memory@1 { d { \(body(&random)) }; };
        bus { \(body(&random)) u { \(body(&random)) }; v { \(body(&random)) }; };
      };
      """
  }

  @Test func nothingStopsTheRules() throws {
    var random = SplitMix64(seed: 1)
    let profiles: [KernelProfile?] = [nil, .linux612Arm64, .linux61Arm64, .linux61Arm, .linux510Arm64]
    var codes: Set<String> = []
    for round in 0..<600 {
      let report = try lint(Self.source(&random), profile: profiles[round % profiles.count])
      codes.formUnion(report.codes)
    }
    #expect(codes.count > 20, "\(codes.sorted())")
  }

  @Test(.endsInTime) func manyRegionsOnOnePlaceAreBounded() throws {
    let regions = (0..<3000).map {
      "r\($0) { reg = <0x50001000 0x100000>; reusable; compatible = \"shared-dma-pool\"; };"
    }
    let source = """
      /dts-v1/;
      / { #address-cells = <1>; #size-cells = <1>;
        memory { device_type = "memory"; reg = <0x40000000 0x40000000>; };
        reserved-memory { #address-cells = <1>; #size-cells = <1>; ranges; \(regions.joined()) };
      };
      """
    let report = try lint(source)
    #expect((1...200).contains(report.findings("DTH216").count))
    #expect(report.droppedCount > 1000)
  }
}
