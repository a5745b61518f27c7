/// Comparisons with the constants of schemas.
extension SchemaEvaluator {
  /// The integer at a place; nil for a double.
  func integer(at place: UInt32) -> Int128? {
    guard view[place] == 0 else { return nil }
    var bits: UInt128 = 0
    for index in 0..<4 as Range<UInt32> {
      bits |= UInt128(view[place &+ 1 &+ index]) << UInt128(32 * index)
    }
    return Int128(truncatingIfNeeded: bits)
  }

  func double(at place: UInt32) -> Double {
    Double(bitPattern: UInt64(view[place &+ 1]) | UInt64(view[place &+ 2]) << 32)
  }

  /// Less than 0, 0 or more than 0 as `value` is less than, equal to or more than the number at a place.
  func order(_ value: Int128, _ place: UInt32) -> Int {
    if let bound = integer(at: place) { return value < bound ? -1 : value == bound ? 0 : 1 }
    let bound = double(at: place)
    return Double(value) < bound ? -1 : Double(value) == bound ? 0 : 1
  }

  func isMultiple(_ value: Int128, _ place: UInt32) -> Bool {
    if let factor = integer(at: place) { return factor == 0 || value % factor == 0 }
    let factor = double(at: place)
    return factor == 0 || (Double(value) / factor).rounded() * factor == Double(value)
  }

  /// Whether an instance is the constant at a place, and where the next constant begins.
  func equals(_ x: Instance, _ place: UInt32, nesting: Int = 0) -> (isEqual: Bool, next: UInt32) {
    let value = place &+ 1
    switch ConstantKind(rawValue: view[place]) {
    case .bool: return (view[value] == 1 && x.kind == .flag, value &+ 1)
    case .number:
      return (
        x.kind == .integer && order(board.integer(x), value) == 0, value &+ UInt32(ImageLayout.numberWords)
      )
    case .string:
      return (x.kind == .string && board.rows[Int(x.start)].string == view[value], value &+ 1)
    case .list:
      var next = value &+ 1
      let isList = x.isList && UInt32(x.count) == view[value]
      var isEqual = isList
      guard nesting < 8 else { return (false, next) }
      for index in 0..<min(view[value], 1 << 16) {
        // What is no list is equal to none of the elements either; they are only skipped.
        let element = isList ? board.element(Int32(index), of: x) : Instance(kind: .bytes, start: 0)
        let (isSame, end) = equals(element, next, nesting: nesting + 1)
        isEqual = isEqual && isSame
        next = end
      }
      return (isEqual, next)
    case .null, nil: return (false, value)
    }
  }

  /// The first element that is equal to an earlier one.
  func repeatedElement(of list: Instance) -> Int32? {
    if list.count < 2 { return nil }
    if list.count <= 8 {
      for later in 1..<list.count {
        for earlier in 0..<later where isSame(list, earlier, later) { return later }
      }
      return nil
    }
    var known: Set<[UInt8]> = []
    for index in 0..<list.count where !known.insert(Array(bytes(of: index, in: list))).inserted {
      return index
    }
    return nil
  }

  private func isSame(_ list: Instance, _ a: Int32, _ b: Int32) -> Bool {
    let (left, right) = (bytes(of: a, in: list), bytes(of: b, in: list))
    guard left.count == right.count else { return false }
    for index in 0..<left.count where left[index] != right[index] { return false }
    return true
  }

  private func bytes(of index: Int32, in list: Instance) -> UnsafeBufferPointer<UInt8> {
    if list.kind == .integers {
      return board.span(list.start + index * Int32(list.width), Int32(list.width))
    }
    let row = board.rows[Int(list.start + index)]
    return board.span(row.start, list.kind == .strings ? row.count : row.count * Int32(list.width))
  }
}
