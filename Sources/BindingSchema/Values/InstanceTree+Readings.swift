/// From bytes to values (dt-schema 2026.9, dtb.py `prop_value`).
extension InstanceTree {
  /// The first reading of a property's value.
  func reading(of property: Int32) -> Int32 {
    let known = properties[Int(property)].reading
    if known >= 0 { return known }
    let found = read(property)
    var first: Int32 = -1
    for instance in found.reversed() {
      readings.append(InstanceReading(instance: instance, next: first))
      first = Int32(readings.count - 1)
    }
    properties[Int(property)].reading = first
    return first
  }

  /// All ways to read a value, at least one.
  ///
  /// Where the types of a property, all bindings together, leave several that its length allows, dt-validate takes
  /// any one, another one in each run. Here each binding reads the value as it declares it.
  private func read(_ property: Int32) -> [Instance] {
    let record = properties[Int(property)]
    if record.count == 0 { return [Instance(kind: .flag, start: record.start)] }
    let names = index.names
    if nodes[Int(record.node)].isAliases, record.name != names.phandle { return [strings(record)] }
    let facts = index.facts(record.name)
    if facts.types.isEmpty { return [raw(record)] }
    if let single = facts.types.single { return [read(record, as: single, facts, facts.dimensions)] }
    let left = facts.types.possible(forBytes: Int(record.count))
    guard !left.isEmpty else { return [raw(record)] }
    if let single = left.single { return [read(record, as: single, facts, facts.dimensions)] }
    if let special = special(record, facts, left) { return [special] }
    if !left.isDisjoint(with: .strings) {
      if isPrintable(record) { return [strings(record)] }
      let others = left.subtracting(.strings)
      return others.isEmpty
        ? [raw(record)] : others.names.map { read(record, as: $0, facts, facts.dimensions) }
    }
    return left.names.map { read(record, as: $0, facts, facts.dimensions) }
  }

  /// The value of a property with several types for which there is a rule.
  private func special(_ record: InstanceProperty, _ facts: PropertyFacts, _ left: PropertyTypeSet)
    -> Instance?
  {
    let names = index.names
    switch record.name {
    case names.dmaMasters, names.modeGPIOs: return read(record, as: .phandleArray, facts, facts.dimensions)
    case names.gpios:
      let isHog = nodes[Int(record.node)].isInHog
      return read(record, as: isHog ? .uint32Matrix : .phandleArray, facts, facts.dimensions)
    case names.coolingLevels:
      let bytes = span(record.start, record.count)
      let isCells = bytes.count > 1 && bytes[0] == 0 && bytes[1] == 0
      return read(record, as: isCells ? .uint32Array : .uint8Array, facts, facts.dimensions)
    default: break
    }
    let scalars = left.subtracting(.matrices)
    guard left.isDisjoint(with: .strings), let matrix = left.intersection(.matrices).single,
      let scalar = scalars.single, !scalar.isArray, let unit = scalar.unitBytes
    else { return nil }
    // A matrix, if there are so many numbers as its smallest form has.
    let least = facts.dimensions.map { max($0.inner.min, 1) * $0.outer.min } ?? 1
    if Int(record.count) / unit >= least { return read(record, as: matrix, facts, facts.dimensions) }
    let one = MatrixDimensions.Bounds(min: 1, max: 1)
    return read(record, as: scalar, facts, MatrixDimensions(outer: one, inner: one))
  }

  private func raw(_ record: InstanceProperty) -> Instance {
    Instance(kind: .bytes, start: record.start, count: record.count)
  }

  /// Whether the bytes are printable strings, none of them empty.
  private func isPrintable(_ record: InstanceProperty) -> Bool {
    let bytes = span(record.start, record.count)
    guard bytes.last == 0 else { return false }
    var length = 0
    for byte in bytes {
      if byte == 0 {
        if length == 0 { return false }
        length = 0
      } else {
        guard (0x20...0x7E).contains(byte) else { return false }
        length += 1
      }
    }
    return true
  }

  /// The strings that the bytes end with NULs; raw bytes where the last one has none.
  private func strings(_ record: InstanceProperty) -> Instance {
    let bytes = span(record.start, record.count)
    guard bytes.last == 0 else { return raw(record) }
    let first = Int32(rows.count)
    var start = 0
    for offset in bytes.indices where bytes[offset] == 0 {
      guard rows.count < Self.rowsMax else { return Instance(kind: .opaque, start: 0) }
      let text = UnsafeBufferPointer(rebasing: bytes[start..<offset])
      rows.append(
        InstanceRow(
          start: record.start + Int32(start), count: Int32(text.count),
          string: index.view.lookUp(text) ?? ImageLayout.none))
      start = offset + 1
    }
    return Instance(kind: .strings, start: first, count: Int32(rows.count) - first)
  }

  private func read(
    _ record: InstanceProperty, as type: PropertyTypeName, _ facts: PropertyFacts,
    _ dimensions: MatrixDimensions?
  ) -> Instance {
    if type == .string || type == .stringArray { return strings(record) }
    var value = Instance(kind: .integers, start: record.start)
    guard let unit = type.unitBytes, Int(record.count) % unit == 0 else { return oddSized(record) }
    value.width = UInt8(unit)
    value.isSigned = type.isSigned
    value.count = record.count / Int32(unit)
    if type.isMatrix { return split(value, record, facts, dimensions) }
    if !type.isArray, value.count == 1 {
      value.kind = .integer
      value.count = 0
    }
    return value
  }

  /// A value whose length does not fit its type: one number if it has the length of one, else raw bytes.
  private func oddSized(_ record: InstanceProperty) -> Instance {
    guard [1, 2, 4].contains(record.count) else { return raw(record) }
    return Instance(kind: .integer, width: UInt8(record.count), start: record.start)
  }
}
