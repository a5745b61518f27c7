import DTParse
import HeapCompiler

/// Leaves out files that are no boards and of which others are made: whoever names a board and what it includes, so
/// that both are fixed, wants the board judged.
///
/// Results pass as they come until there is a part; from then on they wait, because the board may come last.
struct LintParts {
  /// What came of one file.
  struct Result {
    let task: LintPlan.Task
    let report: LintReport
    /// The files that it is made of.
    let dependencies: [String]

    /// Whether it has no `/dts-v1/;`: it is a part of boards and none itself.
    fileprivate var isPart: Bool { report.findings.contains { $0.rule.code == LintParts.missingTag } }
  }

  private static let missingTag = "DTH007"

  private var waiting: [Result] = []
  private var dependencies: Set<String> = []

  /// Takes the next result, in the order of the command line.
  ///
  /// - Returns: the results that need not wait.
  mutating func pass(_ result: Result?) -> [Result] {
    guard let result else { return [] }
    let isPart = result.isPart
    if !isPart { dependencies.formUnion(result.dependencies) }
    if waiting.isEmpty, !isPart { return [result] }
    waiting.append(result)
    return []
  }

  /// The results that have waited, without the parts of boards.
  func rest() -> [Result] {
    guard !waiting.isEmpty else { return [] }
    let included = Set(dependencies.compactMap(FileSystem.identity))
    return waiting.filter { result in
      !result.isPart || FileSystem.identity(of: result.task.file).map { !included.contains($0) } ?? true
    }
  }
}
