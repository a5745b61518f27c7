/// Where the rows of a matrix end (dt-schema 2026.9, dtb.py, the functions `fixup_…`).
///
/// Whatever the cells say, a row has at least one cell, so that every split ends.
extension InstanceTree {
  /// The rows of a matrix that is read as one row so far.
  func split(
    _ value: Instance, _ record: InstanceProperty, _ facts: PropertyFacts, _ dimensions: MatrixDimensions?
  ) -> Instance {
    let names = index.names
    let node = nodes[Int(record.node)]
    guard value.width == 4 else { return byDimensions(value, record, dimensions) }
    if facts.isGPIO, !node.isInHog { return byTargets(value, .cells(names.gpioCells), record) }
    switch record.name {
    case names.interrupts: return rows(of: value) { _ in Int(node.interruptCells) }
    case names.interruptMap: return interruptMap(value, record)
    case names.iommuMap: return iommuMap(value, record)
    case names.ranges, names.dmaRanges:
      let child = Int(cell(names.addressCells, of: record.node) ?? 0)
      let size = Int(cell(names.sizeCells, of: record.node) ?? 0)
      return rows(of: value) { _ in Int(node.addressCells) + child + size }
    default: break
    }
    if facts.types.contains(.address) {
      return rows(of: value) { _ in Int(node.addressCells) + Int(node.sizeCells) }
    }
    if facts.types.contains(.phandleArray), let arguments = facts.arguments,
      record.name == names.dmaMasters || !facts.hasFixedDimensions
    {
      return byPhandles(value, arguments, record, facts, dimensions)
    }
    return byDimensions(value, record, dimensions)
  }

  /// The cell at `index` of a matrix's cells.
  private func cell(_ index: Int, of value: Instance) -> UInt32 {
    span(value.start + Int32(index * 4), 4).cell(at: 0)
  }

  /// Rows of so many cells as `length` says for the cell that each begins with; the last one may be short.
  private func rows(of value: Instance, _ length: (_ cell: Int) -> Int) -> Instance {
    let first = Int32(rows.count)
    let count = Int(value.count)
    var at = 0
    while at < count {
      guard rows.count < Self.rowsMax else { return Instance(kind: .opaque, start: 0) }
      let wanted = length(at)
      // No cells a row is no split at all.
      let taken = wanted <= 0 ? count - at : min(wanted, count - at)
      rows.append(
        InstanceRow(
          start: value.start + Int32(at) * Int32(value.width), count: Int32(taken), string: ImageLayout.none))
      at += taken
    }
    var matrix = value
    matrix.kind = .matrix
    matrix.start = first
    matrix.count = Int32(rows.count) - first
    return matrix
  }

  private func byDimensions(
    _ value: Instance, _ record: InstanceProperty, _ dimensions: MatrixDimensions?
  ) -> Instance {
    guard let dimensions else { return rows(of: value) { _ in Int(value.count) } }
    let stride = Self.stride(Int(value.count), dimensions)
    return rows(of: value) { _ in stride }
  }

  /// The cells of a row by the dimensions of a property.
  /// - Complexity: O(*count*).
  private static func stride(_ count: Int, _ dimensions: MatrixDimensions) -> Int {
    let (outer, inner) = (dimensions.outer, dimensions.inner)
    let rowsMax = outer.max == 0 ? count : min(outer.max, count)
    let cellsMax = inner.max == 0 ? count : inner.max
    var rows = max(outer.min, 1)
    while rows <= rowsMax {
      if count % rows == 0, count / rows >= inner.min, count / rows <= cellsMax { return count / rows }
      rows += 1
    }
    if inner.min > 0, inner.min == inner.max { return inner.min }
    if outer.min > 0, outer.min == outer.max { return max(1, count / outer.min) }
    return count
  }

  /// The cells from a placeholder for an unresolved label to the next one.
  private func untilPlaceholder(_ value: Instance, from start: Int) -> Int {
    var end = start + 1
    while end < Int(value.count), cell(end, of: value) != .max { end += 1 }
    return end - start
  }

  private func arguments(of target: Int32, _ arguments: PropertyFacts.Arguments) -> Int {
    switch arguments {
    case .fixed(let count): count
    case .cells(let name): Int(min(cell(name, of: target) ?? 0, 1 << 20))
    }
  }

  /// Rows that each begin with a phandle and go on as its target says; 0 stands alone.
  private func byTargets(
    _ value: Instance, _ cells: PropertyFacts.Arguments, _ record: InstanceProperty
  ) -> Instance {
    rows(of: value) { at in
      switch self.cell(at, of: value) {
      case 0: return 1
      case .max: return self.untilPlaceholder(value, from: at)
      case let phandle:
        guard let target = self.node(phandle: phandle) else { return 0 }
        return 1 + self.arguments(of: target, cells)
      }
    }
  }

  private func byPhandles(
    _ value: Instance, _ arguments: PropertyFacts.Arguments, _ record: InstanceProperty,
    _ facts: PropertyFacts, _ dimensions: MatrixDimensions?
  ) -> Instance {
    let names = index.names
    let byShape = byDimensions(value, record, dimensions)
    guard byShape.kind == .matrix, byShape.count == 1 else { return byShape }
    let first = cell(0, of: value)
    if record.name == names.dmaMasters, value.count == 1, (1...4).contains(first) {
      // A count of masters, as some old bindings have it, unless it is the phandle of a DMA controller.
      let target = node(phandle: first)
      if target.flatMap({ member(names.dmaCells, of: $0) }) == nil {
        var number = value
        number.kind = .integer
        number.count = 0
        return number
      }
    }
    if case .fixed(0) = arguments { return rows(of: value) { _ in 1 } }
    if facts.needsTarget, first != 0, first != .max, node(phandle: first) == nil { return byShape }
    if record.name == names.interconnects { return pairs(value, arguments, record) }
    let extra = record.name == names.msiRanges ? 1 : 0
    return rows(of: value) { at in
      let length = self.phandleRow(value, at, arguments)
      return length == 0 ? 0 : length + extra
    }
  }

  /// The cells of a phandle with its arguments; 0 if it names nothing.
  private func phandleRow(_ value: Instance, _ at: Int, _ arguments: PropertyFacts.Arguments) -> Int {
    guard at < Int(value.count) else { return 0 }
    switch cell(at, of: value) {
    case 0: return 1
    case .max: return untilPlaceholder(value, from: at)
    case let phandle:
      guard let target = node(phandle: phandle) else { return 0 }
      return 1 + self.arguments(of: target, arguments)
    }
  }

  /// Rows of two phandles with their arguments.
  private func pairs(
    _ value: Instance, _ arguments: PropertyFacts.Arguments, _ record: InstanceProperty
  ) -> Instance {
    rows(of: value) { at in
      let length = self.phandleRow(value, at, arguments)
      return length == 0 ? 0 : length + self.phandleRow(value, at + length, arguments)
    }
  }

  private func interruptMap(_ value: Instance, _ record: InstanceProperty) -> Instance {
    let names = index.names
    let child =
      Int(min(cell(names.interruptCells, of: record.node) ?? 0, 64))
      + Int(min(cell(names.addressCells, of: record.node) ?? 0, 64))
    return rows(of: value) { at in
      guard at + child < Int(value.count) else { return 0 }
      let phandle = self.cell(at + child, of: value)
      guard let parent = self.node(phandle: phandle) else { return 0 }
      let cells =
        Int(min(self.cell(names.addressCells, of: parent) ?? 0, 64))
        + Int(min(self.cell(names.interruptCells, of: parent) ?? 0, 64))
      return child + 1 + cells
    }
  }

  private func iommuMap(_ value: Instance, _ record: InstanceProperty) -> Instance {
    let names = index.names
    let own = max(1, Int(min(cell(names.iommuCells, of: record.node) ?? 0, 64)))
    return rows(of: value) { at in
      guard at + own < Int(value.count) else { return 0 }
      guard let target = self.node(phandle: self.cell(at + own, of: value)) else { return 0 }
      return own + 1 + Int(min(self.cell(names.iommuCells, of: target) ?? 0, 64)) + 1
    }
  }
}
