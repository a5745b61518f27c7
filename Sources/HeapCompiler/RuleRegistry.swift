import BindingSchema
import DTParse
import Diagnostics

/// Every rule of the project, each once, in order of the codes.
public enum RuleRegistry {
  /// The rules about the meaning of a tree.
  public static let lintRules: [any LintRule.Type] = [
    MisplacedReservedMemoryRule.self,
    ReservedMemoryCellsRule.self,
    ReservedMemoryRangesRule.self,
    UnsizedRegionRule.self,
    DoublySizedRegionRule.self,
    WrongCellCountRule.self,
    EmptyRegionRule.self,
    UnitAddressMismatchRule.self,
    ExtraRegEntriesRule.self,
    OverlappingRegionsRule.self,
    RegionOutsideMemoryRule.self,
    MisspeltPropertyRule.self,
    ReusableNoMapRule.self,
    TextForCellsRule.self,
    TooManyRegionsRule.self,
    RepeatedRegionNameRule.self,
    UnalignedCMARegionRule.self,
    IneffectiveCMADefaultRule.self,
    RepeatedCMADefaultRule.self,
    PrivateCMADefaultRule.self,
    OverriddenCMADefaultRule.self,
    ReusableDMADefaultRule.self,
    InertRegionRule.self,
    BadAlignmentRule.self,
    ImpossibleAllocRangeRule.self,
    CrowdedAllocRangeRule.self,
    UnplaceableRegionRule.self,
    ZoneCrossingPoolRule.self,
    UnreachablePoolRule.self,
    BadMemoryRegionRule.self,
    DisabledMemoryRegionRule.self,
    MemoryRegionArgumentsRule.self,
    MemoryRegionNamesMismatchRule.self,
    PoolLessMemoryRegionRule.self,
    MisplacedChunkHeapRule.self,
    ChunkHeapWithoutCMARule.self,
    InvalidChunkSizeRule.self,
    UnusableChunkTailRule.self,
    SharedChunkRegionRule.self,
    HeapNameCollisionRule.self,
    DeprecatedChunkCompatibleRule.self,
    UnalignedDynamicChunkHeapRule.self,
  ]

  /// What is known of every rule about trees: those of the front end, of bindings, and about meaning.
  public static let treeRules: [Rule] = DTParseRules.all + BindingRules.trees + lintRules.map { $0.rule }

  /// What is known of every rule, in order of the codes.
  public static let all: [Rule] =
    (treeRules + BindingRules.documents + PlanRules.all + ConfigurationRules.all).sorted { $0.id < $1.id }

  /// The rule with a code or a name; nil where there is none.
  public static func rule(_ codeOrName: String) -> Rule? {
    all.first { $0.id.code == codeOrName.uppercased() || $0.id.name == codeOrName.lowercased() }
  }

  /// The rules about meaning with every rule after those on which it builds, and otherwise by code.
  static let runOrder: [any LintRule.Type] = {
    var byCode: [String: any LintRule.Type] = [:]
    for rule in lintRules { byCode[rule.rule.id.code] = rule }
    var order: [any LintRule.Type] = []
    var seen: Set<String> = []
    func visit(_ rule: any LintRule.Type) {
      guard seen.insert(rule.rule.id.code).inserted else { return }
      for code in rule.requires.map(\.code).sorted() {
        if let prerequisite = byCode[code] { visit(prerequisite) }
      }
      order.append(rule)
    }
    for rule in lintRules { visit(rule) }
    return order
  }()
}
