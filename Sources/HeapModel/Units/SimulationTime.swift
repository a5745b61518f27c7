/// A moment of a simulated run, or a length of time, in whole microseconds.
public struct SimulationTime: Hashable, Comparable, Sendable {
  /// Microseconds since the start, from 0.
  public let microseconds: UInt64

  /// The start of a run.
  public static let zero = SimulationTime(microseconds: 0)

  /// Wraps a number of microseconds.
  public init(microseconds: UInt64) { self.microseconds = microseconds }

  /// The microsecond nearest to a time in seconds; nil for a time out of range or not a number.
  ///
  /// - Parameter seconds: from 0 to 1,000,000,000.
  public init?(seconds: Double) {
    guard seconds >= 0, seconds <= 1_000_000_000 else { return nil }
    microseconds = UInt64(seconds * 1_000_000 + 0.5)
  }

  /// The time in seconds; exact to the microsecond below 2^53 microseconds (285 years).
  public var seconds: Double { Double(microseconds) / 1_000_000 }

  /// The sum, or nil where it exceeds 2^64 - 1 microseconds.
  public func adding(_ other: SimulationTime) -> SimulationTime? {
    let (sum, overflow) = microseconds.addingReportingOverflow(other.microseconds)
    return overflow ? nil : SimulationTime(microseconds: sum)
  }

  /// The product, or nil where it exceeds 2^64 - 1 microseconds.
  public func multiplied(by factor: UInt64) -> SimulationTime? {
    let (product, overflow) = microseconds.multipliedReportingOverflow(by: factor)
    return overflow ? nil : SimulationTime(microseconds: product)
  }

  /// Whether `a` is before `b`.
  public static func < (a: Self, b: Self) -> Bool { a.microseconds < b.microseconds }
}
