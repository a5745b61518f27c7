import Diagnostics

/// What is wrong with a value.
extension FindingWriter {
  func valueWords(_ fault: BindingFault) -> (message: String, help: String?) {
    let error = fault.error
    switch error.opcode {
    case .minItems, .maxItems, .additionalItems, .itemList, .eachItem, .never: return count(error)
    case .type, .typeSize: return type(fault)
    case .const, .enumeration, .enumeratedStrings: return choice(fault)
    case .pattern:
      let at = error.keyword &+ UInt32(ImageLayout.keywordHeaderWords)
      let pattern = evaluator.view.string(evaluator.view[at &+ 2])
      return ("\(thing(error)) is \(value(error.instance)), which does not match `\(pattern)`", nil)
    case .uniqueItems:
      let index = evaluator.repeatedElement(of: error.instance) ?? 0
      let element = board.element(index, of: error.instance)
      return ("\(thing(error)) holds \(value(element)) twice", "remove one of them")
    case .contains: return contained(error)
    default: return number(error)
    }
  }

  /// A value as a source would write it, cut where it gets long.
  func value(_ x: Instance) -> String {
    switch x.kind {
    case .node: return "a node"
    case .flag: return "without a value"
    case .opaque: return "very long"
    case .integer: return number(board.integer(x))
    case .string: return text(board.text(x))
    case .strings:
      return shortened(x.count) { value(board.element($0, of: x)) }.joined(separator: ", ")
    case .integers:
      return "<" + shortened(x.count) { value(board.element($0, of: x)) }.joined(separator: " ") + ">"
    case .matrix:
      return shortened(x.count) { value(board.element($0, of: x)) }.joined(separator: ", ")
    case .bytes:
      let bytes = board.span(x.start, x.count)
      return "[" + shortened(x.count) { hex(bytes[Int($0)]) }.joined(separator: " ") + "]"
    }
  }

  /// A string in quotes, cut between two scalars.
  private func text(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    guard bytes.count > Self.textBytesMax else { return "\"" + String(decoding: bytes, as: UTF8.self) + "\"" }
    var end = Self.textBytesMax
    while end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
    return "\"" + String(decoding: bytes[..<end], as: UTF8.self) + "…\""
  }

  /// The most bytes of a string that are shown.
  private static let textBytesMax = 80

  private func hex(_ byte: UInt8) -> String {
    byte < 16 ? "0" + String(byte, radix: 16) : String(byte, radix: 16)
  }

  /// A small number in decimal, others in hexadecimal.
  private func number(_ value: Int128) -> String {
    (-1000...1000).contains(value) ? "\(value)" : Text.hex(value)
  }

  private func shortened(_ count: Int32, _ text: (Int32) -> String) -> [String] {
    let shown = (0..<min(count, 8)).map { text($0) }
    return count > 8 ? shown + ["…"] : shown
  }

  // MARK: Counts

  private func count(_ error: SchemaError) -> (String, String?) {
    let list = error.instance
    let unit = list.kind == .matrix ? "entry" : list.kind == .strings ? "string" : "value"
    let isRow = error.place.element.count == 1 && list.kind == .integers
    let noun = isRow ? "cell" : unit
    let plural = noun == "entry" ? "entries" : noun + "s"
    let (least, most) = bounds(error)
    let allowed: String
    switch (least, most) {
    case (let least?, let most?) where least == most:
      allowed = "exactly \(least) \(least == 1 ? "is" : "are") wanted"
    case (let least?, let most?): allowed = "\(least) to \(most) are allowed"
    case (let least?, nil): allowed = "at least \(least) \(least == 1 ? "is" : "are") wanted"
    case (nil, let most?): allowed = "at most \(most) \(most == 1 ? "is" : "are") allowed"
    case (nil, nil): allowed = "fewer are allowed"
    }
    let amount = Text.count(list.count, noun, plural: plural)
    let help = most.flatMap { most in Int(list.count) > most ? "remove what is too much" : nil }
    return ("\(thing(error)) has \(amount); \(allowed)", help ?? shortHelp(error, least, plural))
  }

  private func shortHelp(_ error: SchemaError, _ least: Int?, _ plural: String) -> String? {
    guard let least, Int(error.instance.count) < least else { return nil }
    return "add the missing \(plural)"
  }

  /// How many elements the schema of an error allows.
  private func bounds(_ error: SchemaError) -> (least: Int?, most: Int?) {
    var least: Int?
    var most: Int?
    evaluator.forEachKeyword(of: error.schema) { opcode, at in
      switch opcode {
      case .minItems: least = Int(evaluator.view[at])
      case .maxItems: most = Int(evaluator.view[at])
      case .additionalItems: if error.opcode == .additionalItems { most = Int(evaluator.view[at &+ 1]) }
      default: break
      }
    }
    if let low = least, let high = most, low > high {
      return error.opcode == .minItems ? (low, nil) : (nil, high)
    }
    return (least, most)
  }

  private func contained(_ error: SchemaError) -> (String, String?) {
    let at = error.keyword &+ UInt32(ImageLayout.keywordHeaderWords)
    let wanted = constants(of: evaluator.view[at], error, depth: 0)
    if error.matches > 0 { return ("\(thing(error)) has too many of the entries that are counted", nil) }
    if wanted.isEmpty { return ("\(thing(error)) lacks an entry that the binding wants in it", nil) }
    let list = Text.list(Array(wanted.prefix(8)), conjunction: "or")
    return ("\(thing(error)) is \(value(error.instance)), without \(list)", "add \(list)")
  }

  /// The constants that a schema names, in its branches too.
  private func constants(of schema: UInt32, _ error: SchemaError, depth: Int) -> [String] {
    if depth > 8 { return [] }
    var found: [String] = []
    evaluator.forEachKeyword(of: schema) { opcode, place in
      switch opcode {
      case .const, .enumeratedStrings, .enumeration:
        var inner = error
        inner.opcode = opcode
        inner.keyword = place &- UInt32(ImageLayout.keywordHeaderWords)
        found += finder.allowed(inner)
      case .anyOf, .oneOf, .allOf:
        for branch in 0..<min(evaluator.view[place], 64) {
          found += constants(of: evaluator.view[place &+ 1 &+ branch], error, depth: depth + 1)
        }
      case .reference: found += constants(of: evaluator.view[place], error, depth: depth + 1)
      default: break
      }
    }
    return found
  }

  // MARK: Types and values

  private func type(_ fault: BindingFault) -> (String, String?) {
    let error = fault.error
    if error.opcode == .typeSize {
      let at = error.keyword &+ UInt32(ImageLayout.keywordHeaderWords)
      let width = error.instance.kind == .integer ? Int(error.instance.width) * 8 : 32
      return ("\(thing(error)) has \(width) bits; \(evaluator.view[at]) are wanted", nil)
    }
    let list = either(fault.choices.isEmpty ? finder.allowed(error) : fault.choices)
    if error.instance.kind == .node, error.place.member == nil {
      return ("a node bears a name that belongs to a property; \(list) is wanted", "rename the node")
    }
    return ("\(thing(error)) is \(value(error.instance))\(misfit(error)); \(list) is wanted", advice(error))
  }

  /// Words joined with "or".
  private func either(_ words: [String]) -> String {
    guard let last = words.last else { return "another type" }
    return words.count == 1 ? last : words.dropLast().joined(separator: ", ") + " or " + last
  }

  /// Why a value of a known type could not be read as that type.
  private func misfit(_ error: SchemaError) -> String {
    guard error.instance.kind == .bytes, let member = error.place.member else { return "" }
    let isAlias = board.nodes[Int(error.place.node)].isAliases
    let types = isAlias ? ["string"] : board.index.facts(member).types.names.map(\.rawValue)
    if types.isEmpty { return "" }
    return ", whose \(Text.count(error.instance.count, "byte")) are no \(either(types))"
  }

  /// How to write a value of the type that is wanted.
  private func advice(_ error: SchemaError) -> String? {
    guard let member = error.place.member else { return nil }
    let name = board.index.string(member)
    let wanted = JSONTypes(rawValue: evaluator.view[error.keyword &+ UInt32(ImageLayout.keywordHeaderWords)])
    if wanted == .boolean { return "write `\(name);` without a value, or remove it" }
    if error.instance.kind == .flag { return "give `\(name)` a value" }
    return nil
  }

  private func choice(_ fault: BindingFault) -> (String, String?) {
    let error = fault.error
    let all = choices(fault)
    var help: String?
    if error.instance.kind == .string {
      let text = String(decoding: board.text(error.instance), as: UTF8.self)
      help = Text.closestMatch(to: text, in: all).map { "did you mean \"\($0)\"?" }
    }
    return ("\(thing(error)) is \(value(error.instance)); \(listed(all)) is wanted", help)
  }

  private func number(_ error: SchemaError) -> (String, String?) {
    let at = error.keyword &+ UInt32(ImageLayout.keywordHeaderWords)
    let bound = evaluator.integer(at: at).map { number($0) } ?? "\(evaluator.double(at: at))"
    let shown = "\(thing(error)) is \(value(error.instance))"
    switch error.opcode {
    case .minimum: return ("\(shown); \(bound) is the least", nil)
    case .maximum: return ("\(shown); \(bound) is the most", nil)
    case .exclusiveMinimum: return ("\(shown); more than \(bound) is wanted", nil)
    case .exclusiveMaximum: return ("\(shown); less than \(bound) is wanted", nil)
    case .multipleOf: return ("\(shown); a multiple of \(bound) is wanted", nil)
    default: return ("\(thing(error)) is \(value(error.instance)), which the binding does not allow", nil)
    }
  }
}
