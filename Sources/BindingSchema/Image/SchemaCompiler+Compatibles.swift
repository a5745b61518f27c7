/// Which binding a node's compatible strings pick.
extension SchemaCompiler {
  /// Compatible strings that say little: they pick a binding only where it has no other one.
  private static let generic: Set<String> = ["syscon", "simple-mfd", "simple-bus"]

  mutating func addCompatibles(of documents: [SchemaDocument]) {
    var owners: [UInt32: UInt32] = [:]
    var documented: Set<String> = []
    var always: [UInt32] = []
    var triggers: [[UInt32]] = []
    for (index, document) in documents.enumerated() {
      Self.collectDocumented(document.root, into: &documented)
      guard let select = document.root["select"] else {
        addOwners(of: document, index: UInt32(index), into: &owners)
        continue
      }
      if select.bool == false { continue }
      if let trigger = SelectTrigger(select) {
        for text in trigger.strings {
          triggers.append([trigger.name, writer.string(text), UInt32(index)])
        }
      } else {
        always.append(UInt32(index))
      }
    }
    header[.compatibles] = writer.end
    header[.compatibleCount] = UInt32(owners.count)
    for (string, owner) in owners.sorted(by: { $0.key < $1.key }) {
      writer.append(contentsOf: [string, owner])
    }
    header[.selects] = writer.end
    header[.selectCount] = UInt32(always.count)
    writer.append(contentsOf: always)
    header[.triggers] = writer.end
    header[.triggerCount] = UInt32(triggers.count)
    triggers.sort { $0.lexicographicallyPrecedes($1) }
    writer.append(contentsOf: triggers.joined())
    let ids = documented.sorted().map { writer.string($0) }
    header[.documented] = writer.end
    header[.documentedCount] = UInt32(ids.count)
    writer.append(contentsOf: ids)
  }

  private mutating func addOwners(
    of document: SchemaDocument, index: UInt32, into owners: inout [UInt32: UInt32]
  ) {
    guard let compatible = document.root["properties"]?["compatible"] else { return }
    var strings: Set<String> = []
    Self.collectStrings(compatible, into: &strings)
    if strings.count > 1 { strings.subtract(Self.generic) }
    for text in strings.sorted() { owners[writer.string(text)] = index }
  }

  /// The strings under any `const`, `enum` or `pattern`; an expression is taken as it is written.
  private static func collectStrings(_ value: SchemaValue, into strings: inout Set<String>) {
    switch value.content {
    case .map(let map):
      for member in map.members {
        switch member.key {
        case "const", "pattern": if let text = member.value.string { strings.insert(text) }
        case "enum": strings.formUnion((member.value.list ?? []).compactMap(\.string))
        default: collectStrings(member.value, into: &strings)
        }
      }
    case .list(let list): for item in list { collectStrings(item, into: &strings) }
    default: break
    }
  }

  /// The compatible strings that a binding writes out anywhere.
  private static func collectDocumented(_ value: SchemaValue, into strings: inout Set<String>) {
    switch value.content {
    case .map(let map):
      for member in map.members {
        guard member.key == "compatible" else {
          collectDocumented(member.value, into: &strings)
          continue
        }
        var found: Set<String> = []
        collectStrings(member.value, into: &found)
        strings.formUnion(found.filter { text in !text.contains { "^[({$*\\".contains($0) } })
      }
    case .list(let list): for item in list { collectDocumented(item, into: &strings) }
    default: break
    }
  }
}

/// What a `select` needs at least: one of some strings in `compatible` or as the node's name.
///
/// Most of the 172 selects of Linux 6.1 ask for compatible strings, so that a node has to be held against few of them.
struct SelectTrigger {
  /// The number of the property looked at among the well-known strings.
  let name: UInt32
  /// The strings, one of which must be there.
  let strings: [String]

  /// The trigger of a `select`; nil where it can hold for other nodes too.
  init?(_ select: SchemaValue) {
    let required = (select["required"]?.list ?? []).compactMap(\.string)
    for (index, property) in ["$nodename", "compatible"].enumerated() where required.contains(property) {
      guard let schema = select["properties"]?[property] else { continue }
      let element = schema["contains"] ?? schema["items"]?.list?.first
      if let strings = element.flatMap(Self.strings) {
        (name, self.strings) = (UInt32(index), strings)
        return
      }
    }
    return nil
  }

  private static func strings(_ schema: SchemaValue) -> [String]? {
    if let text = schema["const"]?.string { return [text] }
    guard let list = schema["enum"]?.list else { return nil }
    let strings = list.compactMap(\.string)
    return strings.count == list.count ? strings : nil
  }
}
