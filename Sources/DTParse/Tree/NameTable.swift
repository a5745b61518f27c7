/// A name in a ``NameTable``; equal names have equal indices.
struct NameID: Hashable, Sendable {
  let rawValue: UInt32

  /// The empty name, which is the root's; every table holds it first.
  static let empty = NameID(rawValue: 0)

  @inline(__always) var index: Int { Int(rawValue) }
}

/// Interned names of nodes, properties, labels and reference texts.
///
/// Indices are given in order of first use, so nothing that depends on them depends on hash values.
struct NameTable: Sendable {
  private(set) var bytes: [UInt8] = []
  private var ends: [UInt32] = []
  private var hashes: [UInt32] = []
  private var slots: [UInt32]
  /// Different in each process, so that no input can be made to collide; it shows in no result.
  private let seed: UInt64

  init() {
    slots = Array(repeating: 0, count: 2048)
    seed = UInt64.random(in: .min ... .max)
    bytes.reserveCapacity(16 << 10)
    ends.reserveCapacity(1024)
    _ = intern(UnsafeBufferPointer(start: nil, count: 0))
  }

  /// The number of names.
  var count: Int { ends.count }

  @inline(__always)
  private func hash(_ name: UnsafeBufferPointer<UInt8>) -> UInt32 {
    var h = seed ^ UInt64(truncatingIfNeeded: name.count)
    var rest = name.count
    guard rest > 0, var p = UnsafeRawPointer(name.baseAddress) else { return 1 }
    while rest >= 8 {
      h = (h ^ p.loadUnaligned(as: UInt64.self)) &* 0x9e37_79b9_7f4a_7c15
      h ^= h &>> 29
      p += 8
      rest -= 8
    }
    var tail: UInt64 = 0
    while rest > 0 {
      tail = tail &<< 8 | UInt64(p.load(as: UInt8.self))
      p += 1
      rest -= 1
    }
    h = (h ^ tail) &* 0xbf58_476d_1ce4_e5b9
    h ^= h &>> 32
    return UInt32(truncatingIfNeeded: h) | 1
  }

  @inline(__always)
  private func range(_ index: Int) -> Range<Int> {
    (index == 0 ? 0 : Int(ends[index - 1]))..<Int(ends[index])
  }

  private func find(_ name: UnsafeBufferPointer<UInt8>, hash: UInt32) -> (slot: Int, found: NameID?) {
    let mask = slots.count - 1
    var slot = Int(hash) & mask
    while slots[slot] != 0 {
      let index = Int(slots[slot]) - 1
      if hashes[index] == hash {
        let known = range(index)
        let same =
          known.count == name.count
          && bytes.withUnsafeBufferPointer { all in
            name.elementsEqual(UnsafeBufferPointer(rebasing: all[known]))
          }
        if same { return (slot, NameID(rawValue: UInt32(index))) }
      }
      slot = (slot + 1) & mask
    }
    return (slot, nil)
  }

  /// The index of `name`, which is added if it is new.
  /// - Complexity: O(length).
  mutating func intern(_ name: UnsafeBufferPointer<UInt8>) -> NameID {
    let hash = hash(name)
    let (slot, known) = find(name, hash: hash)
    if let known { return known }
    let id = NameID(rawValue: UInt32(ends.count))
    bytes.append(contentsOf: name)
    ends.append(UInt32(bytes.count))
    hashes.append(hash)
    slots[slot] = id.rawValue + 1
    if ends.count * 2 > slots.count { rehash() }
    return id
  }

  private mutating func rehash() {
    slots = Array(repeating: 0, count: slots.count * 2)
    let mask = slots.count - 1
    for index in hashes.indices {
      var slot = Int(hashes[index]) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = UInt32(index) + 1
    }
  }

  /// The index of `name`, which is added if it is new.
  mutating func intern(_ name: String) -> NameID {
    var name = name
    return name.withUTF8 { intern($0) }
  }

  /// The index of `name` if some node, property or label has it.
  func lookUp(_ name: String) -> NameID? {
    var name = name
    return name.withUTF8 { find($0, hash: hash($0)).found }
  }

  /// The index of `name` if some node, property or label has it.
  func lookUp(_ name: UnsafeBufferPointer<UInt8>) -> NameID? { find(name, hash: hash(name)).found }

  /// The bytes of a name.
  func bytes(_ id: NameID) -> ArraySlice<UInt8> { bytes[range(id.index)] }

  /// Calls `body` with the bytes of a name.
  @inline(__always)
  func withBytes<R>(_ id: NameID, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
    let range = range(id.index)
    return bytes.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[range])) }
  }

  /// The length of a name in bytes.
  func length(_ id: NameID) -> Int { range(id.index).count }

  /// The name as text; bytes that are no UTF-8 are replaced.
  func string(_ id: NameID) -> String { String(decoding: bytes(id), as: UTF8.self) }
}
