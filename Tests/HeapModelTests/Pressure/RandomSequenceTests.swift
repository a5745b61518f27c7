import Foundation
import Testing

@testable import HeapModel

/// Random sequences of operations on small boards, with every invariant looked at after every step.
@Suite struct RandomSequenceTests {
  static let kinds: [HeapKind] =
    ChunkVariant.allCases.map { .chunk($0, chunkOrder: 1) } + [.cma(), .repeated(blockBytes: 8192)]

  /// Sequences a kind of heap: a few, or as many as `DTH_SEQUENCES` asks for.
  private static let count =
    ProcessInfo.processInfo.environment["DTH_SEQUENCES"].flatMap { UInt64($0) } ?? 14

  @Test(arguments: kinds) func invariantsHoldAfterEveryStep(kind: HeapKind) throws {
    for seed in 0..<Self.count {
      let policies = LendingPolicyKind.allCases
      let policy = policies[Int(seed % UInt64(policies.count))]
      let sequence = RandomSequence(kind, policy: policy, seed: seed, length: 30)
      guard try sequence.firstViolation() != nil else { continue }
      let smallest = try sequence.shrunk()
      let violation = try smallest.firstViolation() ?? ""
      Issue.record("seed \(seed), \(policy.rawValue), \(kind.name): \(smallest.steps): \(violation)")
      return
    }
  }
}
