/// Lowers fixed-up bindings to an image that can be validated against without being read first.
public struct SchemaCompiler {
  /// Schemas inside each other beyond which one counts as `true`.
  static let nestingMax = 128
  /// The strings that the validator needs to know by number; their numbers are their places in this list.
  static let wellKnown = ["$nodename", "compatible", "status", "disabled", "reg", "phandle"]

  var writer = ImageWriter()
  var header = [UInt32](repeating: 0, count: ImageLayout.headerBytes / 4)
  private let set: BindingSet
  private let documentIndex: [String: Int]
  private var targets: [SchemaReference: UInt32] = [:]
  private var patches: [(word: Int, reference: SchemaReference)] = []
  private var programs: [String: (start: UInt32, count: UInt32)] = [:]
  var document = 0

  private init(_ set: BindingSet) {
    self.set = set
    documentIndex = Dictionary(
      set.documents.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    for name in Self.wellKnown { _ = writer.string(name) }
  }

  /// The image of `set`, with the names of the files that were left out.
  ///
  /// The same bindings give the same bytes.
  /// - Parameters:
  ///   - set: the bindings after the fixups.
  ///   - leftOut: the paths of the files that give the set nothing, because they cannot be read or used.
  /// - Returns: the bytes that ``CompiledBindings`` reads.
  /// - Complexity: O(size of the bindings).
  public static func compile(_ set: BindingSet, leftOut: [String] = []) -> [UInt8] {
    var compiler = SchemaCompiler(set)
    compiler.lowerDocuments()
    compiler.addCompatibles(of: set.documents)
    compiler.addTypes(set.types)
    compiler.addLeftOut(leftOut)
    compiler.writer.finishStrings(&compiler.header)
    return compiler.writer.image(compiler.header)
  }

  private mutating func lowerDocuments() {
    var table: [UInt32] = []
    for (index, source) in set.documents.enumerated() {
      document = index
      let root = lower(source.root, nesting: 0)
      targets[SchemaReference("", base: source.id)] = root
      var select = ImageLayout.none
      if let value = source.root["select"] {
        select = value.bool == false ? ImageLayout.none : lower(value, nesting: 0)
      }
      table += [writer.string(source.id), writer.string(source.path), root, select]
    }
    resolveReferences()
    header[.documents] = writer.end
    header[.documentCount] = UInt32(set.documents.count)
    writer.append(contentsOf: table)
  }

  /// Lowers what is referred to and is no whole document, until nothing new is referred to.
  private mutating func resolveReferences() {
    var resolvers: [Int: PointerResolver] = [:]
    var next = 0
    while next < patches.count {
      let (word, reference) = patches[next]
      next += 1
      if let known = targets[reference] {
        writer.words[word] = known
        continue
      }
      var target = SchemaValue(.bool(false))
      if let index = documentIndex[reference.document] {
        document = index
        let root = set.documents[index].root
        target = resolvers[index, default: PointerResolver(root)].target(reference.steps) ?? target
      }
      let schema = lower(target, nesting: 0)
      targets[reference] = schema
      writer.words[word] = schema
    }
  }

  /// The place of a schema in the image.
  mutating func lower(_ value: SchemaValue, nesting: Int) -> UInt32 {
    switch value.content {
    case .bool(false):
      let start = writer.end
      writer.append(contentsOf: [UInt32(document), value.mark.line, 1])
      writer.append(contentsOf: [Opcode.never.rawValue | 2 << 8, value.mark.line])
      return start
    case .map(let map) where nesting < Self.nestingMax:
      return lower(map, at: value.mark, nesting: nesting + 1)
    default: return ImageLayout.anything
    }
  }

  private mutating func lower(_ map: SchemaMap, at mark: SchemaValue.Mark, nesting: Int) -> UInt32 {
    var keywords: [LoweredKeyword] = []
    for member in map.members { lower(member, of: map, nesting: nesting, into: &keywords) }
    lowerMembers(of: map, nesting: nesting, into: &keywords)
    if keywords.isEmpty { return ImageLayout.anything }
    keywords.sort { $0.opcode.rawValue < $1.opcode.rawValue }
    let start = writer.end
    writer.append(contentsOf: [UInt32(document), mark.line, UInt32(keywords.count)])
    for keyword in keywords {
      let length = UInt32(ImageLayout.keywordHeaderWords + keyword.operands.count)
      writer.append(contentsOf: [keyword.opcode.rawValue | length << 8, keyword.line])
      if let reference = keyword.reference { patches.append((Int(writer.end), reference)) }
      writer.append(contentsOf: keyword.operands)
    }
    return start
  }

  /// A resolved reference from the document that is being lowered.
  func reference(_ text: String) -> SchemaReference {
    SchemaReference(text, base: set.documents[document].id)
  }

  /// The program of an expression; one that nothing can be made of never matches.
  mutating func program(_ text: String) -> (start: UInt32, count: UInt32) {
    if let known = programs[text] { return known }
    let code = (try? RegularExpression.compile(text)) ?? []
    let place = (start: writer.end, count: UInt32(code.count))
    writer.append(contentsOf: code)
    programs[text] = place
    return place
  }

  private mutating func addLeftOut(_ paths: [String]) {
    let table = paths.map { writer.string($0) }
    header[.leftOut] = writer.end
    header[.leftOutCount] = UInt32(table.count)
    writer.append(contentsOf: table)
  }

  private mutating func addTypes(_ types: PropertyTypes) {
    var exact: [(name: UInt32, list: UInt32)] = []
    for (name, list) in types.exact.sorted(by: { $0.key < $1.key }) {
      exact.append((writer.string(name), lower(list)))
    }
    exact.sort { $0.name < $1.name }
    header[.exactTypes] = writer.end
    header[.exactTypeCount] = UInt32(exact.count)
    for entry in exact { writer.append(contentsOf: [entry.name, entry.list]) }
    var patterns: [UInt32] = []
    for (pattern, list) in types.patterns {
      let program = program(pattern)
      patterns += [program.start, program.count, lower(list)]
    }
    header[.patternTypes] = writer.end
    header[.patternTypeCount] = UInt32(types.patterns.count)
    writer.append(contentsOf: patterns)
  }

  private mutating func lower(_ types: [PropertyType]) -> UInt32 {
    let start = writer.end
    let named = types.compactMap { type in type.name.map { ($0, type.dimensions) } }
    writer.append(UInt32(named.count))
    for (name, dimensions) in named {
      writer.append(UInt32(PropertyTypeName.allCases.firstIndex(of: name) ?? 0))
      let bounds =
        dimensions.map { [$0.outer.min, $0.outer.max, $0.inner.min, $0.inner.max] } ?? [0, 0, 0, 0]
      writer.append(dimensions == nil ? 0 : 1)
      writer.append(contentsOf: bounds.map { UInt32(clamping: $0) })
    }
    return start
  }
}

/// A keyword with its operands before it is written.
struct LoweredKeyword {
  var opcode: Opcode
  var line: UInt32
  var operands: [UInt32]
  /// What the first operand has to become once every document is lowered.
  var reference: SchemaReference?
}
