import HeapCompiler
import HeapModel

/// Replayed traces for a person.
package enum ReplayText {
  /// What became of each trace.
  ///
  /// - Parameters:
  ///   - traces: in the order given.
  ///   - isChecking: whether only the outcome of each trace is wanted, and not its operations.
  /// - Returns: lines, each ended.
  package static func text(of traces: [ReplayedTrace], isChecking: Bool) -> String {
    var text = ""
    for (index, trace) in traces.enumerated() {
      if !isChecking, index > 0 { text += "\n" }
      text += "\(DisplayText.harmless(trace.name)): \(outcome(trace))\n"
      if !isChecking { text += operations(trace) }
    }
    guard traces.count > 1 else { return text }
    let differing = traces.count { !$0.report.agrees }
    text += isChecking ? "" : "\n"
    text +=
      differing == 0
      ? "all \(traces.count) traces agree\n" : "\(differing) of \(traces.count) traces differ\n"
    return text
  }

  private static func outcome(_ trace: ReplayedTrace) -> String {
    let count = trace.report.answers.count
    let recorded = trace.trace.operations.count { $0.recorded != TraceAnswer() }
    let operations = count == 1 ? "1 operation" : "\(count) operations"
    guard let difference = trace.report.firstDifference else {
      return recorded == 0
        ? "\(operations), no answers recorded" : "\(operations), all recorded answers agree"
    }
    let part = difference.part
    let model = part.model.map(value) ?? "nothing"
    let action = trace.trace.operations[difference.operation].action
    return "differs first at operation \(difference.operation) (\(words(action))): "
      + "`\(part.key)` is recorded as \(value(part.recorded)), the model has \(model)"
  }

  private static func operations(_ trace: ReplayedTrace) -> String {
    var rows: [[String]] = [["", "operation", "result", "tries", "used", "pages"]]
    for (index, answer) in trace.report.answers.enumerated() {
      let differs = trace.report.firstDifference?.operation == index
      rows.append([
        "\(index)\(differs ? " !" : "")", words(trace.trace.operations[index].action), result(answer),
        (answer.attempts ?? answer.rangeCalls).map { "\($0)" } ?? "", answer.used.map { "\($0)" } ?? "",
        pages(answer.pages ?? []),
      ])
    }
    return TextTable(rows, alignment: [.right, .left, .left, .right, .right, .left]).text(indent: 2)
  }

  private static func words(_ action: TraceAction) -> String {
    switch action {
    case .allocate(let heap, let id, let bytes):
      "alloc \(id): \(bytes) bytes from \(DisplayText.harmless(heap))"
    case .allocateRange(let area, let id, let count, let order):
      "cmaAlloc \(id): \(count) pages from \(DisplayText.harmless(area)), order \(order)"
    case .free(let id): "free \(id)"
    case .freePart(let id, let count): "freePart \(id): \(count) pages"
    case .pin(let area, let offset): "pin \(DisplayText.harmless(area)) + \(offset)"
    case .unpin(let area, let offset): "unpin \(DisplayText.harmless(area)) + \(offset)"
    }
  }

  private static func result(_ answer: TraceAnswer) -> String {
    guard let result = answer.result, result != 0 else { return "ok" }
    return KernelError(rawValue: result)?.name ?? "\(result)"
  }

  private static func value(_ value: TraceValue) -> String {
    switch value {
    case .number(let number): "\(number)"
    case .pages(let ranges): ranges.isEmpty ? "no pages" : pages(ranges)
    }
  }

  /// The first ranges, and how many follow.
  private static func pages(_ ranges: [PageRange]) -> String {
    let shown = ranges.prefix(3).map { "\($0.first.number)+\($0.count)" }.joined(separator: " ")
    return ranges.count > 3 ? "\(shown) and \(ranges.count - 3) more" : shown
  }
}
