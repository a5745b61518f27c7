import Dispatch
import HeapModel

/// Many runs of a plan, several at a time; the result does not depend on how many.
struct ParallelRuns {
  let runs: Int
  let seed: UInt64
  /// Runs at a time; nil for as many as the machine has CPUs.
  let jobs: Int?

  /// The most parts into which runs are cut; the system runs as many at a time as it has CPUs.
  private static let threadsMax = 64

  /// Shared among the threads of one call, each of which writes to its own place.
  private struct Places: @unchecked Sendable {
    let base: UnsafeMutablePointer<RunStatistics>
  }

  /// Runs the plan with the seeds derived from the first.
  func run(_ simulation: Simulation) -> RunStatistics {
    let threads = min(runs, jobs ?? Self.threadsMax)
    var parts = [RunStatistics](repeating: RunStatistics(), count: threads)
    let (runs, seed) = (runs, seed)
    parts.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      let places = Places(base: base)
      DispatchQueue.concurrentPerform(iterations: threads) { thread in
        var part = RunStatistics()
        for run in stride(from: thread, to: runs, by: threads) {
          let seed = SplitMix64.seed(ofRun: run, from: seed)
          part.add(simulation.run(seed: seed, advising: false))
        }
        places.base[thread] = part
      }
    }
    return parts.reduce(into: RunStatistics()) { $0.add($1) }
  }
}
