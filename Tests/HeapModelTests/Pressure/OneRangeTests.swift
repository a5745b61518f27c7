import Testing

@testable import HeapModel

/// A buffer in one range, in repeated blocks and in chunks, with the same pins in the way.
@Suite struct OneRangeTests {
  private static let pages: UInt64 = 300 * 256

  private static func system(_ kind: HeapKind, areaPages: UInt64) throws -> HeapSystem {
    let geometry = try #require(MemoryGeometry(pageSizeBytes: 4096, pageblockOrder: 9, maxOrder: 11))
    let area = AreaConfiguration(name: "area", base: PageFrame(0x80000), pages: areaPages)
    return try HeapSystem(
      HeapSystemConfiguration(
        machine: MachineConfiguration(geometry: geometry, areas: [area]),
        heaps: [HeapConfiguration(name: "heap", area: "area", kind: kind)]))
  }

  /// 300 MiB of an area of 300 MiB: given without a pin, refused with one, wherever it is.
  @Test func onePinDefeatsAWholeArea() throws {
    var system = try Self.system(.cma(), areaPages: Self.pages)
    let area = AreaIndex(position: 0)
    let whole = try system.allocate(Self.pages * 4096, fromHeapAt: 0).outcome.get()
    system.release(whole, toHeapAt: 0)
    var given: [UInt64] = []
    for offset in 0..<Self.pages {
      let error = system.withMachine { machine -> KernelError? in
        _ = machine.pin(offset: offset, in: area)
        let answer = machine.allocateRange(Self.pages, alignOrder: 8, mode: .normal, in: area)
        _ = machine.unpin(offset: offset, in: area)
        guard case .failure(let refusal) = answer.outcome else { return nil }
        return refusal.error
      }
      if error != .busy { given.append(offset) }
    }
    #expect(given.isEmpty)
  }

  /// Each request for 2 MiB begins at the start of the area and tries every pinned block again; one walk of the bulk
  /// allocation tries each once.
  @Test func repeatedBlocksTryTheSamePinsAgain() throws {
    let kinds: [HeapKind] = [.cma(), .repeated(), .chunk(.bulk(passes: 2), chunkOrder: 4)]
    var table =
      "| 300 MiB of 512 MiB, a pin in every fourth pageblock | given | ranges tried | a block of 2 MiB |\n"
      + "|---|---|---|---|\n"
    var attempts: [UInt64] = []
    for kind in kinds {
      var system = try Self.system(kind, areaPages: 131_072)
      for block in stride(from: 0, to: UInt64(256), by: 4) {
        system.withMachine { _ = $0.pin(offset: block * 512 + 77, in: AreaIndex(position: 0)) }
      }
      let answer = system.allocate(Self.pages * 4096, fromHeapAt: 0)
      var isGiven = false
      if case .success = answer.outcome { isGiven = true }
      #expect(isGiven == (kind != .cma()))
      attempts.append(answer.effort.attempts)
      table += "| `\(kind.name)` | \(isGiven ? "yes" : "no") | \(answer.effort.attempts) "
      table += "| \(isGiven ? rounded(Double(answer.effort.attempts) / 150, 1) : "") |\n"
    }
    #expect(attempts[1] > attempts[2] * 10)
    expectFigures(table, named: "repeated")
  }
}
