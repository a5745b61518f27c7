import Diagnostics
import HeapModel

/// Times and what is wrong with them.
extension PlanDecoder {
  mutating func time(_ fields: [String: Field]) -> PlannedTime? {
    let faultsBefore = findings.diagnostics.count + findings.droppedCount
    let start = fields["start"].map { self.moment($0) } ?? .zero
    var end = fields["end"].flatMap { self.moment($0) }
    let duration = fields["duration"].flatMap { self.moment($0) }
    if let endField = fields["end"], let durationField = fields["duration"] {
      contradiction(durationField, endField, "give `end` or `duration`, not both")
    }
    if let field = fields["duration"], duration == .zero {
      report(
        .absurdPlanNumber, "`duration` is 0: the buffer would never be there", at: field.value.span,
        help: "leave `duration` out for what stays to the end of the plan")
    }
    if let start, let duration {
      end = start.adding(duration)
      if let field = fields["duration"], !isOnClock(end) {
        report(
          .impossibleTime, "the `duration` ends later than \(Quantity.secondsMax) s", at: field.value.span,
          help: "leave `duration` out for what stays to the end of the plan")
      }
    }
    if let field = fields["end"], let start, let end, end <= start {
      report(
        .impossibleTime, "`end` at \(Self.seconds(end)) is not behind `start` at \(Self.seconds(start))",
        at: field.value.span, help: "`end` is a moment; `duration` says how long it is there")
    }
    let repetition = fields["repeat"].flatMap { self.repetition($0.value) }
    if let field = fields["repeat"], let repetition, let start {
      checkClock(start: start, end: end, repetition, at: field.span)
    }
    guard let start, findings.diagnostics.count + findings.droppedCount == faultsBefore else { return nil }
    return PlannedTime(start: start, end: end, repetition: repetition)
  }

  /// What to know of the times of members.
  private static let memberTimes = "times in a group count from the group's start"

  /// Finds a member of a group that would never be there, or that is there later than any time of a plan.
  mutating func checkPresence(
    of time: PlannedTime, _ fields: [String: Field], in group: PlannedTime, at name: SourceSpan
  ) {
    if let end = group.end {
      // The group cuts its members off, so that its own end bounds theirs.
      let length = SimulationTime(microseconds: end.microseconds - group.start.microseconds)
      guard time.start >= length else { return }
      report(
        .impossibleTime,
        "`start` at \(Self.seconds(time.start)) is not before the end of the group, which is there for "
          + Self.seconds(length),
        at: fields["start"]?.value.span ?? name, help: Self.memberTimes + meantStart(time.start, in: group))
      return
    }
    // Each is at most 10^9 s, so that the sum of four cannot overflow.
    let shift = Self.shift(of: group).microseconds + group.start.microseconds
    let start = shift + time.start.microseconds
    let end = shift + (time.end ?? time.start).microseconds
    let place: SourceSpan?
    if start > Self.clockMax {
      place = fields["start"]?.value.span
    } else if end > Self.clockMax {
      place = (fields["end"] ?? fields["duration"])?.value.span
    } else if end + Self.shift(of: time).microseconds > Self.clockMax {
      place = fields["repeat"]?.span
    } else {
      return
    }
    report(
      .impossibleTime, "in its group this is later than \(Quantity.secondsMax) s", at: place ?? name,
      help: Self.memberTimes)
  }

  /// What to write where a member's start counts from the start of the plan, if it can.
  private func meantStart(_ start: SimulationTime, in group: PlannedTime) -> String {
    guard let end = group.end, group.start > .zero, (group.start..<end).contains(start) else { return "" }
    let meant = SimulationTime(microseconds: start.microseconds - group.start.microseconds)
    return ": \(Self.seconds(start)) of the plan is `start: \(Self.number(meant))`"
  }

  /// From the first occurrence to the last one, of times that are on the clock.
  private static func shift(of time: PlannedTime) -> SimulationTime {
    time.repetition.flatMap { $0.every.multiplied(by: UInt64($0.times - 1)) } ?? .zero
  }

  private mutating func repetition(_ value: YAMLValue) -> PlannedTime.Repetition? {
    guard let fields = fields(of: value, keys: ["every", "count"], what: "`repeat`") else { return nil }
    let every = required("every", of: fields, in: value, what: "`repeat`").flatMap { self.moment($0) }
    let times = required("count", of: fields, in: value, what: "`repeat`")
      .flatMap { self.number($0, in: 1...UInt64(AllocationPlan.instancesMax)) }
    if every == .zero, let field = fields["every"] {
      report(
        .absurdPlanNumber, "`every` is 0: all repetitions would come at once", at: field.value.span,
        help: "`count` of a buffer says how many there are at once")
      return nil
    }
    guard let every, let times else { return nil }
    return PlannedTime.Repetition(every: every, times: Int(times))
  }

  private mutating func checkClock(
    start: SimulationTime, end: SimulationTime?, _ repetition: PlannedTime.Repetition, at span: SourceSpan
  ) {
    let last = repetition.every.multiplied(by: UInt64(repetition.times - 1))?.adding(end ?? start)
    if isOnClock(last) { return }
    report(
      .impossibleTime, "the last repetition is later than \(Quantity.secondsMax) s", at: span,
      help: "write a smaller `count` or a shorter `every`")
  }

  /// The latest moment of a plan, in microseconds.
  private static let clockMax = Quantity.secondsMax * 1_000_000

  /// Whether a moment could be told and is not too late.
  private func isOnClock(_ time: SimulationTime?) -> Bool {
    time.map { $0.microseconds <= Self.clockMax } ?? false
  }

  mutating func moment(_ field: Field) -> SimulationTime? {
    let example = "write seconds as a number, or a unit behind it: `33ms`, `2s`, `1.5min`, `1h`"
    let limits = "write a time from 0 to \(Quantity.secondsMax) s"
    guard case .scalar(let text, _) = field.value.content else {
      wrong(field, "a time", help: example)
      return nil
    }
    switch Quantity.time(text) {
    case .success(let time): return time
    case .failure(let fault):
      report(
        fault, field, "a time", example: example, excess: "later than \(Quantity.secondsMax) s",
        limits: limits)
      return nil
    }
  }

  private static func seconds(_ time: SimulationTime) -> String { "\(number(time)) s" }

  /// Seconds as plans write them, with all digits.
  private static func number(_ time: SimulationTime) -> String {
    let (whole, rest) = time.microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    guard rest > 0 else { return "\(whole)" }
    let digits = String(String(1_000_000 + rest).dropFirst().reversed().drop { $0 == "0" }.reversed())
    return "\(whole).\(digits)"
  }
}
