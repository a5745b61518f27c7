/// What is different between the maps of two boots.
public struct MapDifference: Hashable, Sendable {
  /// How a thing changed.
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    /// Only the second map has it.
    case added
    /// Only the first map has it.
    case removed
    /// It has another base, or only one of the maps has a place for it.
    case moved
    /// It has another size.
    case resized
    /// It has another name.
    case renamed
    /// Something else about it is different: what became of it, its type, its problems, its chunks.
    case state
  }

  /// Both sides of a change, nil on the side that does not have it.
  public enum Subject: Hashable, Sendable {
    /// A row of ``MemoryMap/regions``.
    case region(ReservedRegion?, ReservedRegion?)
    /// A pool.
    case pool(MemoryPool?, MemoryPool?)
    /// A heap.
    case heap(HeapInstance?, HeapInstance?)
  }

  /// A change; a thing that changed in several ways has one for each.
  public struct Change: Hashable, Sendable {
    /// How it changed.
    public let kind: Kind
    /// What changed.
    public let subject: Subject
  }

  /// Regions, pools, heaps, each in the order of the first map, with what only the second has behind.
  public let changes: [Change]

  /// Compares two maps.
  ///
  /// Regions and pools are matched by the path of their node and the number of the pair; the rest by name without unit
  /// address, then by place. Heaps are matched by name, then by
  /// place and type, then by region and type.
  public init(from old: MemoryMap, to new: MemoryMap) {
    changes =
      Self.changes(old.regions, new.regions, [\.pathKey, \.stemKey, \.placeKey], Subject.region)
      + Self.changes(old.poolRows, new.poolRows, [\.pathKey, \.stemKey, \.placeKey]) {
        .pool($0?.pool, $1?.pool)
      }
      + Self.changes(old.heaps, new.heaps, [\.nameKey, \.placeKey, \.regionKey], Subject.heap)
  }

  private static func changes<Item: Comparand>(
    _ old: [Item], _ new: [Item], _ keys: [(Item) -> String?], _ subject: (Item?, Item?) -> Subject
  ) -> [Change] {
    let partners = match(old, new, keys)
    var taken: Set<Int> = []
    var changes: [Change] = []
    for (index, item) in old.enumerated() {
      guard let partner = partners[index] else {
        changes.append(Change(kind: .removed, subject: subject(item, nil)))
        continue
      }
      taken.insert(partner)
      changes += item.kinds(to: new[partner]).map { Change(kind: $0, subject: subject(item, new[partner])) }
    }
    for (index, item) in new.enumerated() where !taken.contains(index) {
      changes.append(Change(kind: .added, subject: subject(nil, item)))
    }
    return changes
  }

  /// The partner of each old item; items with equal keys are matched in their order.
  ///
  /// - Complexity: O(*n*) for each key.
  private static func match<Item>(_ old: [Item], _ new: [Item], _ keys: [(Item) -> String?]) -> [Int: Int] {
    var partners: [Int: Int] = [:]
    var freeOld = Array(old.indices)
    var freeNew = Array(new.indices)
    for key in keys {
      var waiting: [String: [Int]] = [:]
      for index in freeNew.reversed() {
        if let text = key(new[index]) { waiting[text, default: []].append(index) }
      }
      freeOld.removeAll { index in
        guard let text = key(old[index]), let partner = waiting[text]?.popLast() else { return false }
        partners[index] = partner
        return true
      }
      let taken = Set(partners.values)
      freeNew.removeAll(where: taken.contains)
    }
    return partners
  }
}

/// A thing that can be compared with its partner in another map.
private protocol Comparand {
  /// The ways in which it is different.
  func kinds(to other: Self) -> [MapDifference.Kind]
}

/// A pool with the path of its node.
private struct PoolRow: Comparand {
  let pool: MemoryPool
  let path: String?

  func kinds(to other: PoolRow) -> [MapDifference.Kind] {
    kindsOfChange(
      name: pool.name == other.pool.name, base: pool.base == other.pool.base,
      size: pool.size == other.pool.size,
      rest: pool.type == other.pool.type && pool.isActive == other.pool.isActive)
  }

  var pathKey: String? { path ?? "default" }
  var stemKey: String? { stem(pool.name) }
  var placeKey: String? { "\(pool.base.value) \(pool.size.bytes) \(pool.type)" }
}

extension MemoryMap {
  fileprivate var poolRows: [PoolRow] {
    var paths: [Int: String] = [:]
    for row in regions { if let node = row.node { paths[node] = row.path } }
    return pools.map { pool in PoolRow(pool: pool, path: pool.node.flatMap { paths[$0] }) }
  }
}

extension ReservedRegion: Comparand {
  fileprivate func kinds(to other: ReservedRegion) -> [MapDifference.Kind] {
    kindsOfChange(
      name: name == other.name, base: base == other.base, size: size == other.size,
      rest: state == other.state && type == other.type && origin == other.origin && noMap == other.noMap
        && reusable == other.reusable && final == other.final && givenBack == other.givenBack
        && problems == other.problems)
  }

  fileprivate var pathKey: String? {
    switch origin {
    case .commandLine, .builtIn: "default"
    case .memoryReservation: "memreserve \(base?.value ?? 0)"
    case .fixed, .dynamic: "\(path ?? "") \(pair)"
    }
  }
  fileprivate var stemKey: String? { "\(stem(name)) \(pair)" }
  fileprivate var placeKey: String? { base.map { "\($0.value) \(size?.bytes ?? 0) \(type)" } }
}

extension HeapInstance: Comparand {
  fileprivate func kinds(to other: HeapInstance) -> [MapDifference.Kind] {
    kindsOfChange(
      name: name == other.name, base: base == other.base, size: size == other.size,
      rest: type == other.type && variant == other.variant && chunkOrder == other.chunkOrder
        && chunkSize == other.chunkSize && isUncached == other.isUncached && isSecure == other.isSecure
        && flags == other.flags && stem(region) == stem(other.region))
  }

  fileprivate var nameKey: String? { name }
  fileprivate var placeKey: String? { "\(base.value) \(size.bytes) \(type) \(isUncached)" }
  fileprivate var regionKey: String? { "\(stem(region)) \(type) \(isUncached)" }
}

/// A name without its unit address.
private func stem(_ name: String) -> String { String(name.prefix { $0 != "@" }) }

/// The kinds of change, given what is equal.
private func kindsOfChange(name: Bool, base: Bool, size: Bool, rest: Bool) -> [MapDifference.Kind] {
  let kinds: [(Bool, MapDifference.Kind)] = [
    (name, .renamed), (base, .moved), (size, .resized), (rest, .state),
  ]
  return kinds.filter { !$0.0 }.map(\.1)
}
