/// The numbers of names: those that the bindings mention have the image's number, others get the next free one.
///
/// What is known of a name's type is kept with it. One index serves many boards of one thread.
final class NameIndex {
  let view: ImageView
  private var locals: [String: UInt32] = [:]
  private var localNames: [String] = []
  private var facts: [PropertyFacts] = []
  /// For each name the place of its facts, from 1; 0 as long as nobody has asked.
  private var factPlaces: [Int32]
  let names: SpecialNames

  /// Names beyond which an index should be thrown away, so that thousands of boards do not fill the memory.
  static let localNamesMax = 200_000

  init(view: ImageView) {
    self.view = view
    factPlaces = Array(repeating: 0, count: Int(view.stringCount))
    var next = view.stringCount
    var locals: [String: UInt32] = [:]
    var localNames: [String] = []
    names = SpecialNames { text in
      var copy = text
      if let known = copy.withUTF8({ view.lookUp($0) }) { return known }
      if let known = locals[text] { return known }
      defer { next += 1 }
      locals[text] = next
      localNames.append(text)
      return next
    }
    self.locals = locals
    self.localNames = localNames
    factPlaces.append(contentsOf: repeatElement(0, count: localNames.count))
  }

  /// Whether it has grown so much that a new one is cheaper.
  var isFull: Bool { localNames.count > Self.localNamesMax }

  /// The number of a name.
  func intern(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
    if let known = view.lookUp(bytes) { return known }
    let text = String(decoding: bytes, as: UTF8.self)
    if let known = locals[text] { return known }
    let id = view.stringCount + UInt32(localNames.count)
    locals[text] = id
    localNames.append(text)
    factPlaces.append(0)
    return id
  }

  /// The number of a name.
  func intern(_ text: String) -> UInt32 {
    var text = text
    return text.withUTF8 { intern($0) }
  }

  /// The name of a number.
  func string(_ id: UInt32) -> String {
    if id < view.stringCount { return view.string(id) }
    let index = Int(id - view.stringCount)
    return localNames.indices.contains(index) ? localNames[index] : ""
  }

  /// Calls `body` with the bytes of a name.
  func withBytes<R>(_ id: UInt32, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
    if id < view.stringCount { return body(view.stringBytes(id)) }
    var text = string(id)
    return text.withUTF8 { body($0) }
  }

  /// What the bindings say of a property's value.
  func facts(_ id: UInt32) -> PropertyFacts {
    guard Int(id) < factPlaces.count else { return PropertyFacts() }
    let place = factPlaces[Int(id)]
    if place > 0 { return facts[Int(place) - 1] }
    let found = makeFacts(id)
    facts.append(found)
    factPlaces[Int(id)] = Int32(facts.count)
    return found
  }

  private func makeFacts(_ id: UInt32) -> PropertyFacts {
    var result = PropertyFacts()
    let entry = view.search(
      id, from: view.header(.exactTypes), count: view.header(.exactTypeCount),
      width: UInt32(ImageLayout.exactTypeWords))
    if let entry { readTypes(at: view[entry &+ 1], limit: .max, into: &result) }
    if result.types.isEmpty || result.dimensions == nil { readPatternTypes(id, into: &result) }
    let text = string(id)
    let isGPIO = text.hasSuffix("-gpios") || text.hasSuffix("-gpio") || text == "gpio" || text == "gpios"
    result.isGPIO = isGPIO && !text.hasSuffix(",nr-gpios")
    if let fixed = names.phandleArguments[id] {
      result.arguments = fixed
    } else if text.hasSuffix("s"), !text.utf8.hasRun("gpio"), result.types.contains(.phandleArray) {
      result.arguments = .cells(intern("#" + text.dropLast() + "-cells"))
      result.needsTarget = true
    }
    return result
  }

  private func readTypes(at list: UInt32, limit: UInt32, into result: inout PropertyFacts) {
    for index in 0..<min(view[list], limit, 64) {
      let item = list &+ 1 &+ index &* UInt32(ImageLayout.typeItemWords)
      result.types.formUnion(type(at: item))
      if result.dimensions == nil, let found = dimensions(at: item) { result.dimensions = found }
    }
  }

  /// The type at a place; none for a number that stands for no type.
  private func type(at item: UInt32) -> PropertyTypeSet {
    let code = view[item]
    return code < UInt32(PropertyTypeName.allCases.count) ? PropertyTypeSet(rawValue: 1 << code) : []
  }

  private func dimensions(at item: UInt32) -> MatrixDimensions? {
    guard view[item &+ 1] == 1 else { return nil }
    // No value has so many rows or cells; the product of two bounds must stay a number.
    func count(_ at: UInt32) -> Int { Int(min(view[at], UInt32(Int32.max))) }
    func bounds(_ at: UInt32) -> MatrixDimensions.Bounds {
      MatrixDimensions.Bounds(min: count(at), max: count(at &+ 1))
    }
    return MatrixDimensions(outer: bounds(item &+ 2), inner: bounds(item &+ 4))
  }

  private func readPatternTypes(_ id: UInt32, into result: inout PropertyFacts) {
    let needsTypes = result.types.isEmpty
    let table = view.header(.patternTypes)
    withBytes(id) { bytes in
      for index in 0..<view.header(.patternTypeCount) {
        let entry = table &+ index &* UInt32(ImageLayout.patternTypeWords)
        let program = view.program(at: view[entry], count: view[entry &+ 1])
        guard view[view[entry &+ 2]] > 0, RegularExpression.search(program, in: bytes) else { continue }
        let item = view[entry &+ 2] &+ 1
        if needsTypes { result.types.formUnion(type(at: item)) }
        if result.dimensions == nil { result.dimensions = dimensions(at: item) }
      }
    }
  }
}

/// What is known of a property by its name alone.
struct PropertyFacts {
  /// How many cells follow a phandle.
  enum Arguments {
    /// So many as the property of this number says in the target.
    case cells(UInt32)
    case fixed(Int)
  }

  /// The types that bindings give it; none for a property that no binding describes.
  var types: PropertyTypeSet = []
  /// The dimensions of its matrix.
  var dimensions: MatrixDimensions?
  /// Whether it names GPIOs.
  var isGPIO = false
  /// What follows the phandles in it; nil where it is not split by its targets.
  var arguments: Arguments?
  /// Whether it is only split where its first cell is a phandle.
  var needsTarget = false

  /// Whether rows or columns are of one length by the dimensions alone.
  var hasFixedDimensions: Bool {
    guard let dimensions else { return false }
    return (dimensions.outer.min > 0 && dimensions.outer.min == dimensions.outer.max)
      || (dimensions.inner.min > 0 && dimensions.inner.min == dimensions.inner.max)
  }
}

/// The numbers of the names that decoding and validation know.
struct SpecialNames {
  let nodeName, compatible, status, disabled, phandle: UInt32
  let addressCells, sizeCells, interruptCells, interruptParent, gpioCells, iommuCells: UInt32
  let gpioHog, interrupts, interruptMap, ranges, dmaRanges, iommuMap, gpios, modeGPIOs: UInt32
  let dmaMasters, coolingLevels, msiRanges, interconnects, dmaCells: UInt32
  /// Properties whose arguments do not follow from their names (dt-schema 2026.9, dtb.py `phandle_args`).
  let phandleArguments: [UInt32: PropertyFacts.Arguments]

  init(_ intern: (String) -> UInt32) {
    nodeName = intern("$nodename")
    compatible = intern("compatible")
    status = intern("status")
    disabled = intern("disabled")
    phandle = intern("phandle")
    addressCells = intern("#address-cells")
    sizeCells = intern("#size-cells")
    interruptCells = intern("#interrupt-cells")
    interruptParent = intern("interrupt-parent")
    gpioCells = intern("#gpio-cells")
    iommuCells = intern("#iommu-cells")
    gpioHog = intern("gpio-hog")
    interrupts = intern("interrupts")
    interruptMap = intern("interrupt-map")
    ranges = intern("ranges")
    dmaRanges = intern("dma-ranges")
    iommuMap = intern("iommu-map")
    gpios = intern("gpios")
    modeGPIOs = intern("mode-gpios")
    dmaMasters = intern("dma-masters")
    coolingLevels = intern("cooling-levels")
    msiRanges = intern("msi-ranges")
    interconnects = intern("interconnects")
    dmaCells = intern("#dma-cells")
    var arguments: [UInt32: PropertyFacts.Arguments] = [:]
    for (name, cells) in [
      ("assigned-clocks", "#clock-cells"), ("assigned-clock-parents", "#clock-cells"),
      ("cooling-device", "#cooling-cells"), ("interrupts-extended", "#interrupt-cells"),
      ("interconnects", "#interconnect-cells"), ("mboxes", "#mbox-cells"),
      ("sound-dai", "#sound-dai-cells"), ("msi-parent", "#msi-cells"), ("msi-ranges", "#interrupt-cells"),
      ("dma-masters", "#dma-cells"),
    ] {
      arguments[intern(name)] = .cells(intern(cells))
    }
    arguments[intern("gpio-ranges")] = .fixed(3)
    // One cell a row, never any arguments.
    arguments[intern("memory-region")] = .fixed(0)
    phandleArguments = arguments
  }
}
