import Diagnostics

/// Rules about what a tree says against its bindings.
extension Rule {
  private static func binding(
    _ code: String, _ name: String, summary: String, rationale: String, bad: String = "", good: String = ""
  ) -> Rule {
    Rule(
      code, name, .warning, summary: summary, rationale: rationale,
      badExample: board(bad), goodExample: board(good),
      references: ["dt-schema 2026.9, dt-validate", "Linux 6.1, Documentation/devicetree/bindings"])
  }

  /// A board with a pool and, beside it, this content; empty for no example.
  private static func board(_ content: String) -> String {
    if content.isEmpty { return "" }
    return """
      /dts-v1/;
      / {
        #address-cells = <1>;
        #size-cells = <1>;
        memory@40000000 {
          device_type = "memory";
          reg = <0x40000000 0x40000000>;
        };
        reserved-memory {
          #address-cells = <1>;
          #size-cells = <1>;
          ranges;
          pool: pool {
            compatible = "shared-dma-pool";
            size = <0x1000000>;
            reusable;
          };
        };
        \(content)
      };

      """
  }

  private static let goodHeap = heap("")

  /// A chunk heap with these properties more.
  private static func heap(_ more: String) -> String {
    "chunk-heap { compatible = \"linux,dma-heap-chunk\"; memory-region = <&pool>; alignment = <0x10000>; \(more)};"
  }

  /// A heap as products have it, with these properties more.
  private static func namedHeap(_ more: String) -> String {
    "video-heap { compatible = \"samsung,dma-heap-chunk\"; memory-region = <&pool>; \(more)};"
  }

  static let unexpectedProperty = binding(
    "DTH101", "unexpected-property",
    summary: "a property that the node's binding does not know",
    rationale: "A driver ignores what it does not know: a misspelt property has no effect and no message.",
    bad: heap("chunk-count = <16>; "), good: goodHeap)

  static let missingProperty = binding(
    "DTH102", "missing-property",
    summary: "a property that the node's binding requires is not there",
    rationale: "The driver fails to probe, or falls back to something that the board may not have.",
    bad: "memory@80000000 { reg = <0x80000000 0x1000>; };",
    good: "memory@80000000 { device_type = \"memory\"; reg = <0x80000000 0x1000>; };")

  static let wrongType = binding(
    "DTH103", "wrong-type",
    summary: "a value of another type than its binding gives the property",
    rationale: "The kernel reads the bytes as its type and takes a wrong number or none.",
    bad: namedHeap("dma-heap,name = \"video\"; dma-heap,untouchable = <1>; "),
    good: namedHeap("dma-heap,name = \"video\"; dma-heap,untouchable; "))

  static let valueNotAllowed = binding(
    "DTH104", "value-not-allowed",
    summary: "a value that is not among those that the binding lists",
    rationale: "A driver knows the listed values only.",
    bad: heap("status = \"disable\"; "), good: heap("status = \"disabled\"; "))

  static let unmatchedText = binding(
    "DTH105", "unmatched-text",
    summary: "a string that does not have the form that the binding asks for",
    rationale: "A driver or a tool that takes the string apart fails.",
    bad: "decoder { compatible = \"acme decoder\"; };", good: "decoder { compatible = \"acme,decoder\"; };")

  static let numberOutOfRange = binding(
    "DTH106", "number-out-of-range",
    summary: "a number outside the range, or no multiple, that the binding asks for",
    rationale: "Hardware does not support the value; a driver rejects or clips it.",
    bad: namedHeap("dma-heap,name = \"video\"; dma-heap,protection_id = <0>; "),
    good: namedHeap("dma-heap,name = \"video\"; dma-heap,protection_id = <1>; "))

  static let wrongCount = binding(
    "DTH107", "wrong-count",
    summary: "a list with more or fewer entries than the binding allows",
    rationale: "The kernel reads a fixed number of entries: the others are ignored or missing.",
    bad: "video-heap { compatible = \"samsung,dma-heap-system\"; dma-heap,name = \"video\", \"audio\"; };",
    good: "video-heap { compatible = \"samsung,dma-heap-system\"; dma-heap,name = \"video\"; };")

  static let repeatedValue = binding(
    "DTH108", "repeated-value",
    summary: "a list holds the same entry twice where the binding wants each once",
    rationale: "Only the first one of two equal names can be found.",
    bad: "decoder { compatible = \"acme,decoder\", \"acme,decoder\"; };",
    good: "decoder { compatible = \"acme,decoder\"; };")

  static let missingValue = binding(
    "DTH109", "missing-value",
    summary: "a list lacks an entry that the binding wants in it",
    rationale: "A driver looks for the entry, such as a fallback compatible string.")

  static let forbiddenProperty = binding(
    "DTH110", "forbidden-property",
    summary: "a property that the binding forbids for this kind of node",
    rationale: "The property contradicts another one or the hardware's variant.")

  static let missingCompanion = binding(
    "DTH111", "missing-companion",
    summary: "a property stands without another one that it needs",
    rationale: "One of the two is read only together with the other.")

  static let unmatchedAlternative = binding(
    "DTH112", "unmatched-alternative",
    summary: "none of the forms that the binding offers fits",
    rationale: "A driver understands one of the listed forms only.")

  static let ambiguousAlternative = binding(
    "DTH113", "ambiguous-alternative",
    summary: "several forms of which the binding allows one hold at once",
    rationale: "The driver takes one of them, not both.")

  static let excludedCombination = binding(
    "DTH114", "excluded-combination",
    summary: "a combination that the binding excludes",
    rationale: "The properties contradict each other.")

  static let misnamedNode = binding(
    "DTH115", "misnamed-node",
    summary: "a node whose name is not the one that its binding asks for",
    rationale: "Names say what a device is; some code finds nodes by them.")

  static let undocumentedProperty = binding(
    "DTH116", "undocumented-property",
    summary: "a property that no binding describes",
    rationale: "Nobody has said what its value means, so nobody can check it.")

  static let unexpectedNode = binding(
    "DTH117", "unexpected-node",
    summary: "a child node that the node's binding does not know",
    rationale: "A driver ignores the child, or treats it as something that it is not.",
    bad: heap("chunk { }; "), good: goodHeap)

  static let unfinishedValidation = binding(
    "DTH118", "unfinished-validation",
    summary: "a node for which the bindings ask too much to be checked",
    rationale: "Bindings that refer to each other in circles could be followed for ever; the check stops.")

  /// The rules about trees and their bindings, in order of their codes.
  static let validationRules: [Rule] = [
    unexpectedProperty, missingProperty, wrongType, valueNotAllowed, unmatchedText, numberOutOfRange,
    wrongCount, repeatedValue, missingValue, forbiddenProperty, missingCompanion, unmatchedAlternative,
    ambiguousAlternative, excludedCombination, misnamedNode, undocumentedProperty, unexpectedNode,
    unfinishedValidation,
  ]
}
