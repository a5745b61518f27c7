import Glibc

/// The process's standard streams, written whole and unbuffered.
enum Console {
  /// Prints to standard output.
  static func print(_ text: String) { write(text, STDOUT_FILENO) }

  /// Prints to standard error.
  static func printError(_ text: String) { write(text, STDERR_FILENO) }

  private static func write(_ text: String, _ descriptor: Int32) {
    var text = text
    text.withUTF8 { bytes in
      var done = 0
      while done < bytes.count {
        let wrote = Glibc.write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
        if wrote < 0, errno == EINTR { continue }
        if wrote <= 0 { return }
        done += wrote
      }
    }
  }
}
