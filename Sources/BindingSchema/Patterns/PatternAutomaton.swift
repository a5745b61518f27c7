/// A pattern, or the inside of a look-around, as states that each take one scalar.
///
/// Made in two steps: first a graph whose edges may take nothing (K. Thompson, "Regular Expression Search
/// Algorithm", 1968), then for every place of it the states that can be reached without taking a scalar, each
/// under the condition of the assertions on the way.
struct PatternAutomaton {
  /// The most states; a repetition counts for each of its turns.
  static let statesMax = 4096
  /// The most assertions that differ.
  static let assertionsMax = 32
  /// The most entries of all lists, and with it the most work for one scalar of a text.
  static let entriesMax = 65_536
  /// The most steps that compiling takes.
  static let stepsMax = 1_000_000

  /// A state.
  struct State {
    var set: ScalarSet
    /// The list of what is reached once the scalar is taken.
    var list: Int
  }

  /// What is reached without taking a scalar.
  struct Entry {
    /// The assertions that have to hold, by their number as bits.
    var conditions: UInt32
    /// The state; nil where the pattern has matched.
    var state: Int?
  }

  var states: [State] = []
  var lists: [[Entry]] = []
  /// The list for the position where a match begins.
  var start = 0
  var assertions: [PatternAssertion] = []

  /// Whether a match can begin at the beginning of the text only.
  var isAnchored: Bool {
    guard let begin = assertions.firstIndex(of: .begin), !lists[start].isEmpty else { return false }
    return lists[start].allSatisfy { $0.conditions & 1 << UInt32(begin) != 0 }
  }

  /// The automaton of a pattern; one that reads from the end to the beginning, if `backward`.
  static func make(
    _ root: PatternNode, backward: Bool
  ) throws(RegularExpressionProblem) -> PatternAutomaton {
    var builder = Builder(isBackward: backward)
    let accept = try builder.add(.accept)
    let entry = try builder.add(root, before: accept)
    return try builder.closed(from: entry)
  }
}

/// The graph with edges that take nothing.
private struct Builder {
  enum Step {
    case accept
    case take(ScalarSet, next: Int)
    case ask(Int, next: Int)
    case either([Int])
  }

  let isBackward: Bool
  var steps: [Step] = []
  var assertions: [PatternAssertion] = []
  var work = 0

  init(isBackward: Bool) { self.isBackward = isBackward }

  static func tooLarge() -> RegularExpressionProblem {
    RegularExpressionProblem(
      offset: 0, message: "the pattern is too large once its repetitions are written out")
  }

  mutating func add(_ step: Step) throws(RegularExpressionProblem) -> Int {
    if steps.count >= PatternAutomaton.statesMax * 4 { throw Self.tooLarge() }
    steps.append(step)
    return steps.count - 1
  }

  /// Adds a part of a pattern that goes on at `next`; the result is where it begins.
  mutating func add(_ node: PatternNode, before next: Int) throws(RegularExpressionProblem) -> Int {
    switch node {
    case .empty: return next
    case .scalar(let set): return try add(.take(set, next: next))
    case .assertion(let assertion): return try add(.ask(try number(of: assertion), next: next))
    case .sequence(let parts):
      var entry = next
      if isBackward {
        for part in parts { entry = try add(part, before: entry) }
      } else {
        for part in parts.reversed() { entry = try add(part, before: entry) }
      }
      return entry
    case .choice(let branches):
      var entries: [Int] = []
      for branch in branches { entries.append(try add(branch, before: next)) }
      return try add(.either(entries))
    case .repetition(let part, let min, let max):
      return try add(repeated: part, min: min, max: max, before: next)
    }
  }

  private mutating func add(
    repeated part: PatternNode, min: Int, max: Int?, before next: Int
  ) throws(RegularExpressionProblem) -> Int {
    if max == 0 { return next }
    // What takes no text says the same the second time.
    if part.width.max == 0 { return min == 0 ? next : try add(part, before: next) }
    if min > PatternAutomaton.statesMax || (max ?? 0) > PatternAutomaton.statesMax { throw Self.tooLarge() }
    var entry = next
    if let max {
      // x{0,3} is (x(x(x)?)?)?: every place reaches two others, not all that follow.
      for _ in 0..<(max - min) {
        let once = try add(part, before: entry)
        entry = try add(.either([once, next]))
      }
    } else {
      let loop = try add(.either([]))
      steps[loop] = .either([try add(part, before: loop), next])
      entry = loop
    }
    for _ in 0..<min { entry = try add(part, before: entry) }
    return entry
  }

  private mutating func number(
    of assertion: PatternAssertion
  ) throws(RegularExpressionProblem) -> Int {
    if let known = assertions.firstIndex(of: assertion) { return known }
    if assertions.count >= PatternAutomaton.assertionsMax {
      throw RegularExpressionProblem(offset: 0, message: "the pattern has too many assertions that differ")
    }
    assertions.append(assertion)
    return assertions.count - 1
  }

  // MARK: The second step

  /// The states, and the lists of what is reached from every place that a state leads to.
  mutating func closed(from entry: Int) throws(RegularExpressionProblem) -> PatternAutomaton {
    var result = PatternAutomaton()
    result.assertions = assertions
    var stateOfStep = [Int?](repeating: nil, count: steps.count)
    for (index, step) in steps.enumerated() {
      guard case .take(let set, let next) = step else { continue }
      stateOfStep[index] = result.states.count
      // For the time being the place that it leads to stands for the list.
      result.states.append(PatternAutomaton.State(set: set, list: next))
    }
    if result.states.count > PatternAutomaton.statesMax { throw Self.tooLarge() }
    var listOfStep = [Int?](repeating: nil, count: steps.count)
    var entries = 0
    for place in [entry] + result.states.map(\.list) where listOfStep[place] == nil {
      let list = try reached(from: place, stateOfStep: stateOfStep)
      entries += list.count
      if entries > PatternAutomaton.entriesMax { throw Self.tooLarge() }
      listOfStep[place] = result.lists.count
      result.lists.append(list)
    }
    for index in result.states.indices {
      result.states[index].list = listOfStep[result.states[index].list] ?? 0
    }
    result.start = listOfStep[entry] ?? 0
    return result
  }

  /// What can be reached from a place without taking a scalar.
  ///
  /// A way whose conditions include those of another
  /// way to the same place adds nothing.
  private mutating func reached(
    from place: Int, stateOfStep: [Int?]
  ) throws(RegularExpressionProblem) -> [PatternAutomaton.Entry] {
    var seen: [Int: [UInt32]] = [:]
    var waiting: [(step: Int, conditions: UInt32)] = [(place, 0)]
    var found: [(step: Int, conditions: UInt32)] = []
    while let (step, conditions) = waiting.popLast() {
      let known = seen[step, default: []]
      work += 1 + known.count
      if work > PatternAutomaton.stepsMax { throw Self.tooLarge() }
      if known.contains(where: { $0 & ~conditions == 0 }) { continue }
      seen[step, default: []].append(conditions)
      switch steps[step] {
      case .accept, .take: found.append((step, conditions))
      case .ask(let number, let next): waiting.append((next, conditions | 1 << UInt32(number)))
      case .either(let nexts):
        work += nexts.count
        waiting += nexts.reversed().map { ($0, conditions) }
      }
    }
    return found.map { PatternAutomaton.Entry(conditions: $0.conditions, state: stateOfStep[$0.step]) }
  }
}
