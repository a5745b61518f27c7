import Dispatch
import Foundation
import HeapModel
import Synchronization

// sequences [COUNT [FIRST]]: so many sequences a kind of heap, from the first seed on. The exit status is 1 where
// something breaks.

let arguments = CommandLine.arguments.dropFirst().map { UInt64($0) }
guard arguments.count <= 2, arguments.allSatisfy({ $0 != nil }) else {
  print("usage: sequences [COUNT [FIRST]]")
  exit(2)
}
let count = arguments.first.flatMap { $0 } ?? 1000
let first = arguments.dropFirst().first.flatMap { $0 } ?? 0

/// Runs the seeds of a kind on every core; the report of the lowest seed that breaks something.
func run(_ name: String, _ body: @Sendable (UInt64) throws -> String?) -> Bool {
  let start = ContinuousClock.now
  let next = Atomic<UInt64>(first)
  let found = Mutex<(seed: UInt64, report: String)?>(nil)
  DispatchQueue.concurrentPerform(iterations: 2 * RandomSequence.kinds.count) { _ in
    while true {
      let seed = next.add(1, ordering: .relaxed).oldValue
      guard seed < first + count, found.withLock({ $0 == nil }) else { return }
      do {
        guard let report = try body(seed) else { continue }
        found.withLock { if $0.map({ seed < $0.seed }) ?? true { $0 = (seed, report) } }
      } catch {
        found.withLock { $0 = (seed, "\(error)") }
      }
    }
  }
  if let (seed, report) = found.withLock({ $0 }) {
    print("\(name): seed \(seed): \(report)")
    return false
  }
  let seconds = (ContinuousClock.now - start).components.seconds
  print("\(name): \(count) sequences, \(seconds) s")
  return true
}

var isClean = run("reference") { seed in
  try RandomSequence(.cma(), seed: seed, length: RandomSequence.length).report { try $0.firstDifference() }
}
for kind in RandomSequence.kinds {
  let hasHeld = run(kind.name) { seed in
    try RandomSequence(kind, seed: seed, length: RandomSequence.length).report { try $0.firstViolation() }
  }
  isClean = isClean && hasHeld
}
exit(isClean ? 0 : 1)
