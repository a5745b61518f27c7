import Histogram

/// What one run among many came to.
public struct RunOutcome: Hashable, Sendable {
  /// Whether every buffer was given.
  public let fits: Bool
  /// The first buffer that was refused, by time; nil where none was.
  public let failed: String?
  /// How long each allocation took that was given, under pressure, in the order of time.
  public let latencies: [SimulationTime]
}

/// What many runs of one plan came to, each from a seed of its own.
public struct RunStatistics: Sendable {
  /// The runs.
  public private(set) var runs = 0
  /// The runs in which every buffer was given.
  public private(set) var successes = 0
  /// The seed of the first run that was added in which a buffer was refused; nil where none was.
  public private(set) var failedSeed: UInt64?
  /// How often each buffer was the first that was refused.
  public private(set) var failures: [String: Int] = [:]
  /// How long the allocations of all runs took that were given, in microseconds.
  private var latencies: Histogram<UInt64>

  /// The time for which there is room from the start, an hour: to make more takes the histogram long.
  private static let usualMax: UInt64 = 3_600_000_000

  /// No run.
  public init() {
    latencies = Histogram(highestTrackableValue: Self.usualMax, numberOfSignificantValueDigits: .three)
    latencies.autoResize = true
  }

  /// Adds the run of a seed.
  public mutating func add(_ outcome: RunOutcome, seed: UInt64) {
    runs += 1
    if outcome.fits { successes += 1 }
    if let failed = outcome.failed {
      failures[failed, default: 0] += 1
      failedSeed = failedSeed ?? seed
    }
    for latency in outcome.latencies { latencies.record(latency.microseconds) }
  }

  /// Adds the report of the run of a seed.
  public mutating func add(_ report: SimulationReport, seed: UInt64) {
    add(
      RunOutcome(
        fits: report.fits, failed: report.failure?.buffer,
        latencies: report.buffers.compactMap { $0.error == nil ? $0.latency : nil }),
      seed: seed)
  }

  /// Adds the runs of other statistics behind these; the order decides of nothing but ``failedSeed``.
  public mutating func add(_ other: RunStatistics) {
    runs += other.runs
    successes += other.successes
    failedSeed = failedSeed ?? other.failedSeed
    failures.merge(other.failures, uniquingKeysWith: +)
    latencies.add(other.latencies)
  }

  /// The allocations of all runs that were given and had a time.
  public var allocations: UInt64 { latencies.totalCount }

  /// The part of the runs that succeeded, from 0 to 1.
  public var rate: Double { runs == 0 ? 0 : Double(successes) / Double(runs) }

  /// The interval that holds the true rate with a probability of 95 %, from 0 to 1.
  ///
  /// - Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
  public var interval: ClosedRange<Double> {
    guard runs > 0 else { return 0...1 }
    let z = 1.959963984540054
    let count = Double(runs)
    let centre = rate + z * z / (2 * count)
    let spread = z * ((rate * (1 - rate) + z * z / (4 * count)) / count).squareRoot()
    let scale = 1 + z * z / count
    // At the ends the formula is exact, and its rounding is not.
    let low = successes == 0 ? 0 : max(0, (centre - spread) / scale)
    let high = successes == runs ? 1 : min(1, (centre + spread) / scale)
    return low...high
  }

  /// The time within which a part of the allocations was done: exact below 2 ms, then to three digits, rounded up.
  ///
  /// - Parameter part: from 0 to 1.
  /// - Returns: nil where no allocation had a time.
  public func latency(ofPart part: Double) -> SimulationTime? {
    guard latencies.totalCount > 0 else { return nil }
    return SimulationTime(microseconds: latencies.valueAtPercentile(part * 100))
  }

  /// The buffer that was refused first in most runs; of equals the one whose name comes first.
  public var mostFrequentFailure: (buffer: String, runs: Int)? {
    failures.min { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
  }
}

extension SplitMix64 {
  /// The seed of a run among many: the first run has the seed itself.
  public static func seed(ofRun run: Int, from seed: UInt64) -> UInt64 {
    guard run > 0 else { return seed }
    var random = SplitMix64(seed: seed ^ UInt64(run) &* 0x9e37_79b9_7f4a_7c15)
    return random.next()
  }
}
