/// Changes in place: the storage of a list or a map is taken out of the value while it is changed, so that it is never
/// copied for being held twice.
extension SchemaValue {
  /// Changes the members of a map; nil where the value is no map.
  @discardableResult
  mutating func editMap<R>(_ body: (inout SchemaMap) -> R) -> R? {
    guard case .map(var map) = content else { return nil }
    content = .null
    defer { content = .map(map) }
    return body(&map)
  }

  /// Changes every element of a list; does nothing where the value is no list.
  mutating func editElements(_ body: (inout SchemaValue) -> Void) {
    guard case .list(var list) = content else { return }
    content = .null
    for index in list.indices { body(&list[index]) }
    content = .list(list)
  }

  /// Adds an element to a list; does nothing where the value is no list.
  mutating func append(_ element: SchemaValue) {
    guard case .list(var list) = content else { return }
    content = .null
    list.append(element)
    content = .list(list)
  }
}

extension SchemaMap {
  /// Changes the value of a member in place; nil where there is no such member.
  /// - Complexity: O(*n*) in the number of members.
  @discardableResult
  mutating func edit<R>(_ key: String, _ body: (inout SchemaValue) -> R) -> R? {
    guard let index = index(of: key) else { return nil }
    return editValue(at: index, body)
  }

  /// Removes a member and returns its value.
  /// - Complexity: O(*n*).
  mutating func remove(_ key: String) -> SchemaValue? {
    guard let index = index(of: key) else { return nil }
    return removeMember(at: index).value
  }

  /// Adds a member unless there is one of that name.
  /// - Complexity: O(*n*).
  mutating func setDefault(_ key: String, _ value: @autoclosure () -> SchemaValue) {
    if index(of: key) == nil { self[key] = value() }
  }

  /// Adds members; where there is one of that name, its value becomes what `combine` makes of it and the new one.
  /// - Complexity: O(*n*) in the number of members of both.
  mutating func merge(_ others: [Member], _ combine: (SchemaValue, SchemaValue) -> SchemaValue) {
    var indices: [String: Int] = [:]
    for (index, member) in members.enumerated() { indices[member.key] = index }
    for member in others {
      if let index = indices[member.key] {
        editValue(at: index) { $0 = combine($0, member.value) }
      } else {
        append(member)
      }
    }
  }
}
