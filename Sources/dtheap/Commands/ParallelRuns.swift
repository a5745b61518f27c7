import HeapModel

/// Many runs of a plan, several at a time; the result does not depend on how many.
struct ParallelRuns {
  let runs: Int
  let seed: UInt64
  /// Runs at a time; nil for as many as the machine has CPUs.
  let jobs: Int?

  /// So many runs are handed to a thread at once: one alone can be shorter than its handing over.
  private static let runsPerPart = 8

  /// Runs the plan with the seeds derived from the first.
  func run(_ simulation: Simulation) throws -> RunStatistics {
    let (runs, seed, partSize) = (runs, seed, Self.runsPerPart)
    var all = RunStatistics()
    try OrderedWork.run(
      count: (runs + partSize - 1) / partSize, jobs: jobs ?? OrderedWork.processorCount,
      worker: {
        { part in
          var statistics = RunStatistics()
          for run in part * partSize..<min(runs, (part + 1) * partSize) {
            let seed = SplitMix64.seed(ofRun: run, from: seed)
            statistics.add(simulation.outcome(seed: seed), seed: seed)
          }
          return statistics
        }
      },
      use: { _, part in all.add(part) })
    return all
  }
}
