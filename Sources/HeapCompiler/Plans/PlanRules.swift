import Diagnostics

/// Rules about the text of a plan.
extension Rule {
  private static let guide = ["Documentation/plans.md"]

  private static func buffer(_ lines: String...) -> String {
    "buffers:\n  - name: frames\n" + lines.map { "    \($0)\n" }.joined()
  }

  static let malformedPlan = Rule(
    "DTH301", "malformed-plan", .error,
    summary: "the plan is no YAML",
    rationale: "Nothing can be said about a plan that cannot be read.",
    badExample: "buffers: [\n", goodExample: buffer("size: 4MiB"),
    references: ["YAML 1.2.2"] + guide)

  static let oversizedPlan = Rule(
    "DTH302", "oversized-plan", .error,
    summary: "the plan is larger or nests deeper than any real one",
    rationale: "Limits of 1 MiB and 64 levels keep a hostile file from exhausting memory.",
    badExample: "buffers: " + String(repeating: "[", count: 70) + String(repeating: "]", count: 70) + "\n",
    goodExample: buffer("size: 4MiB"),
    references: guide)

  static let yamlReference = Rule(
    "DTH303", "yaml-reference", .error,
    summary: "the plan uses an anchor, an alias or a tag of YAML",
    rationale:
      "With aliases a few lines stand for billions of values; plans have `count`, `repeat` and `groups` instead.",
    badExample: buffer("size: &frame 4MiB"), goodExample: buffer("size: 4MiB"),
    references: ["YAML 1.2.2, 3.2.2.2"] + guide)

  static let severalDocuments = Rule(
    "DTH304", "several-documents", .error,
    summary: "the file holds no document, or more than one",
    rationale: "A plan is one run; what stands in a second document would be left out without a word.",
    badExample: buffer("size: 4MiB") + "---\n" + buffer("size: 8MiB"), goodExample: buffer("size: 4MiB"),
    references: ["YAML 1.2.2, 9.2"] + guide)

  static let unknownPlanKey = Rule(
    "DTH305", "unknown-plan-key", .error,
    summary: "a key is none of those that plans have",
    rationale: "A misspelt key that is passed over makes another plan than the one that was meant.",
    badExample: buffer("size: 4MiB", "cuont: 3"), goodExample: buffer("size: 4MiB", "count: 3"),
    references: guide)

  static let repeatedPlanKey = Rule(
    "DTH306", "repeated-plan-key", .error,
    summary: "a mapping has a key twice",
    rationale: "Only one of the two values could count, and readers of YAML do not agree which.",
    badExample: buffer("size: 4MiB", "size: 8MiB"), goodExample: buffer("size: 8MiB"),
    references: ["YAML 1.2.2, 3.2.1.1"] + guide)

  static let wrongPlanValue = Rule(
    "DTH307", "wrong-plan-value", .error,
    summary: "a value is of another kind than its key takes",
    rationale:
      "A size is a number of bytes, a time a number of seconds, each with the units that the documentation lists.",
    badExample: buffer("size: 4 megabytes"), goodExample: buffer("size: 4MiB"),
    references: guide)

  static let absurdPlanNumber = Rule(
    "DTH308", "absurd-plan-number", .error,
    summary: "a number is negative, zero where something has to be there, or larger than any real one",
    rationale: "No board has such a buffer; the number is a slip.",
    badExample: buffer("size: 4MiB", "count: -1"), goodExample: buffer("size: 4MiB", "count: 1"),
    references: guide)

  static let missingPlanKey = Rule(
    "DTH309", "missing-plan-key", .error,
    summary: "a key that has to be there is missing",
    rationale: "There is no buffer without a name and a size, and no plan without a buffer.",
    badExample: buffer("count: 3"), goodExample: buffer("size: 4MiB", "count: 3"),
    references: guide)

  static let contradictoryPlanKeys = Rule(
    "DTH310", "contradictory-plan-keys", .error,
    summary: "two keys say the same thing in two ways, or what cannot both be",
    rationale:
      "A buffer has a `size` or a `frame`, and an `end` or a `duration`; with both, one would have to lose.",
    badExample: buffer("size: 4MiB", "end: 2", "duration: 2"), goodExample: buffer("size: 4MiB", "end: 2"),
    references: guide)

  static let repeatedPlanName = Rule(
    "DTH311", "repeated-plan-name", .error,
    summary: "two buffers, groups, heaps or holders of a plan have the same name",
    rationale: "Verdict, table and JSON name them; two of one name could not be told apart.",
    badExample: buffer("size: 4MiB") + "  - name: frames\n    size: 8MiB\n",
    goodExample: buffer("size: 4MiB") + "  - name: stream\n    size: 8MiB\n",
    references: guide)

  static let impossibleTime = Rule(
    "DTH312", "impossible-time", .error,
    summary: "something ends before it begins, or begins behind its group or the clock",
    rationale: "Such a buffer would never be there.",
    badExample: buffer("size: 4MiB", "start: 2", "end: 1"),
    goodExample: buffer("size: 4MiB", "start: 1", "end: 2"),
    references: guide)

  static let tooManyBuffers = Rule(
    "DTH313", "too-many-buffers", .error,
    summary: "the plan comes to more than a million buffers",
    rationale: "Counts and repetitions multiply; the limit keeps a run finite.",
    badExample: buffer("size: 4KiB", "count: 2000", "repeat: {every: 1, count: 1000}"),
    goodExample: buffer("size: 4KiB", "count: 2000", "repeat: {every: 1, count: 100}"),
    references: guide)

  static let unmodelledPressure = Rule(
    "DTH314", "unmodelled-pressure", .error,
    summary: "the plan asks for more holders of memory than are modelled",
    rationale: "A machine tells 255 kinds of pages apart, and each holder has up to four.",
    badExample: buffer("size: 4MiB") + "pressure:\n  holders:\n"
      + (0...32).map { "    - {kind: kernel, name: k\($0), size: 4KiB}\n" }.joined(),
    goodExample: buffer("size: 4MiB") + "pressure: {holders: [{kind: page-cache, share: 50%}]}\n",
    references: guide)

  /// The rules about the text of a plan.
  static let planTextRules: [Rule] = [
    malformedPlan, oversizedPlan, yamlReference, severalDocuments, unknownPlanKey, repeatedPlanKey,
    wrongPlanValue,
    absurdPlanNumber, missingPlanKey, contradictoryPlanKeys, repeatedPlanName, impossibleTime, tooManyBuffers,
    unmodelledPressure,
  ]
}

/// Rules about a plan on a board. The examples are for a board with one heap, `frames-heap`, and a pool `firmware`
/// that is no heap.
extension Rule {
  static let missingHeap = Rule(
    "DTH315", "missing-heap", .error,
    summary: "a buffer names no heap, and the board has none or several",
    rationale: "Only on a board with one heap it is clear which one is meant.",
    badExample: "buffers:\n  - name: frames\n    size: 4MiB\n    heap: \"\"\n",
    goodExample: "buffers:\n  - name: frames\n    size: 4MiB\n",
    references: guide)

  static let unknownHeap = Rule(
    "DTH316", "unknown-heap", .error,
    summary: "a buffer names a heap of which the board's tree says nothing",
    rationale: "The name is the one under `/dev/dma_heap`, a label, or the path of a node; it is neither.",
    badExample: "buffers:\n  - name: frames\n    size: 4MiB\n    heap: frame-heap\n",
    goodExample: "buffers:\n  - name: frames\n    size: 4MiB\n    heap: frames-heap\n",
    references: guide)

  static let unregisteredHeap = Rule(
    "DTH317", "unregistered-heap", .error,
    summary: "a buffer names a heap that the kernel would not create",
    rationale: "The device file under `/dev/dma_heap` would not be there, and every allocation would fail.",
    badExample: "buffers:\n  - name: frames\n    size: 4MiB\n    heap: firmware\n",
    goodExample: "buffers:\n  - name: frames\n    size: 4MiB\n    heap: frames-heap\n",
    references: ["Linux 6.1, drivers/of/of_reserved_mem.c, drivers/dma-buf/dma-heap.c"] + guide)

  static let oversizedHeaps = Rule(
    "DTH318", "oversized-heaps", .error,
    summary: "the board's areas together are larger than the model takes",
    rationale: "The model keeps every page of the areas; 2^28 pages are the most.",
    badExample: "", goodExample: "",
    references: guide)

  /// The rules about a plan on a board.
  static let planBoardRules: [Rule] = [missingHeap, unknownHeap, unregisteredHeap, oversizedHeaps]
}

/// The rules about plans and traces, in order of their codes.
public enum PlanRules {
  /// Every rule about plans and traces.
  public static let all: [Rule] =
    Rule.planTextRules + Rule.planBoardRules + Rule.traceRules + Rule.ftraceRules
}
