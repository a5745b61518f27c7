import Diagnostics

/// Applies an overlay to a base with the semantics of libfdt's `fdt_overlay_apply`: phandles moved out of
/// the way, fixups resolved through `__symbols__`, fragments merged into their targets, symbols taken over.
///
/// What is new goes before what is there, as libfdt's insertions do. Positions are kept.
struct OverlayApplication: ~Copyable {
  var tree: TreeStorage
  let root: Int32
  /// The overlay's root, a copy of it in the same arena.
  var overlay: Int32 = noIndex
  let names: WellKnownNames
  var findings: FindingSink
  /// The overlay's file as the user named it.
  let overlayName: String
  /// The phandles in the overlay's values that are its own.
  var localUses: [(property: Int32, offset: Int)] = []
  /// What was added to the overlay's phandles.
  var phandleShift: UInt32 = 0

  /// The base with the overlay applied; the base as it was, with findings, if it cannot be applied.
  static func apply(_ overlay: LoadResult, to base: LoadResult) -> LoadResult {
    var sources = base.sources
    let shift = sources.append(overlay.sources)
    let known = base.diagnostics + overlay.diagnostics.map { $0.shifted(by: shift) }
    let dependencies = base.dependencies + overlay.dependencies.filter { !base.dependencies.contains($0) }
    func result(_ tree: Devicetree?, _ new: FindingSink?) -> LoadResult {
      LoadResult(
        tree: tree, sources: sources, diagnostics: known + (new?.diagnostics ?? []),
        droppedCount: base.droppedCount + overlay.droppedCount + (new?.droppedCount ?? 0),
        dependencies: dependencies)
    }
    guard let baseTree = base.tree, let overlayTree = overlay.tree, !base.hasErrors, !overlay.hasErrors else {
      return result(base.tree, nil)
    }
    var application = OverlayApplication(base: baseTree, overlayName: overlayTree.inputName)
    application.overlay = application.tree.graft(
      overlayTree.rootIndex, from: overlayTree.storage, fileShift: shift)
    let isApplied = application.run()
    let findings = application.findings
    guard isApplied else { return result(base.tree, findings) }
    let tree = Devicetree(
      storage: application.takeTree(), root: baseTree.rootIndex, sources: sources,
      inputName: baseTree.inputName,
      reservations: baseTree.reservations, bootCPUID: baseTree.bootCPUID, isPlugin: baseTree.isPlugin,
      isBlob: baseTree.isBlob && overlayTree.isBlob)
    return result(tree, findings)
  }

  private init(base: Devicetree, overlayName: String) {
    var tree = base.storage.copy()
    self.names = WellKnownNames(&tree.names)
    self.tree = tree
    self.root = base.rootIndex
    self.overlayName = overlayName
    self.findings = FindingSink(limit: 100)
  }

  private consuming func takeTree() -> TreeStorage { tree }

  private mutating func run() -> Bool {
    guard movePhandles(), collectLocalUses(), applyFixups() else { return false }
    let fragments = findFragments()
    guard findings.errorCount == 0 else { return false }
    keepPhandlesOfTargets(fragments)
    for fragment in fragments {
      merge(fragment.body, into: fragment.target, level: level(of: fragment.target))
    }
    guard findings.errorCount == 0 else { return false }
    return takeOverSymbols(fragments)
  }

  // MARK: Findings

  /// The place of a node or property of the overlay.
  func place(_ origin: Int32) -> SourceSpan? { origin == noIndex ? nil : tree.origins[Int(origin)].name }

  mutating func report(
    _ rule: Rule, _ message: String, at span: SourceSpan?, node: String? = nil, help: String? = nil
  ) {
    var finding = Diagnostic(rule.id, rule.severity, message, at: span, node: node, help: help)
    if span == nil { finding.file = overlayName }
    findings.report(finding)
  }

  /// The path of a node of the overlay's copy.
  func overlayPath(_ node: Int32) -> String { tree.path(node) }

  private func level(of node: Int32) -> Int {
    var level = 1
    var cursor = node
    while tree.nodes[Int(cursor)].parent != noIndex {
      level += 1
      cursor = tree.nodes[Int(cursor)].parent
    }
    return level
  }

  // MARK: Fragments

  /// A fragment, its body and the node of the base that it is for.
  struct Fragment {
    let node: Int32
    let body: Int32
    let target: Int32
    /// The target's path if the fragment names it by one.
    let targetPath: String?
  }

  private mutating func findFragments() -> [Fragment] {
    var found: [Fragment] = []
    var node = tree.nodes[Int(overlay)].firstChild
    while node != noIndex {
      let body = tree.liveChild(names.overlay, of: node)
      if body != noIndex, let target = target(of: node) {
        found.append(Fragment(node: node, body: body, target: target.node, targetPath: target.path))
      }
      node = tree.nodes[Int(node)].nextSibling
    }
    return found
  }

  /// The node of the base that a fragment is for (libfdt, `overlay_get_target`).
  private mutating func target(of fragment: Int32) -> (node: Int32, path: String?)? {
    let origin = tree.nodes[Int(fragment)].origin
    let property = tree.liveProperty(names.target, of: fragment)
    if property != noIndex {
      let record = tree.properties[Int(property)]
      guard record.valueLength == 4 else {
        report(.malformedOverlay, "`target` is not one cell", at: place(origin), node: overlayPath(fragment))
        return nil
      }
      let phandle = tree.values.cell(at: Int(record.valueStart))
      let node = phandle == .max ? noIndex : self.node(phandle: phandle)
      if node != noIndex { return (node, nil) }
      report(
        .missingOverlayTarget, "the base has no node with phandle \(Text.hex(phandle))", at: place(origin),
        node: overlayPath(fragment))
      return nil
    }
    let pathProperty = tree.liveProperty(names.targetPath, of: fragment)
    guard pathProperty != noIndex else {
      report(
        .missingOverlayTarget, "the fragment has neither `target` nor `target-path`", at: place(origin),
        node: overlayPath(fragment))
      return nil
    }
    let path = String(decoding: tree.value(pathProperty).prefix { $0 != 0 }, as: UTF8.self)
    let node = self.node(atBasePath: path)
    if node != noIndex { return (node, path) }
    report(
      .missingOverlayTarget, "the base has no node `\(path)`", at: place(origin), node: overlayPath(fragment))
    return nil
  }

  private func node(phandle: UInt32) -> Int32 {
    var found = noIndex
    tree.forEachNode(from: root) { node, _ in
      if found == noIndex, tree.nodes[Int(node)].phandle == phandle { found = node }
    }
    return found
  }

  // MARK: Merging

  private mutating func merge(_ source: Int32, into target: Int32, level: Int) {
    guard level <= 64 else {
      report(
        .limitExceeded, "the overlay nests nodes more than 64 deep", at: place(tree.nodes[Int(source)].origin)
      )
      return
    }
    let origin = tree.nodes[Int(source)].origin
    if origin != noIndex {
      let entry = tree.origins[Int(origin)]
      tree.nodes[Int(target)].origin = tree.addOrigin(
        name: entry.name, body: entry.body, previous: tree.nodes[Int(target)].origin)
    }
    var property = tree.nodes[Int(source)].firstProperty
    while property != noIndex {
      let next = tree.properties[Int(property)].next
      setProperty(property, of: target)
      property = next
    }
    var child = tree.nodes[Int(source)].firstChild
    while child != noIndex {
      let next = tree.nodes[Int(child)].nextSibling
      let name = tree.nodes[Int(child)].name
      var place = self.child(matching: tree.names.bytes(name), of: target)
      if place == noIndex {
        place = tree.addNode(name: name, origin: noIndex)
        tree.prependChild(place, to: target)
      }
      merge(child, into: place, level: level + 1)
      moveLabels(from: child, to: place)
      child = next
    }
  }

  private mutating func moveLabels(from source: Int32, to target: Int32) {
    var label = tree.nodes[Int(source)].firstLabel
    while label != noIndex {
      let record = tree.labels[Int(label)]
      tree.labels[Int(label)].isDeleted = true
      tree.addLabel(record.name, toNode: target, span: record.span)
      label = record.next
    }
  }

  /// Sets a property as `fdt_setprop` does: in its place if it is there, else before all others.
  private mutating func setProperty(_ property: Int32, of target: Int32) {
    var record = tree.properties[Int(property)]
    let slot = tree.liveProperty(record.name, of: target)
    if record.name == names.phandle || record.name == names.linuxPhandle, record.valueLength == 4 {
      tree.nodes[Int(target)].phandle = tree.values.cell(at: Int(record.valueStart))
    }
    guard slot != noIndex else {
      record.next = noIndex
      tree.prependProperty(tree.addProperty(record), to: target)
      return
    }
    record.next = tree.properties[Int(slot)].next
    record.firstLabel = tree.properties[Int(slot)].firstLabel
    if record.origin != noIndex {
      let entry = tree.origins[Int(record.origin)]
      record.origin = tree.addOrigin(
        name: entry.name, body: entry.body, previous: tree.properties[Int(slot)].origin)
    }
    tree.properties[Int(slot)] = record
  }
}
