import DTParse
import HeapCompiler
import HeapModel
import Testing

/// From source to memory map, compared with what real kernels logged. `Fixtures/README.md` says how; the numbers of its
/// points are in the messages.
@Suite struct BootOracleTests {
  @Test func everyRecordingIsThere() throws {
    #expect(try RecordedBoot.all(in: "boot").count == 326)
    #expect(try RecordedBoot.all(in: "boot-chunk").count == 28)
  }

  @Test(arguments: try RecordedBoot.all(in: "boot") + RecordedBoot.all(in: "boot-chunk"))
  func mapAgrees(_ boot: RecordedBoot) throws {
    let recording = try boot.recording()
    let kernel = try #require(recording.kernels[boot.kernel])
    let loaded = try DevicetreeLoader.load(path: boot.source(of: recording))
    var overrides = BoardCompiler.Overrides()
    overrides.commandLine = recording.cmdline
    overrides.occupied = try kernel.occupied?.map { occupied in
      OccupiedRange(
        range: AddressRange(base: try #require(address(occupied.base)), size: occupied.size),
        kind: try #require(OccupiedRange.Kind(rawValue: occupied.what)))
    }
    let board = BoardCompiler.lower(try #require(loaded.tree), overrides)
    let map = MemoryMap(booting: board, with: try Self.profile(boot, recording))

    #expect(map.boots == (kernel.boot != "crash"), "1 boot")
    if boot.isChunk { try compareChunkRegions(map, kernel) } else { compareRegions(map, kernel, boot.kernel) }
    if boot.isChunk { comparePoolOrder(map, kernel) } else { comparePools(map, kernel) }
    compareProblems(map, kernel)
    compareLog(map, kernel)
    if let limit = kernel.dma_limit { #expect(map.dmaZoneEnd?.value == address(limit), "6 zone") }
  }

  private static func profile(_ boot: RecordedBoot, _ recording: BootRecording) throws -> KernelProfile {
    let architecture = try #require(Architecture(rawValue: recording.arch))
    var profile = try #require(KernelProfile.named(boot.kernel, architecture))
    if !boot.isChunk { profile.hasChunkHeap = false }
    let options = recording.options ?? []
    for index in stride(from: 0, to: options.count, by: 2) {
      let value = try #require(Int(options[index + 1]))
      switch options[index] {
      case "--pageblock-order": profile = try #require(profile.with(pageblockOrder: value))
      case "--cma-areas": profile.cmaAreaCount = value
      case "--default-cma": profile.defaultCMASize = ByteCount(UInt64(value))
      default: Issue.record("unknown option \(options[index])")
      }
    }
    return profile
  }

  /// Point 2, outside `boot-chunk`.
  private func compareRegions(_ map: MemoryMap, _ kernel: BootRecording.Kernel, _ name: String) {
    func isLeftOut(noMap: Bool, fixed: Bool, final: String) -> Bool {
      name == "6.1" && noMap && fixed && final != "empty" && !final.hasSuffix(" in-memory")
    }
    let modelled = map.regions.compactMap { row -> String? in
      guard row.node != nil, let base = row.base, let final = row.final else { return nil }
      if isLeftOut(noMap: row.noMap, fixed: row.origin == .fixed, final: final.description) { return nil }
      let flags = "\(row.noMap) \(row.reusable) \(row.origin.rawValue)"
      return "\(row.name) \(base.value) \(row.size?.bytes ?? 0) \(flags) \(final) \(row.givenBack)"
    }
    let recorded = kernel.regions.compactMap { row -> String? in
      guard row.type != "listed-only", let base = address(row.base) else { return nil }
      let (noMap, final, type) = (row.nomap ?? false, row.final ?? "", row.type ?? "")
      if isLeftOut(noMap: noMap, fixed: type == "static", final: final) { return nil }
      return
        "\(row.name) \(base) \(row.size) \(noMap) \(row.reusable ?? false) \(type) \(final) \(row.givenBack)"
    }
    #expect(modelled.sorted() == recorded.sorted(), "2 regions")
  }

  /// Point 2 in `boot-chunk`: the log does not tell all regions.
  private func compareChunkRegions(_ map: MemoryMap, _ kernel: BootRecording.Kernel) throws {
    for row in kernel.regions {
      let base = try #require(address(row.base))
      #expect(
        map.regions.contains {
          $0.name == row.name && $0.base?.value == base && $0.size?.bytes == row.size
            && $0.givenBack == row.givenBack
        }, "2 region \(row.name)")
    }
  }

  /// Point 3, outside `boot-chunk`.
  private func comparePools(_ map: MemoryMap, _ kernel: BootRecording.Kernel) {
    let areas = map.pools.filter { $0.type == .cma }
      .map { "\($0.name) \($0.base.value) \($0.size.bytes >> 20) \($0.builtIn)" }
    let recordedAreas = (kernel.cma ?? [])
      .map { "\($0.name) \(address($0.base) ?? 0) \($0.sizeMiB ?? 0) \($0.builtIn ?? false)" }
    #expect(areas == recordedAreas, "3 areas")
    let coherent = map.pools.filter { $0.type == .coherent }
      .map { "\($0.name) \($0.base.value) \($0.size.bytes)" }
    let recordedCoherent = (kernel.coherent ?? []).map { pool in
      "\(pool.name) \(address(pool.base) ?? 0) \(pool.size ?? 0)"
    }
    #expect(coherent == recordedCoherent, "3 coherent pools")
  }

  /// Point 3 in `boot-chunk`.
  private func comparePoolOrder(_ map: MemoryMap, _ kernel: BootRecording.Kernel) {
    let recorded = kernel.pools ?? []
    #expect(
      map.pools.map { "\($0.name) \($0.base.value) \($0.type.rawValue)" }
        == recorded.map { "\($0.name) \(address($0.base) ?? 0) \($0.type ?? "")" }, "3 pools")
    for (pool, record) in zip(map.pools, recorded) {
      if let size = record.size { #expect(pool.size.bytes == size, "3 size of \(pool.name)") }
    }
  }

  /// Point 4.
  private func compareProblems(_ map: MemoryMap, _ kernel: BootRecording.Kernel) {
    var modelled = Set(map.problems.map { "- \($0.rawValue)" })
    for row in map.regions { modelled.formUnion(row.problems.map { "\(row.name) \($0.rawValue)" }) }
    modelled = modelled.filter { !$0.hasSuffix(" bad-page") }
    let recorded = Set(
      kernel.errors.filter { $0.kind != "bad-page" && $0.kind != "warning" }
        .map { "\($0.node ?? "-") \($0.kind)" })
    #expect(modelled.sorted() == recorded.sorted(), "4 problems")
  }

  /// Point 5.
  private func compareLog(_ map: MemoryMap, _ kernel: BootRecording.Kernel) {
    let recorded = kernel.log.map { line in
      line.firstIndex(of: "]").map { line.hasPrefix("[") ? String(line[$0...].dropFirst(2)) : line } ?? line
    }.filter { line in ["OF:", "Reserved memory:", "cma:"].contains { line.hasPrefix($0) } }
    #expect(map.logLines == recorded, "5 log")
  }
}
