import Testing

@testable import HeapModel

/// Who gets the free pages of an area, page by page of a growing process.
@Suite struct LendingPolicyTests {
  /// The share of each sample of 256 pages that came from the area, until memory is used up.
  private func shares(_ policy: LendingPolicyKind) throws -> [(share: Double, free: Int, area: Int)] {
    var lab = try PressureLab(policy: policy, holders: [KernelMemory(.pages(24_000))])
    lab.lend()
    var machine = lab.system.machine
    var samples: [(share: Double, free: Int, area: Int)] = []
    while true {
      let free = machine.freePages
      let outside = machine.freePagesOutsideAreas
      let runs = machine.lend(256, for: PageLot(.anonymous, holder: "process", isMapped: true))
      let count = runs.reduce(0) { $0 + $1.count }
      guard count == 256 else { return samples }
      let fromArea = (free - outside) - (machine.freePages - machine.freePagesOutsideAreas)
      samples.append((Double(fromArea) / 256, free, free - outside))
    }
  }

  /// Nothing while the area has at most half of what is free; then every second page, to the end of memory.
  @Test func upstreamLendsWhatExceedsHalf() throws {
    let samples = try shares(.halfFree)
    let before = samples.filter { $0.area * 2 < $0.free - 256 }
    let after = samples.filter { $0.area * 2 > $0.free + 128 || $0.free < 120_000 }
    #expect(before.count > 1000 && before.allSatisfy { $0.share == 0 })
    #expect(after.count > 400)
    let mean = after.reduce(0) { $0 + $1.share } / Double(after.count)
    #expect(abs(mean - 0.5) < 0.01)
    #expect(after.allSatisfy { $0.share > 0.2 && $0.share < 0.8 })
    #expect(after.allSatisfy { abs($0.area - $0.free / 2) < 80 })
  }

  @Test func fallbackOnlyLendsWhenNothingElseIsLeft() throws {
    let samples = try shares(.fallbackOnly)
    let first = try #require(samples.firstIndex { $0.share > 0 })
    #expect(samples[first].free - samples[first].area < 2000)
    #expect(samples[(first + 1)...].allSatisfy { $0.share == 1 })
  }

  @Test(arguments: [LendingPolicyKind.anonymousFirst, .areaZone, .ownLists])
  func otherPoliciesLendFirst(policy: LendingPolicyKind) throws {
    let samples = try shares(policy)
    let last = try #require(samples.lastIndex { $0.share == 1 })
    #expect(last >= 254)
    #expect(samples[..<last].allSatisfy { $0.share == 1 })
  }

  @Test(arguments: [LendingPolicyKind.pageCacheOnly, .guaranteed])
  func processesStayOut(policy: LendingPolicyKind) throws {
    #expect(try shares(policy).allSatisfy { $0.share == 0 })
  }

  /// A block device's own cache stays out of an area where only files may come in.
  @Test func metadataStaysOutOfPageCacheAndZone() throws {
    for policy in [LendingPolicyKind.pageCacheOnly, .areaZone] {
      let metadata = FileSystemMetadata(.pages(4000), journalled: .pages(400))
      var lab = try PressureLab(policy: policy, holders: [metadata, PageCache(.pages(600_000))])
      lab.lend()
      #expect(lab.census.allSatisfy { $0.lot.pageClass == .cleanFile })
      #expect(lab.run(.whole).successes == 1)
    }
  }

  /// CPUs keep pages that are freed, but give those of an area to nobody who may not use it.
  @Test(arguments: [LendingPolicyKind.areaZone, .guaranteed])
  func freedPagesOfAnAreaStayInIt(policy: LendingPolicyKind) throws {
    var board = try LoadedBoard(
      memoryMiB: 64, areaMiB: 24, policy: policy, cpus: 4, holders: [], seed: 1)
    guard case .success(let range) = board.allocate(64).answer.outcome else {
      Issue.record("an empty area gives 64 pages")
      return
    }
    board.release(range)
    _ = board.machine.lend(64, for: PageLot(.metadata, holder: "files"))
    #expect(board.machine.pages.census(of: board.machine[board.area].pages).isEmpty)
    #expect(ZoneChecker.violations(of: board.machine).isEmpty)
  }

  /// For whoever may not use an area its free pages do not count: the kernel's reserve outside is left.
  @Test(arguments: [
    (LendingPolicyKind.anonymousFirst, PageClass.sharedMemory), (.ownLists, .sharedMemory),
    (.pageCacheOnly, .anonymous), (.areaZone, .metadata), (.guaranteed, .anonymous),
  ])
  func theReserveOutsideIsLeft(policy: LendingPolicyKind, pageClass: PageClass) throws {
    var board = try LoadedBoard(memoryMiB: 64, areaMiB: 24, policy: policy, cpus: 0, holders: [], seed: 1)
    let lent = board.machine.lend(20_000, for: PageLot(pageClass, holder: "others"))
    #expect(lent.reduce(0) { $0 + $1.count } > 8000)
    #expect(board.machine.freePagesOutsideAreas >= board.machine.zone.watermarks.min)
  }

  /// A guaranteed area keeps what the reclaimer drops, and gives it up for a price that grows with each page.
  @Test func aGuaranteedAreaNeedsNoMigration() throws {
    var lab = try PressureLab(policy: .guaranteed, holders: [PageCache(.pages(700_000))])
    lab.lend()
    #expect(lab.census.reduce(0) { $0 + $1.pages } > 30_000)
    let outcome = lab.run(.whole)
    #expect(outcome.successes == 1)
    #expect(outcome.work.pagesMigrated == 0)
    #expect(outcome.work.pagesDropped > 30_000)
  }
}
