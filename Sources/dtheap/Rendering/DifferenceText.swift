import HeapModel

/// The changes for the eye.
package struct DifferenceText {
  private let difference: MapDifference
  private let old: BootedBoard
  private let new: BootedBoard
  private let style: TextStyle

  /// Compares two boots that have been compared.
  package init(_ difference: MapDifference, _ old: BootedBoard, _ new: BootedBoard, hasColor: Bool) {
    self.difference = difference
    self.old = old
    self.new = new
    style = TextStyle(hasColor: hasColor)
  }

  /// The whole text.
  package var text: String {
    var text = style("- \(title(old))", .strong) + "\n" + style("+ \(title(new))", .strong) + "\n"
    if old.map.boots != new.map.boots { text += "the \(new.map.boots ? "first" : "second") does not boot\n" }
    if difference.changes.isEmpty { return text + "no change in regions, pools and heaps\n" }
    for change in difference.changes {
      let color: Style =
        switch change.kind {
        case .added: .help
        case .removed: .error
        default: .warning
        }
      let kind = style(padded(change.kind.rawValue, 7, isLeft: true), color)
      text +=
        "  \(kind)  \(padded(change.subject.what, 6, isLeft: true))  \(DisplayText.harmless(change.subject.name))"
      text += "  \(DisplayText.harmless(details(change)))\n"
    }
    return text
  }

  private func title(_ booted: BootedBoard) -> String {
    "\(DisplayText.harmless(booted.name)), Linux \(booted.profile.name) on \(booted.profile.architecture.rawValue)"
  }

  private func details(_ change: MapDifference.Change) -> String {
    switch (change.kind, change.subject) {
    case (.added, .region(_, let row?)), (.removed, .region(let row?, _)):
      "\(place(row.base, row.size)), \(row.state.rawValue)"
    case (.added, .pool(_, let pool?)), (.removed, .pool(let pool?, _)):
      "\(place(pool.base, pool.size)), \(pool.type.rawValue)"
    case (.added, .heap(_, let heap?)), (.removed, .heap(let heap?, _)):
      "\(place(heap.base, heap.size)), \(heap.type.rawValue)"
    case (let kind, .region(let a?, let b?)):
      details(kind, (a.name, a.base, a.size, words(a)), (b.name, b.base, b.size, words(b)))
    case (let kind, .pool(let a?, let b?)):
      details(kind, (a.name, a.base, a.size, words(a)), (b.name, b.base, b.size, words(b)))
    case (let kind, .heap(let a?, let b?)):
      details(kind, (a.name, a.base, a.size, words(a)), (b.name, b.base, b.size, words(b)))
    default: ""
    }
  }

  private typealias Facts = (name: String, base: PhysicalAddress?, size: ByteCount?, words: String)

  private func details(_ kind: MapDifference.Kind, _ before: Facts, _ after: Facts) -> String {
    switch kind {
    case .moved: "\(address(before.base)) -> \(address(after.base))"
    case .resized: "\(size(before.size)) -> \(size(after.size))"
    case .renamed: "-> \(after.name)"
    case .state, .added, .removed: "\(before.words) -> \(after.words)"
    }
  }

  private func words(_ row: ReservedRegion) -> String {
    var words = ["\(row.state.rawValue) \(row.origin.rawValue) \(row.type.rawValue)"]
    if row.noMap { words.append("no-map") }
    if row.givenBack { words.append("given back") }
    if let final = row.final { words.append(final.description) }
    return (words + row.problems.map(\.rawValue)).joined(separator: ", ")
  }

  private func words(_ pool: MemoryPool) -> String {
    pool.type.rawValue + (pool.isActive ? "" : ", not active")
  }

  private func words(_ heap: HeapInstance) -> String {
    var words = [heap.variant?.rawValue ?? heap.type.rawValue]
    if let chunks = heap.chunks, let size = heap.chunkSize {
      words.append("\(chunks) chunks of \(size.inBinaryUnits)")
    }
    return (words + heap.flags + ["in \(heap.region)"]).joined(separator: ", ")
  }

  private func place(_ base: PhysicalAddress?, _ size: ByteCount?) -> String {
    "\(self.size(size)) at \(address(base))"
  }

  private func address(_ base: PhysicalAddress?) -> String {
    base.map { "0x" + String($0.value, radix: 16) } ?? "no place"
  }

  private func size(_ size: ByteCount?) -> String { size?.inBinaryUnits ?? "no size" }
}

extension MapDifference.Subject {
  /// What it is.
  var what: String {
    switch self {
    case .region: "region"
    case .pool: "pool"
    case .heap: "heap"
    }
  }

  /// Its name, in the first map where that has it.
  var name: String {
    switch self {
    case .region(let a, let b): a?.name ?? b?.name ?? ""
    case .pool(let a, let b): a?.name ?? b?.name ?? ""
    case .heap(let a, let b): a?.name ?? b?.name ?? ""
    }
  }
}
