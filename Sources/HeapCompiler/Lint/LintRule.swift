import DTParse
import Diagnostics

/// A rule about the meaning of a tree: one type, one file, one code.
///
/// The metadata is what `dtheap explain` prints; its examples are run as tests.
public protocol LintRule: Sendable {
  /// Code, name, severity and the page that explains them.
  static var rule: Rule { get }
  /// The rules on which this one builds: where one of them has failed on a node, this one is not run there.
  static var requires: [RuleID] { get }
  /// Codes of rules about bindings that say the same about a node on which this one has failed.
  static var subsumes: Set<String> { get }
  /// Looks at a tree and reports what is wrong.
  ///
  /// - Parameters:
  ///   - context: the tree and what the kernel makes of it.
  ///   - sink: takes the findings and knows which rules have failed where.
  static func check(_ context: LintContext, into sink: inout LintSink)
}

extension LintRule {
  /// None, for a rule that does not say.
  public static var requires: [RuleID] { [] }
  /// None, for a rule that does not say.
  public static var subsumes: Set<String> { [] }

  /// A finding of this rule on a node or one of its properties, at the property's value where it is there, else at
  /// the node's name.
  static func finding(
    _ message: String, on node: Node, _ property: String? = nil, at span: SourceSpan? = nil,
    severity: Severity? = nil
  ) -> Diagnostic {
    var finding = Diagnostic(rule.id, severity ?? rule.severity, message)
    finding.span = span ?? property.flatMap { node[$0]?.valueSpan } ?? node.span
    finding.node = node.path
    finding.property = property
    return finding
  }
}

/// A rule about each region by itself.
protocol RegionRule: LintRule {
  /// Whether the rule holds for regions that are disabled, too.
  static var includesDisabled: Bool { get }
  /// Looks at one region.
  static func check(_ region: LintRegion, in context: LintContext, into sink: inout LintSink)
}

extension RegionRule {
  static var includesDisabled: Bool { false }

  static func check(_ context: LintContext, into sink: inout LintSink) {
    for region in context.regions where region.isEnabled || includesDisabled {
      guard sink.mayCheck(region.node, region.container) else { continue }
      check(region, in: context, into: &sink)
    }
  }
}

/// A rule about each enabled device that uses regions, by itself.
protocol RegionUserRule: LintRule {
  /// Looks at one device.
  static func check(_ user: LintUser, in context: LintContext, into sink: inout LintSink)
}

extension RegionUserRule {
  static func check(_ context: LintContext, into sink: inout LintSink) {
    for user in context.users where user.isEnabled {
      guard sink.mayCheck(user.node) else { continue }
      check(user, in: context, into: &sink)
    }
  }
}

/// Takes the findings of the rules, and remembers which rule has failed on which node.
public struct LintSink: Sendable {
  /// A finding and the node that it is about.
  struct Entry: Sendable {
    var finding: Diagnostic
    var node: Int
  }

  /// The most findings that one rule gives on one tree.
  static let findingsMax = 200

  private(set) var entries: [Entry] = []
  /// How many findings at least were left out because a rule had given enough.
  public private(set) var droppedCount = 0
  /// How often a rule was not run on a node because one of its prerequisites had failed there.
  public private(set) var notCheckedCount = 0
  private var failures: Set<Failure> = []
  private var rule = RuleID("", "")
  private var requires: [RuleID] = []
  private var count = 0

  private struct Failure: Hashable {
    var node: Int
    var code: String
  }

  /// An empty sink.
  public init() {}

  /// The next rule's turn.
  mutating func begin(_ next: any LintRule.Type) {
    rule = next.rule.id
    requires = next.requires
    count = 0
  }

  /// Whether the current rule has given as many findings as are kept; what it finds from now on is counted alone.
  public var isFull: Bool { count >= Self.findingsMax }

  /// Whether no prerequisite of the current rule has failed on the nodes; else the rule counts as failed there, too.
  public mutating func mayCheck(_ node: Node, _ others: Node...) -> Bool {
    if requires.isEmpty || failures.isEmpty { return true }
    for place in [node] + others {
      for prerequisite in requires where failures.contains(Failure(node: place.id, code: prerequisite.code)) {
        failures.insert(Failure(node: node.id, code: rule.code))
        notCheckedCount += 1
        return false
      }
    }
    return true
  }

  /// Adds a finding about a node.
  public mutating func report(_ finding: Diagnostic, on node: Node) {
    if finding.severity > .note { failures.insert(Failure(node: node.id, code: finding.rule.code)) }
    count += 1
    guard count <= Self.findingsMax else {
      droppedCount += 1
      return
    }
    entries.append(Entry(finding: finding, node: node.id))
  }
}
