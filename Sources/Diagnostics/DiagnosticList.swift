/// How many findings there are of each severity.
public struct SeverityCounts: Hashable, Sendable {
  /// Findings of severity `error`.
  public var errors = 0
  /// Findings of severity `warning`.
  public var warnings = 0
  /// Findings of severity `note`.
  public var notes = 0

  /// No findings.
  public init() {}

  /// Counts `findings`.
  public init(_ findings: some Sequence<Diagnostic>) {
    for finding in findings { add(finding.severity) }
  }

  /// All of them.
  public var total: Int { errors + warnings + notes }

  /// Counts one more.
  public mutating func add(_ severity: Severity) {
    switch severity {
    case .error: errors += 1
    case .warning: warnings += 1
    case .note: notes += 1
    }
  }

  /// Adds other counts to these.
  public static func += (counts: inout Self, other: Self) {
    counts.errors += other.errors
    counts.warnings += other.warnings
    counts.notes += other.notes
  }
}

/// The findings of one input, each mistake once and in a fixed order.
public struct DiagnosticList: Sendable {
  /// Findings of one file that are left out of a text because there are too many.
  public struct Hidden: Hashable, Sendable {
    /// The first of them, which tells the file.
    public let first: Diagnostic
    /// How many there are.
    public internal(set) var counts: SeverityCounts
  }

  /// What makes two findings the same mistake.
  ///
  /// The place is not enough: two properties that a node lacks are two
  /// mistakes at one place; and where there is no place at all, only equal words are the same.
  private struct Key: Hashable {
    let code: String
    let span: SourceSpan?
    let node: String?
    let property: String?
    let message: String?
    let file: String?

    init(_ finding: Diagnostic) {
      code = finding.rule.code
      span = finding.span
      node = finding.node
      property = finding.property
      message = finding.span == nil ? finding.message : nil
      file = finding.span == nil ? finding.file : nil
    }
  }

  /// How many findings of one file a text shows.
  public static let shownPerFileMax = 100

  private var findings: [Diagnostic] = []
  private var known: [Key: Int] = [:]
  private var countsPerFile: [SourceFileID: Int] = [:]

  /// An empty list.
  public init() {}

  /// How many different findings there are.
  public var count: Int { findings.count }

  /// Whether there are none.
  public var isEmpty: Bool { findings.isEmpty }

  /// How many there are of each severity.
  public var counts: SeverityCounts { SeverityCounts(findings) }

  /// How many findings lie in `file`; a parser stops reporting at a limit.
  public func count(in file: SourceFileID) -> Int { countsPerFile[file, default: 0] }

  /// Adds a finding, or folds it into the one that already reports the mistake.
  ///
  /// Nothing that the second one says gets lost: its severity counts if it is worse, its places, notes and schemas
  /// are added, and a different message becomes a note.
  public mutating func add(_ finding: Diagnostic) {
    let key = Key(finding)
    if let index = known[key] {
      findings[index].fold(finding)
      return
    }
    known[key] = findings.count
    findings.append(finding)
    if let file = finding.span?.file { countsPerFile[file, default: 0] += 1 }
  }

  /// Adds findings one after the other.
  public mutating func add(contentsOf others: some Sequence<Diagnostic>) {
    for finding in others { add(finding) }
  }

  /// Removes the findings for which `isHidden` holds, such as the suppressed ones, and returns how many went.
  @discardableResult
  public mutating func removeAll(where isHidden: (Diagnostic) -> Bool) -> Int {
    let before = count
    let kept = findings.filter { !isHidden($0) }
    self = DiagnosticList()
    add(contentsOf: kept)
    return before - count
  }

  /// Whether there is a finding for which `isWanted` holds.
  /// - Complexity: O(n).
  public func contains(where isWanted: (Diagnostic) -> Bool) -> Bool { findings.contains(where: isWanted) }

  /// All findings: by file in the order of inclusion, offset and code; then those without a place as they came.
  /// - Complexity: O(n log n).
  public var sorted: [Diagnostic] {
    findings.indices.sorted { a, b in
      switch (findings[a].span, findings[b].span) {
      case (let first?, let second?):
        (first.file, first.start, findings[a].rule.code, a) < (
          second.file, second.start, findings[b].rule.code, b
        )
      case (.some, nil): true
      case (nil, .some): false
      case (nil, nil): a < b
      }
    }.map { findings[$0] }
  }

  /// The findings that a text shows, and what it leaves out, file by file.
  /// - Parameter limit: how many findings of one file are shown, at least 1.
  /// - Returns: the findings shown, in order, and for each file with more of them what is hidden.
  public func shown(perFileMax limit: Int = shownPerFileMax) -> (findings: [Diagnostic], hidden: [Hidden]) {
    precondition(limit >= 1, "at least one finding must be shown, not \(limit)")
    enum File: Hashable {
      case source(SourceFileID)
      case name(String?)
    }
    var shown: [Diagnostic] = []
    var numbers: [File: Int] = [:]
    var hidden: [Hidden] = []
    var hiddenIndex: [File: Int] = [:]
    for finding in sorted {
      let file = finding.span.map { File.source($0.file) } ?? .name(finding.file)
      numbers[file, default: 0] += 1
      if numbers[file, default: 0] <= limit {
        shown.append(finding)
        continue
      }
      let index = hiddenIndex[file] ?? hidden.count
      if index == hidden.count {
        hiddenIndex[file] = index
        hidden.append(Hidden(first: finding, counts: SeverityCounts()))
      }
      hidden[index].counts.add(finding.severity)
    }
    return (shown, hidden)
  }
}

extension Diagnostic {
  /// Takes over what another report of the same mistake adds.
  fileprivate mutating func fold(_ other: Diagnostic) {
    severity = max(severity, other.severity)
    if other.message != message, !notes.contains(other.message) { notes.append(other.message) }
    for place in other.related where !related.contains(place) { related.append(place) }
    for note in other.notes where !notes.contains(note) { notes.append(note) }
    for schema in other.schemas where !schemas.contains(schema) { schemas.append(schema) }
    label = label ?? other.label
    help = help ?? other.help
    if fixes.isEmpty { fixes = other.fixes }
  }
}
