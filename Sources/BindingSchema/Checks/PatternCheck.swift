import Diagnostics

/// Checks that the regular expressions of bindings can be used.
struct PatternCheck {
  /// What is wrong with each expression that was seen; nil where nothing is.
  private var known: [String: RegularExpressionProblem?] = [:]

  /// What is wrong with an expression; nil where nothing is.
  mutating func problem(of pattern: BindingPattern) -> BindingProblem? {
    guard let problem = refusal(of: pattern.text) else { return nil }
    return BindingProblem(
      .badPattern, "the pattern `\(QuotedText.shown(pattern.text))` is malformed: \(problem.message)",
      at: pattern.mark, help: "see behind \(Text.count(problem.offset, "character")) of the pattern")
  }

  private mutating func refusal(of text: String) -> RegularExpressionProblem? {
    if let answer = known[text] { return answer }
    var answer: RegularExpressionProblem?
    do throws(RegularExpressionProblem) { _ = try RegularExpression.compile(text) } catch { answer = error }
    known[text] = .some(answer)
    return answer
  }
}

/// A regular expression of a binding.
struct BindingPattern: Sendable {
  let text: String
  let mark: SchemaValue.Mark
}
