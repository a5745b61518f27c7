import Diagnostics

/// Bodies: properties first, then nodes.
extension Parser {
  /// Reads `{ … };` into a node that is new; false if there is no body here.
  mutating func parseBody(of node: Int32, level: Int) -> Bool {
    guard token.isPunctuation(UInt8(ascii: "{")) else {
      report(.syntaxError, "expected `{`, found \(tokenDescription)")
      skipStatement()
      return false
    }
    let open = token.span
    guard level <= lexer.files.limits.nestingMax else {
      report(
        .limitExceeded, "nodes are nested more than \(lexer.files.limits.nestingMax) deep", at: open,
        help: "the kernel reads at most 64 levels")
      skipBalancedBody()
      return true
    }
    advance()
    var hasSubnodes = false
    while !token.isPunctuation(UInt8(ascii: "}")) {
      if token.kind == .endOfFile {
        lexer.findings.report(
          .syntaxError, "expected `}` before the end of the file", at: token.span,
          related: [RelatedPlace("to close this", at: open)])
        return true
      }
      parseStatement(of: node, level: level, &hasSubnodes)
    }
    let origin = Int(tree.nodes[Int(node)].origin)
    tree.origins[origin].body = open.extended(to: token.span)
    advance()
    expectSemicolon("after `}`")
    return true
  }

  /// What stands before a name in a body.
  private struct Prefixes {
    var labels: [(name: NameID, span: SourceSpan)] = []
    var omits = false
    var start: SourceSpan
  }

  private mutating func parseStatement(of node: Int32, level: Int, _ hasSubnodes: inout Bool) {
    var prefixes = Prefixes(start: token.span)
    while true {
      if token.kind == .label {
        prefixes.labels.append((tree.names.intern(token.text), token.span))
      } else if token.kind == .omitIfNoReference {
        prefixes.omits = true
      } else {
        break
      }
      advance()
    }
    switch token.kind {
    case .name: parseNamed(of: node, level: level, prefixes, &hasSubnodes)
    case .deleteProperty:
      if prefixes.omits { report(.syntaxError, "`/omit-if-no-ref/` goes with a node, not with a property") }
      if hasSubnodes { reportMisplacedProperty() }
      parseDeleteProperty(of: node)
    case .deleteNode:
      hasSubnodes = true
      parseDeleteNode(of: node)
    default:
      report(.syntaxError, "expected a property, a node or `}`, found \(tokenDescription)")
      skipStatement()
    }
  }

  private mutating func parseNamed(
    of node: Int32, level: Int, _ prefixes: Prefixes, _ hasSubnodes: inout Bool
  ) {
    let name = token
    let id = tree.names.intern(name.text)
    advance()
    if token.isPunctuation(UInt8(ascii: "{")) {
      hasSubnodes = true
      let child = tree.addNode(
        name: id, origin: tree.addOrigin(name: name.span, body: name.span),
        flags: prefixes.omits ? .omitIfUnreferenced : [])
      for label in prefixes.labels.reversed() { tree.addLabel(label.name, toNode: child, span: label.span) }
      tree.appendChild(child, to: node)
      _ = parseBody(of: child, level: level + 1)
      return
    }
    if prefixes.omits {
      report(.syntaxError, "`/omit-if-no-ref/` goes with a node, not with a property", at: prefixes.start)
    }
    if hasSubnodes { reportMisplacedProperty(at: name.span) }
    parseProperty(id, name: name, labels: prefixes.labels, of: node)
  }

  private mutating func reportMisplacedProperty(at span: SourceSpan? = nil) {
    report(
      .misplacedProperty, "a property stands after a subnode; properties come first in a node", at: span,
      help: "move it above the first subnode")
  }

  private mutating func parseProperty(
    _ id: NameID, name: Token, labels: [(name: NameID, span: SourceSpan)], of node: Int32
  ) {
    var record = PropertyRecord(
      name: id, valueStart: UInt32(truncatingIfNeeded: tree.values.count),
      firstMarker: UInt32(truncatingIfNeeded: tree.markers.count), origin: noIndex)
    var body = SourceSpan(file: name.file, start: name.end, end: name.end)
    if token.isPunctuation(UInt8(ascii: "=")) {
      advance()
      let start = token.span
      let isGood = parseValues(startingAt: Int(record.valueStart))
      body = start.extended(to: previousEnd)
      if isGood { expectSemicolon("after the value of `\(name.string)`") } else { skipStatement() }
    } else if token.isPunctuation(UInt8(ascii: ";")) {
      advance()
    } else {
      reportAfterName(name)
    }
    record.valueLength = UInt32(truncatingIfNeeded: tree.values.count) - record.valueStart
    record.markerCount = UInt32(truncatingIfNeeded: tree.markers.count) - record.firstMarker
    record.origin = tree.addOrigin(name: name.span, body: body)
    let property = tree.addProperty(record)
    for label in labels.reversed() { tree.addLabel(label.name, toProperty: property, span: label.span) }
    tree.appendProperty(property, to: node)
  }

  /// Something else than `=`, `;` or `{` stands after a name.
  private mutating func reportAfterName(_ name: Token) {
    let text = name.string
    if name.text.first == UInt8(ascii: "#"), text != "#", isDirectiveName(text) {
      report(
        .syntaxError, "`\(text)` is a directive of the C preprocessor, which has not been run on this text",
        at: name.span,
        help: "directives stand at the beginning of a line")
      return skipStatement()
    }
    expectSemicolon("or `=` or `{` after `\(text)`")
  }

  private func isDirectiveName(_ text: String) -> Bool {
    [
      "#include", "#define", "#undef", "#if", "#ifdef", "#ifndef", "#else", "#elif", "#endif", "#pragma",
      "#error", "#line",
    ]
    .contains(text)
  }

  private mutating func parseDeleteProperty(of node: Int32) {
    advance()
    guard token.kind == .name else {
      report(.syntaxError, "expected a property's name after `/delete-property/`, found \(tokenDescription)")
      return skipStatement()
    }
    let property = tree.addProperty(
      PropertyRecord(
        name: tree.names.intern(token.text), origin: tree.addOrigin(name: token.span, body: token.span),
        isDeleted: true, isDeleteMarker: true))
    tree.appendProperty(property, to: node)
    advance()
    expectSemicolon("after `/delete-property/`")
  }

  private mutating func parseDeleteNode(of node: Int32) {
    advance()
    guard token.kind == .name else {
      report(.syntaxError, "expected a node's name after `/delete-node/`, found \(tokenDescription)")
      return skipStatement()
    }
    let child = tree.addNode(
      name: tree.names.intern(token.text), origin: tree.addOrigin(name: token.span, body: token.span),
      flags: [.deleted, .deleteMarker])
    tree.appendChild(child, to: node)
    advance()
    expectSemicolon("after `/delete-node/`")
  }
}
