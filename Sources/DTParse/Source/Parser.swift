import Diagnostics

/// What a source says beside its nodes.
struct SourceHeader: Sendable {
  var isPlugin = false
  var reservations: [MemoryReservation] = []
  /// The number of `fragment@N` nodes made so far.
  var fragmentCount = 0
}

/// Reads devicetree source into a ``TreeStorage``: statements are carried out one by one, as dtc does, so that each
/// reference to a node means the tree so far.
struct Parser: ~Copyable {
  var lexer: Lexer
  var tree: TreeStorage
  var header = SourceHeader()
  var token: Token
  /// End of the last token that was taken, for findings about what is missing after it.
  var previousEnd: SourceSpan
  var root: Int32 = noIndex
  var names: WellKnownNames

  init(lexer: consuming Lexer) {
    self.lexer = lexer
    self.tree = TreeStorage()
    self.names = WellKnownNames(&tree.names)
    self.token = self.lexer.next()
    self.previousEnd = SourceSpan(file: token.file, start: token.start, end: token.start)
  }

  @inline(__always)
  mutating func advance() {
    previousEnd = token.span
    token = lexer.next()
  }

  mutating func report(_ rule: Rule, _ message: String, at span: SourceSpan? = nil, help: String? = nil) {
    lexer.findings.report(rule, message, at: span ?? token.span, help: help)
  }

  // MARK: The whole source

  /// Reads everything.
  mutating func parse() {
    parseHeaders()
    while isMemoryReservation { parseMemoryReservation() }
    while token.kind != .endOfFile { parseTopLevelStatement() }
    if root == noIndex {
      if lexer.findings.errorCount == 0 {
        report(.syntaxError, "the source has no tree", help: "write `/ { … };`")
      }
      makeRoot(at: token.span)
    }
  }

  private mutating func parseHeaders() {
    skipByteOrderMark()
    guard token.kind == .versionTag else {
      report(
        .missingVersionTag, "expected `/dts-v1/;` before anything else, found \(tokenDescription)",
        help: "write `/dts-v1/;` in the first line")
      if token.kind == .plugin { parsePluginTag() }
      lexer.rewind(to: token, mode: .name)
      token = lexer.next()
      return
    }
    var isFirst = true
    while token.kind == .versionTag {
      let place = token.span
      advance()
      expectSemicolon("after `/dts-v1/`")
      let isPlugin = token.kind == .plugin
      if isPlugin { parsePluginTag() }
      if !isFirst, isPlugin != header.isPlugin {
        report(.syntaxError, "this header and an earlier one differ about `/plugin/`", at: place)
      }
      header.isPlugin = isFirst ? isPlugin : header.isPlugin
      isFirst = false
    }
  }

  /// dtc refuses a byte order mark; one mistake is one finding, so it is passed over after it is reported.
  private mutating func skipByteOrderMark() {
    guard token.isPunctuation(0xef), token.start == 0, lexer.skip([0xbb, 0xbf]) else { return }
    report(
      .syntaxError, "the file begins with a UTF-8 byte order mark",
      help: "save it without one; dtc refuses it")
    token = lexer.next()
  }

  private mutating func parsePluginTag() {
    header.isPlugin = true
    advance()
    expectSemicolon("after `/plugin/`")
  }

  /// Whether a reservation begins here; labels may stand before it.
  private var isMemoryReservation: Bool { token.kind == .memreserve || token.kind == .label }

  private mutating func parseMemoryReservation() {
    while token.kind == .label { advance() }
    guard token.kind == .memreserve else {
      if token.kind == .reference || token.kind == .pathReference {
        report(.syntaxError, "a labelled reference cannot be the first statement of a tree")
      } else {
        report(.syntaxError, "a label cannot stand before \(tokenDescription) at top level")
      }
      return skipStatement()
    }
    let start = token.span
    advance()
    guard let address = parseIntegerPrimary("an address"), let size = parseIntegerPrimary("a size") else {
      return skipStatement()
    }
    header.reservations.append(
      MemoryReservation(address: address, size: size, span: start.extended(to: previousEnd)))
    expectSemicolon("after `/memreserve/`")
  }

  // MARK: Statements at top level

  private mutating func parseTopLevelStatement() {
    switch token.kind {
    case .punctuation where token.value == UInt64(UInt8(ascii: "/")): parseRootStatement()
    case .label: parseLabelledReference()
    case .reference, .pathReference: parseReferenceStatement(label: nil)
    case .deleteNode: parseDeleteReference()
    case .omitIfNoReference: parseOmitReference()
    case .memreserve:
      report(.syntaxError, "`/memreserve/` must come before the tree")
      skipStatement()
    default:
      report(.syntaxError, "expected `/ {`, `&reference {` or a directive, found \(tokenDescription)")
      skipStatement()
      while token.isPunctuation(UInt8(ascii: "}")) || token.isPunctuation(UInt8(ascii: ";")) { advance() }
    }
  }

  private mutating func parseRootStatement() {
    let place = token.span
    advance()
    let node = tree.addNode(name: .empty, origin: tree.addOrigin(name: place, body: place))
    guard parseBody(of: node, level: 1) else { return }
    if root == noIndex { root = node } else { tree.merge(node, into: root) }
  }

  private mutating func makeRoot(at place: SourceSpan) {
    guard root == noIndex else { return }
    root = tree.addNode(name: .empty, origin: tree.addOrigin(name: place, body: place))
  }

  private mutating func parseLabelledReference() {
    let label = token
    let id = tree.names.intern(token.text)
    advance()
    guard token.kind == .reference || token.kind == .pathReference else {
      report(
        .syntaxError,
        token.kind == .label
          ? "only one label can stand before a reference at top level"
          : "a label cannot stand before \(tokenDescription) at top level", at: label.span)
      if token.kind == .label { while token.kind == .label { advance() } }
      return
    }
    if root == noIndex {
      report(.syntaxError, "a labelled reference cannot be the first statement of a tree")
    }
    parseReferenceStatement(label: (id, label.span))
  }

  private mutating func parseReferenceStatement(label: (name: NameID, span: SourceSpan)?) {
    let reference = token
    let text = tree.names.intern(token.text)
    advance()
    makeRoot(at: reference.span)
    let isAlwaysFragment = header.isPlugin && label == nil && reference.kind == .pathReference
    let target = isAlwaysFragment ? noIndex : tree.node(referencedBy: text, root: root)
    let makesFragment = target == noIndex && header.isPlugin && label == nil
    let node = tree.addNode(
      name: makesFragment ? names.overlay : .empty,
      origin: tree.addOrigin(name: reference.span, body: reference.span))
    let level = makesFragment ? 3 : target == noIndex ? 1 : self.level(of: target)
    guard parseBody(of: node, level: level) else { return }
    if target != noIndex {
      if let label { tree.addLabel(label.name, toNode: target, span: label.span) }
      tree.merge(node, into: target)
    } else if makesFragment {
      addFragment(node, target: text, reference: reference)
    } else {
      reportUndefined(reference)
    }
  }

  private func level(of node: Int32) -> Int {
    var level = 0
    var cursor = node
    while cursor != noIndex {
      level += 1
      cursor = tree.nodes[Int(cursor)].parent
    }
    return level
  }

  /// Makes `/fragment@N { target…; __overlay__ { … }; };` of a body whose target is outside this plugin
  /// (dtc, livetree.c `add_orphan_node`).
  private mutating func addFragment(_ overlay: Int32, target: NameID, reference: Token) {
    let fragment = tree.addNode(
      name: tree.names.intern("fragment@\(header.fragmentCount)"),
      origin: tree.addOrigin(name: reference.span, body: reference.span))
    header.fragmentCount += 1
    let start = tree.values.count
    let firstMarker = tree.markers.count
    let isPath = tree.names.bytes(target).first == UInt8(ascii: "/")
    if isPath {
      for byte in tree.names.bytes(target) { tree.values.append(byte) }
      tree.values.append(0)
    } else {
      tree.values.append(0xffff_ffff, width: 4)
    }
    tree.markers.append(
      Marker(
        kind: isPath ? .string : .phandleReference, offset: 0, text: isPath ? .empty : target,
        span: reference.span))
    let property = tree.addProperty(
      PropertyRecord(
        name: isPath ? names.targetPath : names.target, valueStart: UInt32(start),
        valueLength: UInt32(tree.values.count - start), firstMarker: UInt32(firstMarker), markerCount: 1,
        origin: tree.addOrigin(name: reference.span, body: reference.span)))
    tree.appendProperty(property, to: fragment)
    tree.appendChild(overlay, to: fragment)
    tree.appendChild(fragment, to: root)
  }

  private mutating func reportUndefined(_ reference: Token) {
    if lexer.findings.isFull(counting: .unresolvedReference) { return }
    report(
      .unresolvedReference, "`\(sourceText(reference))` is not defined before this statement",
      at: reference.span,
      help: reference.kind == .reference ? tree.suggestion(forLabel: reference.string) : nil)
  }

  private mutating func parseTargetOfDirective(_ directive: String) -> Int32? {
    let place = token.span
    advance()
    guard token.kind == .reference || token.kind == .pathReference else {
      report(.syntaxError, "expected a reference after `\(directive)`, found \(tokenDescription)")
      skipStatement()
      return nil
    }
    let reference = token
    let text = tree.names.intern(token.text)
    advance()
    expectSemicolon("after `\(directive)`")
    guard root != noIndex else {
      report(.syntaxError, "`\(directive)` cannot be the first statement of a tree", at: place)
      return nil
    }
    let target = tree.node(referencedBy: text, root: root)
    if target == noIndex { reportUndefined(reference) }
    return target == noIndex ? nil : target
  }

  private mutating func parseDeleteReference() {
    let place = token.span
    guard let target = parseTargetOfDirective("/delete-node/") else { return }
    if target == root {
      report(.deletedRoot, "the root node cannot be deleted", at: place.extended(to: previousEnd))
    } else {
      tree.deleteNode(target)
    }
  }

  private mutating func parseOmitReference() {
    guard let target = parseTargetOfDirective("/omit-if-no-ref/") else { return }
    tree.nodes[Int(target)].flags.insert(.omitIfUnreferenced)
  }
}
