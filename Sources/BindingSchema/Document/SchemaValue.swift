import Diagnostics

/// A value of a binding: what YAML holds, with the place where it stands.
///
/// A value type, so that a fixup that copies a part of a binding cannot change the original by accident.
public struct SchemaValue: Sendable {
  /// What the value is, in the terms of YAML 1.2's core schema, which json-schema takes over.
  public enum Content: Sendable {
    case null
    case bool(Bool)
    case integer(Int128)
    case number(Double)
    case string(String)
    case list([SchemaValue])
    case map(SchemaMap)
  }

  /// Where a value begins in its file.
  public struct Mark: Hashable, Sendable {
    /// The line, from 1; 0 for what stands in no file.
    public var line: UInt32
    /// The column in Unicode scalars, from 1.
    public var column: UInt32

    /// A place.
    public init(line: UInt32, column: UInt32) {
      self.line = line
      self.column = column
    }

    /// What stands in no file.
    public static let none = Mark(line: 0, column: 0)
  }

  /// The value.
  public var content: Content
  /// Where it begins. What a fixup makes bears the mark of what it is made from.
  public var mark: Mark

  /// A value at a place.
  public init(_ content: Content, at mark: Mark = .none) {
    self.content = content
    self.mark = mark
  }

  /// The members, if it is a map.
  public var map: SchemaMap? {
    if case .map(let map) = content { map } else { nil }
  }

  /// The elements, if it is a list.
  public var list: [SchemaValue]? {
    if case .list(let list) = content { list } else { nil }
  }

  /// The text, if it is a string.
  public var string: String? {
    if case .string(let string) = content { string } else { nil }
  }

  /// The number, if it is an integer.
  public var integer: Int128? {
    if case .integer(let integer) = content { integer } else { nil }
  }

  /// The truth value, if it is a boolean.
  public var bool: Bool? {
    if case .bool(let bool) = content { bool } else { nil }
  }

  /// A member of a map; nil where there is none, or where the value is no map.
  /// - Complexity: O(*n*) in the number of members.
  public subscript(key: String) -> SchemaValue? { map?[key] }
}

/// The members of a map in the order of the file.
public struct SchemaMap: Sendable {
  /// A key and its value.
  public struct Member: Sendable {
    /// The key.
    public var key: String
    /// Where the key begins.
    public var keyMark: SchemaValue.Mark
    /// The value.
    public var value: SchemaValue

    /// A member.
    public init(_ key: String, _ value: SchemaValue, at keyMark: SchemaValue.Mark) {
      self.key = key
      self.value = value
      self.keyMark = keyMark
    }
  }

  /// The members; no key occurs twice.
  public private(set) var members: [Member] = []

  /// An empty map.
  public init() {}

  /// A map of members whose keys differ.
  public init(_ members: [Member]) { self.members = members }

  /// Whether there is no member.
  public var isEmpty: Bool { members.isEmpty }

  /// Whether there is a member of that name.
  /// - Complexity: O(*n*).
  public func has(_ key: String) -> Bool { members.contains { $0.key == key } }

  /// The member of a name.
  /// - Complexity: O(*n*).
  public func member(_ key: String) -> Member? { members.first { $0.key == key } }

  /// The value of a member. Setting a new one appends it with the value's own mark; setting nil removes the member.
  /// - Complexity: O(*n*).
  public subscript(key: String) -> SchemaValue? {
    get { members.first { $0.key == key }?.value }
    set {
      let index = members.firstIndex { $0.key == key }
      switch (index, newValue) {
      case (let index?, let value?): members[index].value = value
      case (let index?, nil): members.remove(at: index)
      case (nil, let value?): members.append(Member(key, value, at: value.mark))
      case (nil, nil): break
      }
    }
  }

  /// Where a member stands in ``members``.
  func index(of key: String) -> Int? { members.firstIndex { $0.key == key } }

  /// Changes the value of a member in place.
  mutating func editValue<R>(at index: Int, _ body: (inout SchemaValue) -> R) -> R {
    body(&members[index].value)
  }

  /// Adds a member whose key is not there yet.
  mutating func append(_ member: Member) { members.append(member) }

  /// Removes a member.
  mutating func removeMember(at index: Int) -> Member { members.remove(at: index) }

  /// Changes every value in place.
  public mutating func updateValues(_ body: (_ key: String, inout SchemaValue) -> Void) {
    for index in members.indices { body(members[index].key, &members[index].value) }
  }
}
