/// How bad a finding is.
///
/// `error` means that the kernel or a tool will not do what the tree asks.
public enum Severity: String, Hashable, Sendable, Comparable, CaseIterable {
  case note, warning, error

  /// From `note` up to `error`.
  public static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }

  private var rank: Int {
    switch self {
    case .note: 0
    case .warning: 1
    case .error: 2
    }
  }
}

/// The code and the name of a rule, as findings and suppressions quote it.
public struct RuleID: Hashable, Comparable, Sendable {
  /// `DTH` and three digits.
  public let code: String
  /// Lower case words with hyphens, so that "allow NAME" reads well.
  public let name: String

  /// Names a rule.
  public init(_ code: String, _ name: String) {
    self.code = code
    self.name = name
  }

  /// By code.
  public static func < (a: Self, b: Self) -> Bool { a.code < b.code }
}

/// A replacement of source text.
public struct SourceEdit: Hashable, Sendable {
  /// The text to replace; empty for an insertion.
  public let span: SourceSpan
  /// The new text.
  public let text: String

  /// Replaces `span` by `text`.
  public init(span: SourceSpan, text: String) {
    self.span = span
    self.text = text
  }
}

/// A set of edits that cures a finding, when there is one right answer.
public struct FixIt: Hashable, Sendable {
  /// What the edits do, in a few words.
  public let title: String
  /// The edits; they do not overlap.
  public let edits: [SourceEdit]

  /// A cure called `title`.
  public init(title: String, edits: [SourceEdit]) {
    self.title = title
    self.edits = edits
  }
}

/// A second place that explains a finding.
public struct RelatedPlace: Hashable, Sendable {
  /// Why the place matters, in a few words.
  public let message: String
  /// The place.
  public let span: SourceSpan

  /// Points at `span`.
  public init(_ message: String, at span: SourceSpan) {
    self.message = message
    self.span = span
  }
}

/// One finding: what is wrong, where, why, and what to do.
///
/// A value; renderers turn it into text.
public struct Diagnostic: Hashable, Sendable {
  /// The rule that found it.
  public var rule: RuleID
  /// How bad it is.
  public var severity: Severity
  /// A complete sentence by itself.
  ///
  /// Lower case, no full stop, names in backquotes, numbers in hexadecimal with a size beside.
  public var message: String
  /// The place; nil where there is no text (a blob).
  public var span: SourceSpan?
  /// What the caret says, if more than the message.
  public var label: String?
  /// The file as the user named it, for findings without a span.
  public var file: String?
  /// Full path of the node concerned.
  public var node: String?
  /// Name of the property concerned.
  public var property: String?
  /// Further places.
  public var related: [RelatedPlace] = []
  /// Facts behind the message, one sentence each.
  public var notes: [String] = []
  /// What to write instead.
  public var help: String?
  /// Edits that cure it.
  public var fixes: [FixIt] = []
  /// `$id`s of the bindings that object, first the decisive one.
  public var schemas: [String] = []

  /// A finding; the rest is set on the value.
  public init(
    _ rule: RuleID, _ severity: Severity, _ message: String, at span: SourceSpan? = nil,
    node: String? = nil, property: String? = nil, help: String? = nil
  ) {
    self.rule = rule
    self.severity = severity
    self.message = message
    self.span = span
    self.node = node
    self.property = property
    self.help = help
  }
}
