import Glibc

/// How far a long run has come, on standard error, where that is a terminal.
final class LintProgress {
  /// Fewer files are done before anyone could read it.
  private static let fileCountMin = 20

  private let fileCount: Int
  private let isShown: Bool
  private var shown = 0

  /// Progress over so many files.
  init(fileCount: Int) {
    self.fileCount = fileCount
    isShown = fileCount >= Self.fileCountMin && isatty(STDERR_FILENO) == 1
  }

  /// So many files are done.
  func update(done: Int) {
    // Every percent is enough, and keeps a terminal from being the slowest part.
    guard isShown, done * 100 / fileCount > shown else { return }
    shown = done * 100 / fileCount
    Console.printError("\r\(done) of \(fileCount) files")
  }

  /// Takes the line away.
  func end() {
    if isShown, shown > 0 { Console.printError("\r\u{1B}[K") }
  }
}
