@testable import HeapModel

/// The compilers of `make -j`: each takes memory page by page while it runs, and gives all of it back at its end.
/// Now many are large at once, now few.
struct BuildLoad: Holder {
  let name: String

  private struct Compiler {
    var start: Double
    var end: Double
    var pages: Int
    var taken = 0
  }

  private let jobs: Int
  private let pages: ClosedRange<Int>
  private let seconds: ClosedRange<Double>
  private var compilers: [Compiler] = []

  /// - Parameters:
  ///   - jobs: the compilers at once, from 1.
  ///   - pages: of one at its end.
  ///   - seconds: that one runs.
  ///   - name: of the holder; each compiler has it with a number.
  init(jobs: Int, pages: ClosedRange<Int>, seconds: ClosedRange<Double> = 0.5...3, name: String = "make") {
    self.name = name
    self.jobs = jobs
    self.pages = pages
    self.seconds = seconds
  }

  private func lot(_ job: Int) -> PageLot { PageLot(.anonymous, holder: "\(name) \(job)", isMapped: true) }

  private func compiler(from start: Double, _ random: inout SplitMix64) -> Compiler {
    Compiler(
      start: start, end: start + Double.random(in: seconds, using: &random),
      pages: Int.random(in: pages, using: &random))
  }

  mutating func start(on machine: inout Machine, random: inout SplitMix64) {
    compilers = (0..<jobs).map { _ in compiler(from: 0, &random) }
  }

  mutating func advance(to time: SimulationTime, on machine: inout Machine, random: inout SplitMix64) {
    for job in compilers.indices {
      while compilers[job].end <= time.seconds {
        machine.giveBackAll(of: "\(name) \(job)")
        compilers[job] = compiler(from: compilers[job].end, &random)
      }
      let compiler = compilers[job]
      let part = (time.seconds - compiler.start) / (compiler.end - compiler.start)
      let missing = Int(Double(compiler.pages) * part) - compiler.taken
      _ = machine.lend(missing, for: lot(job))
      compilers[job].taken += max(missing, 0)
    }
  }
}

/// The files of `make`: it reads some and deletes others, so that no more than a number of their pages is cached.
struct BuildFiles: Holder {
  let name = "files of make"
  private let most: Int
  private var read: Rate

  init(most: Int, readPerSecond: Double) {
    self.most = most
    read = Rate(readPerSecond)
  }

  private var lot: PageLot { PageLot(.cleanFile, holder: name) }

  mutating func start(on machine: inout Machine, random: inout SplitMix64) {
    _ = machine.lend(most, for: lot)
  }

  mutating func advance(to time: SimulationTime, on machine: inout Machine, random: inout SplitMix64) {
    let count = read.count(until: time)
    machine.giveBack(machine.count(of: lot) + count - most, of: lot, random: &random)
    _ = machine.lend(count, for: lot)
  }
}
