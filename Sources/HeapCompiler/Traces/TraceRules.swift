import Diagnostics

/// Rules about traces.
extension Rule {
  private static func trace(_ operations: String, heap: String = "\"chunkOrder\": 4") -> String {
    """
    {"title": "example", "pageSize": 4096, "pageblockOrder": 9, "maxOrder": 11,
     "areas": [{"name": "area", "basePFN": 262144, "pages": 4096}],
     "heaps": [{"name": "heap", "area": "area", "type": "chunk", "variant": "failfast", \(heap)}],
     "operations": [\(operations)]}

    """
  }

  private static let good = trace("{\"op\": \"alloc\", \"heap\": \"heap\", \"id\": 1, \"bytes\": 65536}")

  static let malformedTrace = Rule(
    "DTH331", "malformed-trace", .error,
    summary: "the trace is no JSON",
    rationale:
      "Nothing can be said about a trace that cannot be read; a recording that was cut off ends like this.",
    badExample: "{\"title\": \"cut off\", \"areas\": [\n", goodExample: good,
    references: ["RFC 8259", "Documentation/traces.md"])

  static let oversizedTrace = Rule(
    "DTH332", "oversized-trace", .error,
    summary: "the trace is larger or nests deeper than what is read",
    rationale: "Limits of 64 MiB, 4,000,000 values and 32 levels keep a hostile file from exhausting memory.",
    badExample: String(repeating: "[", count: 40) + String(repeating: "]", count: 40) + "\n",
    goodExample: good,
    references: ["Documentation/traces.md"])

  static let unknownTraceKey = Rule(
    "DTH333", "unknown-trace-key", .warning,
    summary: "an area, a heap or an operation of a trace has a key that is not read",
    rationale: "A misspelt answer would not be compared, and the replay would seem to agree.",
    badExample: trace("{\"op\": \"alloc\", \"heap\": \"heap\", \"id\": 1, \"bytes\": 65536, \"resutl\": 0}"),
    goodExample: good,
    references: ["Documentation/traces.md"])

  static let repeatedTraceKey = Rule(
    "DTH334", "repeated-trace-key", .error,
    summary: "an object of a trace has a key twice",
    rationale: "Only one of the two values could count, and readers of JSON do not agree which.",
    badExample: trace("{\"op\": \"free\", \"id\": 1, \"id\": 2}"), goodExample: good,
    references: ["RFC 8259, 4", "Documentation/traces.md"])

  static let wrongTraceValue = Rule(
    "DTH335", "wrong-trace-value", .error,
    summary: "a value of a trace is of another kind than its key takes",
    rationale: "Nothing is guessed: a replay of something else than what was recorded proves nothing.",
    badExample: trace("{\"op\": \"free\", \"id\": \"1\"}"), goodExample: good,
    references: ["Documentation/traces.md"])

  static let absurdTraceNumber = Rule(
    "DTH336", "absurd-trace-number", .error,
    summary: "a number of a trace is out of its range",
    rationale: "No machine has such a page size, order or area.",
    badExample: trace("{\"op\": \"alloc\", \"heap\": \"heap\", \"id\": 1, \"bytes\": -1}"), goodExample: good,
    references: ["Documentation/traces.md"])

  static let missingTraceKey = Rule(
    "DTH337", "missing-trace-key", .error,
    summary: "an object of a trace lacks a key that it needs",
    rationale: "Answers are optional, the operations themselves are not.",
    badExample: trace("{\"op\": \"alloc\", \"heap\": \"heap\", \"id\": 1}"), goodExample: good,
    references: ["Documentation/traces.md"])

  static let unrunnableTrace = Rule(
    "DTH338", "unrunnable-trace", .error,
    summary: "a trace names an area or a heap that it does not declare, or allocates twice under one number",
    rationale: "The operation has no meaning, and neither has what comes behind it.",
    badExample: trace("{\"op\": \"alloc\", \"heap\": \"haep\", \"id\": 1, \"bytes\": 65536}"),
    goodExample: good,
    references: ["Documentation/traces.md"])

  /// The rules about traces.
  static let traceRules: [Rule] = [
    malformedTrace, oversizedTrace, unknownTraceKey, repeatedTraceKey, wrongTraceValue, absurdTraceNumber,
    missingTraceKey, unrunnableTrace,
  ]
}
