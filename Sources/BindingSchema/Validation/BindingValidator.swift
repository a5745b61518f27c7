import DTParse
import Diagnostics

/// Holds devicetrees against compiled bindings.
///
/// One validator serves any number of boards, one after the other; what it learns about names makes the next board
/// cheaper and changes no result. Several validators may share the bindings, one for each thread.
public final class BindingValidator {
  /// The bindings.
  public let bindings: CompiledBindings
  private var index: NameIndex
  private let memo = PatternMemo()

  /// A validator without memories.
  public init(_ bindings: CompiledBindings) {
    self.bindings = bindings
    index = NameIndex(view: bindings.view)
  }

  /// What the bindings find wrong with a tree, in the order of the tree.
  /// - Complexity: for the bindings of Linux 6.1 about as many schemas as the tree has properties, times 50.
  public func validate(_ tree: Devicetree) -> [Diagnostic] {
    if index.isFull {
      index = NameIndex(view: bindings.view)
      memo.reset()
    }
    let board = InstanceTree(tree, index: index)
    let evaluator = SchemaEvaluator(board: board, memo: memo)
    var report = ValidationReport(evaluator: evaluator, bindings: bindings)
    var isDisabled = [Bool](repeating: false, count: board.nodes.count)
    for node in board.nodes.indices.map({ Int32($0) }) {
      let parent = board.nodes[Int(node)].parent
      let inherited = parent >= 0 && isDisabled[Int(parent)]
      isDisabled[Int(node)] = evaluator.isDisabled(node) ?? inherited
      // Nodes of examples in bindings are none of a board.
      if board.sources[Int(node)].name.utf8.hasRun("example-") { continue }
      validate(node, isDisabled: isDisabled[Int(node)], evaluator, &report)
      evaluator.earlierSteps += evaluator.steps
      if evaluator.earlierSteps > SchemaEvaluator.boardStepsMax { break }
    }
    return report.findings()
  }

  private func validate(
    _ node: Int32, isDisabled: Bool, _ evaluator: SchemaEvaluator, _ report: inout ValidationReport
  ) {
    evaluator.topNode = node
    evaluator.steps = 0
    if memo.isFull { memo.reset() }
    let view = bindings.view
    let instance = Instance(kind: .node, start: node)
    // What is no list of strings names nothing, so that no binding is selected by it.
    let compatible = evaluator.board.index.names.compatible
    let hidden = evaluator.board.strings(compatible, of: node) == nil ? compatible : ImageLayout.none
    for (document, select) in evaluator.applicable(to: node) {
      if select != ImageLayout.none {
        evaluator.hiddenName = hidden
        defer { evaluator.hiddenName = ImageLayout.none }
        if !evaluator.holds(select, instance, 0) { continue }
      }
      let schema = view.root(ofDocument: document)
      if evaluator.holds(schema, instance, 0) { continue }
      var errors: [SchemaError] = []
      evaluator.collect(schema, instance, SchemaError.Place(node: node), 0, into: &errors)
      for error in errors where !evaluator.isLetPass(error, isDisabled: isDisabled) {
        report.add(error, document: document)
      }
    }
    let total = evaluator.earlierSteps + evaluator.steps
    if evaluator.isExhausted || total > SchemaEvaluator.boardStepsMax { report.addExhausted(node) }
  }
}

/// Which bindings a node is held against.
extension SchemaEvaluator {
  /// The bindings for a node, each with its select schema, or none where the compatible string picks it.
  func applicable(to node: Int32) -> [(document: UInt32, select: UInt32)] {
    var result: [(document: UInt32, select: UInt32)] = []
    let compatible = board.strings(board.index.names.compatible, of: node)
    let strings = compatible.map { list in
      (0..<list.count).map { board.rows[Int(list.start + $0)].string }.filter { $0 != ImageLayout.none }
    }
    for string in strings ?? [] {
      let entry = view.search(
        string, from: view.header(.compatibles), count: view.header(.compatibleCount), width: 2)
      if let entry {
        result.append((view[entry &+ 1], ImageLayout.none))
        break
      }
    }
    for index in 0..<view.header(.selectCount) {
      append(view[view.header(.selects) &+ index], to: &result)
    }
    addTriggered(by: 0, string: board.rows[Int(board.nodes[Int(node)].nameRow)].string, to: &result)
    for string in strings ?? [] { addTriggered(by: 1, string: string, to: &result) }
    return result
  }

  private func append(_ document: UInt32, to result: inout [(document: UInt32, select: UInt32)]) {
    result.append((document, view.select(ofDocument: document)))
  }

  /// Adds the bindings whose select asks for a string, as far as they are not there yet.
  private func addTriggered(
    by name: UInt32, string: UInt32, to result: inout [(document: UInt32, select: UInt32)]
  ) {
    if string == ImageLayout.none { return }
    let start = view.header(.triggers)
    let width = UInt32(ImageLayout.triggerWords)
    func key(_ index: UInt32) -> (UInt32, UInt32) {
      (view[start &+ index &* width], view[start &+ index &* width &+ 1])
    }
    var low: UInt32 = 0
    var high = view.header(.triggerCount)
    while low < high {
      let middle = low &+ (high &- low) / 2
      if key(middle) < (name, string) { low = middle &+ 1 } else { high = middle }
    }
    while low < view.header(.triggerCount), key(low) == (name, string) {
      let document = view[start &+ low &* width &+ 2]
      if !result.contains(where: { $0.document == document && $0.select != ImageLayout.none }) {
        append(document, to: &result)
      }
      low = low &+ 1
    }
  }

  /// Whether `status` says `disabled`; nil where there is no status.
  func isDisabled(_ node: Int32) -> Bool? {
    guard let status = board.strings(board.index.names.status, of: node) else { return nil }
    return (0..<status.count).contains { index in
      board.text(board.element(index, of: status)).elementsEqual("disabled".utf8)
    }
  }

  /// Whether a fault does not count because its node is not in use: boards complete such nodes
  /// (dt-schema 2026.9, dtb_validate.py `check_node`).
  func isLetPass(_ error: SchemaError, isDisabled: Bool) -> Bool {
    guard error.isLetPassIfDisabled else { return false }
    if isDisabled { return true }
    return error.instance.kind == .node && self.isDisabled(error.instance.start) == true
  }
}
