import TestSupport
import Testing

@testable import HeapModel

/// What a real Linux 6.1 had to swap and to drop under loads, by who may use the free pages of an area.
@Suite struct ScenarioLoadTests {
  /// A row of `Fixtures/pressure/loads.md`.
  private struct Row {
    let load: String
    let areaMiB: Int
    let rule: Int
    let swapped: Int
    let reclaimed: Int
    let fields: [String]

    init(_ fields: [String]) {
      self.fields = fields
      load = fields[0]
      areaMiB = Int(fields[1]) ?? 0
      rule = Int(fields[2]) ?? 0
      swapped = Int(fields[4]) ?? 0
      reclaimed = Int(fields[6]) ?? 0
    }

    /// "Areas first" is what processes have under the policy of that name, and they come first in every load.
    var policy: LendingPolicyKind { [.halfFree, .fallbackOnly, .anonymousFirst][rule] }

    /// Why the model differs: g pages get no second chance.
    var note: String? {
      switch (load, areaMiB, rule) {
      case ("anon", 64, _), ("anon", _, 1): "g"
      default: nil
      }
    }

    /// What the load takes, in the order in which it does.
    ///
    /// The process of the mixed load had memory - area - 332 MiB: that is what all nine rows have in common, once what
    /// was reclaimed and what was free at the end are counted together.
    var holders: [any Holder] {
      let kernel = KernelMemory(.pages(14_300))
      switch load {
      case "anon": return [kernel, process(2048 - areaMiB + 80)]
      case "mix":
        return [
          kernel, process(2048 - areaMiB - 332), PageCache(.pages(415 * 256)),
          KernelMemory(.pages(96 * 256), name: "pipes"), PageCache(.pages(200 * 256), name: "loop"),
        ]
      default:
        let outside = 510_000 - areaMiB * 256
        return [
          kernel, AnonymousMemory(.pages(UInt64(outside - 180 * 256))),
          KernelMemory(.pages(384 * 256), name: "pipes"),
        ]
      }
    }

    private func process(_ sizeMiB: Int) -> any Holder { AnonymousMemory(.pages(UInt64(sizeMiB * 256))) }
  }

  /// Also writes a table of `Documentation/pressure.md`.
  @Test func reclaimsWhatTheKernelDid() throws {
    var table = "| load | area | policy | swapped out: kernel | model | reclaimed: kernel | model "
    table += "| then 9x20: kernel | model | then whole: kernel | model | note |\n"
    table += "|---|---|---|---|---|---|---|---|---|---|---|---|\n"
    for row in try MeasuredTable.rows("loads").map(Row.init) {
      var lab = try PressureLab(
        areaMiB: UInt64(row.areaMiB), policy: row.policy, swapPages: 2_000_000, holders: row.holders)
      lab.lend()
      let work = lab.system.machine.background
      let swapped = Int(work.pagesSwapped)
      let reclaimed = swapped + Int(work[.reclaimPage] + work[.writeOut])
      let agrees = Self.isNear(swapped, row.swapped) && Self.isNear(reclaimed, row.reclaimed)
      #expect(
        agrees == (row.note == nil), "\(row.load) \(row.areaMiB) \(row.policy): \(swapped) \(reclaimed)")
      table += "| \(row.load) | \(row.areaMiB) | \(row.policy.rawValue) | \(row.swapped) | \(swapped) "
      table += "| \(row.reclaimed) | \(reclaimed) |"
      for (request, kernel) in zip([PressureLab.Request.nineOf20, .whole], row.fields[10...]) {
        // The file of the loop device was deleted before.
        lab.giveBack("loop")
        let before = lab.system.machine.background
        let model = kernel == "-" ? "-" : Self.text(lab.run(request), on: lab, before: before)
        // Metadata and pages of the swap cache stopped two attempts at the whole area.
        let isChance = kernel.hasPrefix("0/1")
        #expect(
          isChance || model.prefix(3) == kernel.prefix(3),
          "\(row.load) \(row.areaMiB) \(row.policy): \(model)")
        table += " \(kernel) | \(model) |"
      }
      table += " \(row.note ?? "") |\n"
    }
    expectSnapshot(table, named: "loads", type: "md")
  }

  /// `9/9; copied,dropped` as the kernel's table has it, for the whole area with the pages that were swapped out.
  private static func text(_ outcome: PressureLab.Outcome, on lab: PressureLab, before: MemoryWork) -> String
  {
    let text =
      "\(outcome.successes)/\(outcome.tries); \(outcome.work.pagesMigrated),\(outcome.work.pagesDropped)"
    return outcome.tries == 1 ? text + ",\(lab.system.machine.background.since(before).pagesSwapped)" : text
  }

  /// Within a quarter, or within the 11,000 pages that the kernel reclaims ahead of what it needs.
  private static func isNear(_ model: Int, _ kernel: Int) -> Bool {
    abs(model - kernel) <= max(11_000, kernel / 4)
  }
}
