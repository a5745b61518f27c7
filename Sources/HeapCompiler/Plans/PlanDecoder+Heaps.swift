import Diagnostics
import HeapModel

/// Heaps that the plan brings, beside those of the board.
extension PlanDecoder {
  /// The most heaps of a plan.
  static var heapsMax: Int { 16 }

  /// The models of heaps that need no node in the tree.
  private enum MemoryHeapModel: String, CaseIterable {
    case compoundPool = "compound-pool"
    case system

    /// The keys of the model, beside `name` and `model`.
    var keys: [String] {
      switch self {
      case .compoundPool: ["order", "low", "fill", "high"]
      case .system: []
      }
    }
  }

  mutating func memoryHeaps(_ field: Field?) -> [PlanFile.MemoryHeap] {
    let entries = list(field)
    if entries.count > Self.heapsMax, let field {
      report(
        .absurdPlanNumber, "a plan has at most \(Self.heapsMax) heaps of its own", at: field.key,
        help: "let buffers share a heap")
      return []
    }
    var names: [String: SourceSpan] = [:]
    var heaps: [PlanFile.MemoryHeap] = []
    for entry in entries {
      guard let heap = memoryHeap(entry) else { continue }
      if let first = names.firstUse(of: heap.name, orAt: heap.span) {
        repeatedName("two heaps are called `\(heap.name)`", at: heap.span, first: first)
      }
      heaps.append(heap)
    }
    return heaps
  }

  private mutating func memoryHeap(_ value: YAMLValue) -> PlanFile.MemoryHeap? {
    let all = MemoryHeapModel.allCases.flatMap(\.keys)
    guard let everything = fields(of: value, keys: ["name", "model"] + all, what: "a heap"),
      let modelField = required(
        "model", of: everything, in: value, what: "the heap", values: MemoryHeapModel.allCases.map(\.rawValue)
      ),
      let model = word(modelField, of: MemoryHeapModel.self, what: "model of heap")
    else { return nil }
    let known = ["name", "model"] + model.keys
    for key in everything.keys.sorted() where !known.contains(key) {
      guard let field = everything[key] else { continue }
      report(
        .unknownPlanKey, "a heap of model `\(model.rawValue)` has no key `\(key)`", at: field.key,
        help: "its keys are \(Text.list(known))")
    }
    let name = everything["name"].map { self.name($0) } ?? model.rawValue
    guard let name else { return nil }
    let span = everything["name"]?.value.span ?? modelField.value.span
    switch model {
    case .system: return PlanFile.MemoryHeap(name: name, span: span, kind: .system)
    case .compoundPool:
      guard let settings = settings(everything) else { return nil }
      return PlanFile.MemoryHeap(name: name, span: span, kind: .compoundPool(settings))
    }
  }

  private mutating func settings(_ fields: [String: Field]) -> CompoundPagePoolSettings? {
    var settings = CompoundPagePoolSettings()
    if let field = fields["order"] {
      guard let order = number(field, in: 0...UInt64(MemoryGeometry.orderMax)) else { return nil }
      settings.order = Int(order)
    }
    let marks: [(key: String, path: WritableKeyPath<CompoundPagePoolSettings, Int>)] = [
      ("low", \.low), ("fill", \.fill), ("high", \.high),
    ]
    for mark in marks {
      guard let field = fields[mark.key] else { continue }
      let limit = UInt64(CompoundPagePoolSettings.markMax)
      guard let count = number(field, in: 0...limit) else { return nil }
      settings[keyPath: mark.path] = Int(count)
    }
    for (below, above) in zip(marks, marks.dropFirst()) {
      let values = (settings[keyPath: below.path], settings[keyPath: above.path])
      guard values.0 > values.1, let field = fields[above.key] ?? fields[below.key] else { continue }
      report(
        .absurdPlanNumber,
        "the marks do not rise: `\(below.key)` is \(values.0) and `\(above.key)` \(values.1)",
        at: field.value.span, help: "without the keys they are 8, 64 and 128")
      return nil
    }
    return settings
  }
}
