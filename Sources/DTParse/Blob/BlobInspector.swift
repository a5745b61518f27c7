/// Finds the first place where a blob is broken, and says it in words; libfdt only says that one is.
struct BlobInspector {
  private let bytes: [UInt8]

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// What is wrong first, with its offset; nil if nothing is found.
  static func firstFault(_ bytes: [UInt8], nestingMax: Int) -> String? {
    let inspector = BlobInspector(bytes)
    return inspector.headerFault() ?? inspector.reservationFault()
      ?? inspector.structureFault(nestingMax: nestingMax)
  }

  /// The complaint about a version that is not read; nil if the version is not the trouble.
  static func unsupportedVersion(_ bytes: [UInt8]) -> String? {
    guard bytes.count >= 28, bytes.starts(with: FlattenedTree.magic) else { return nil }
    let inspector = BlobInspector(bytes)
    let version = inspector.cell(20)
    let compatible = inspector.cell(24)
    if version < 16 { return "the blob has version \(version); 16 and 17 are read" }
    if compatible > 17 { return "the blob needs a reader of version \(compatible); 16 and 17 are read" }
    return nil
  }

  /// The complaint about a property's name that is longer than any real one; nil if there is none.
  static func overlongName(_ bytes: [UInt8]) -> String? {
    guard bytes.count >= 36, bytes.starts(with: FlattenedTree.magic) else { return nil }
    let inspector = BlobInspector(bytes)
    let start = Int(inspector.cell(12))
    let end = min(bytes.count, start + Int(inspector.cell(32)))
    var length = 0
    for offset in start..<max(start, end) {
      length = bytes[offset] == 0 ? 0 : length + 1
      if length > DTParseLimits.nameBytesMax {
        return
          "the name at \(inspector.hex(offset - length + 1)) has more than \(DTParseLimits.nameBytesMax) bytes"
      }
    }
    return nil
  }

  private func cell(_ offset: Int) -> UInt32 {
    UInt32(bytes[offset]) << 24 | UInt32(bytes[offset + 1]) << 16 | UInt32(bytes[offset + 2]) << 8
      | UInt32(bytes[offset + 3])
  }

  private func hex(_ value: Int) -> String { "0x" + String(value, radix: 16) }

  // MARK: Header

  private var headerBytes: Int { cell(20) >= 17 ? 40 : 36 }

  private func headerFault() -> String? {
    guard bytes.count >= 28 else { return "the file has \(bytes.count) bytes, a header has 40" }
    guard bytes.starts(with: FlattenedTree.magic) else { return "the first bytes are not 0xd00dfeed" }
    guard bytes.count >= headerBytes else {
      return "the file has \(bytes.count) bytes, its header \(headerBytes)"
    }
    let total = Int(cell(4))
    if total > bytes.count {
      return "the header says \(total) bytes (offset 0x4), the file has \(bytes.count): it is truncated"
    }
    if total < headerBytes {
      return "the header says \(total) bytes in all (offset 0x4), less than the header itself"
    }
    for (name, field) in [("structure", 8), ("strings", 12), ("reservation", 16)] {
      let offset = Int(cell(field))
      if offset < headerBytes || offset > total {
        return
          "the \(name) block is said to begin at \(hex(offset)) (offset \(hex(field))), outside the \(total) bytes"
      }
    }
    if cell(8) % 4 != 0 {
      return "the structure block begins at \(hex(Int(cell(8)))) (offset 0x8), no multiple of 4"
    }
    if cell(16) % 8 != 0 {
      return "the reservation block begins at \(hex(Int(cell(16)))) (offset 0x10), no multiple of 8"
    }
    if Int(cell(12)) + Int(cell(32)) > total {
      return
        "the strings block ends at \(hex(Int(cell(12)) + Int(cell(32)))) (offset 0x20), outside the \(total) bytes"
    }
    if cell(20) >= 17, Int(cell(8)) + Int(cell(36)) > total {
      return
        "the structure block ends at \(hex(Int(cell(8)) + Int(cell(36)))) (offset 0x24), outside the \(total) bytes"
    }
    return nil
  }

  private func reservationFault() -> String? {
    var offset = Int(cell(16))
    let end = Int(cell(4))
    while offset + 16 <= end {
      if bytes[offset..<offset + 16].allSatisfy({ $0 == 0 }) { return nil }
      offset += 16
    }
    return "the reservation block has no end before offset \(hex(offset))"
  }

  // MARK: Structure

  private func structureFault(nestingMax: Int) -> String? {
    let start = Int(cell(8))
    let end = cell(20) >= 17 ? start + Int(cell(36)) : Int(cell(4))
    var offset = start
    var depth = 0
    var hasRoot = false
    while offset + 4 <= end {
      let place = offset
      let token = cell(offset)
      offset += 4
      switch token {
      case 1:
        if depth == 0, hasRoot { return "a second root node begins at \(hex(place))" }
        depth += 1
        hasRoot = true
        if depth > nestingMax { return "nodes are nested more than \(nestingMax) deep at \(hex(place))" }
        guard let close = bytes[offset..<end].firstIndex(of: 0) else {
          return "the name of the node at \(hex(place)) has no end"
        }
        offset = (close + 4) & ~3
      case 2:
        if depth == 0 { return "a node ends at \(hex(place)) that never began" }
        depth -= 1
      case 3:
        if depth == 0 { return "a property stands outside every node at \(hex(place))" }
        if let fault = propertyFault(at: place, end: end) { return fault }
        offset = (offset + 8 + Int(cell(offset)) + 3) & ~3
      case 4: break
      case 9: return depth == 0 ? nil : "the structure ends at \(hex(place)) inside \(depth) open nodes"
      default: return "\(hex(Int(token))) at \(hex(place)) is no token"
      }
    }
    return "the structure block has no end before offset \(hex(min(offset, end)))"
  }

  private func propertyFault(at place: Int, end: Int) -> String? {
    guard place + 12 <= end else { return "the property at \(hex(place)) is cut off" }
    let length = Int(cell(place + 4))
    if place + 12 + length > end {
      return
        "the property at \(hex(place)) is said to have \(length) bytes, more than the structure block holds"
    }
    let name = Int(cell(place + 8))
    let strings = Int(cell(12))
    let stringsEnd = strings + Int(cell(32))
    if strings + name >= stringsEnd {
      return "the name of the property at \(hex(place)) is at \(hex(name)), outside the strings block"
    }
    if !bytes[strings + name..<stringsEnd].contains(0) {
      return "the name of the property at \(hex(place)) has no end"
    }
    return nil
  }
}
