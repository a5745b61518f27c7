import Diagnostics

/// Reads a blob into a ``TreeStorage``.
struct BlobReader: ~Copyable {
  var tree = TreeStorage()
  var names: WellKnownNames
  var findings: FindingSink
  let limits: DTParseLimits
  private(set) var root: Int32 = noIndex
  private(set) var reservations: [MemoryReservation] = []
  private(set) var bootCPUID: UInt32 = 0

  init(limits: DTParseLimits, findings: FindingSink) {
    self.limits = limits
    self.findings = findings
    self.names = WellKnownNames(&tree.names)
  }

  /// Reads everything; false if the blob cannot be used.
  mutating func read(_ bytes: [UInt8], name: String) -> Bool {
    func report(_ rule: Rule, _ message: String, _ notes: [String] = []) {
      var diagnostic = Diagnostic(rule.id, rule.severity, message)
      diagnostic.file = name
      diagnostic.notes = notes
      findings.report(diagnostic)
    }
    // libfdt reads beyond the end of a blob of an old version, so the version is looked at first.
    if let fault = BlobInspector.unsupportedVersion(bytes) {
      report(.unsupportedBlobVersion, fault)
      return false
    }
    if let fault = BlobInspector.overlongName(bytes) {
      report(.limitExceeded, fault)
      return false
    }
    do {
      let blob = try FlattenedTree(bytes)
      reservations = blob.reservations
      bootCPUID = blob.bootCPUID
      try build(blob)
    } catch {
      let fault = BlobInspector.firstFault(bytes, nestingMax: limits.nestingMax)
      report(.damagedBlob, fault ?? "libfdt refuses the blob", ["libfdt says \(error.word)"])
      return false
    }
    if root == noIndex {
      report(.damagedBlob, "the blob has no root node")
      return false
    }
    return true
  }

  private mutating func build(_ blob: FlattenedTree) throws(FlattenedTree.Refusal) {
    var path: [Int32] = []
    try blob.walk { step throws(FlattenedTree.Refusal) in
      switch step {
      case .beginNode(let name):
        guard path.count < limits.nestingMax else { throw FlattenedTree.Refusal(code: -11) }
        let node = tree.addNode(name: tree.names.intern(name), origin: noIndex)
        if let parent = path.last {
          tree.appendChild(node, to: parent)
        } else if root == noIndex {
          root = node
        }
        path.append(node)
      case .property(let name, let value):
        guard let node = path.last else { return }
        let start = tree.values.count
        tree.values.append(value)
        let property = tree.addProperty(
          PropertyRecord(
            name: tree.names.intern(name), valueStart: UInt32(start), valueLength: UInt32(value.count),
            origin: noIndex))
        tree.appendProperty(property, to: node)
      case .endNode: _ = path.popLast()
      }
    }
  }
}
