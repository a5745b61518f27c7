import Foundation
import Testing

@testable import HeapModel

/// Random sequences of operations on small boards, with every invariant looked at after every step.
@Suite struct RandomSequenceTests {
  /// Sequences a kind of heap: a few, or as many as `DTH_SEQUENCES` asks for. `make sequences` runs many, optimised.
  private static let count =
    ProcessInfo.processInfo.environment["DTH_SEQUENCES"].flatMap { UInt64($0) } ?? 20

  @Test(arguments: RandomSequence.kinds) func invariantsHoldAfterEveryStep(kind: HeapKind) throws {
    for seed in 0..<Self.count {
      let sequence = RandomSequence(kind, seed: seed, length: RandomSequence.length)
      if let report = try sequence.report({ try $0.firstViolation() }) {
        Issue.record("seed \(seed), \(kind.name): \(report)")
        return
      }
    }
  }

  /// The same small worlds by ``ReferenceMachine``, page by page.
  @Test func theReferenceAgrees() throws {
    // The last two found something: pages that a guaranteed area keeps made the reclaimer look for clean ones in vain,
    // and what an attempt dropped was counted for every one behind it.
    for seed in Array(0..<Self.count * 4) + [21_440, 49_245] {
      let sequence = RandomSequence(.cma(), seed: seed, length: RandomSequence.length)
      if let report = try sequence.report({ try $0.firstDifference() }) {
        Issue.record("seed \(seed): \(report)")
        return
      }
    }
  }
}
