import Glibc

/// A program run to its end, with bounded time and output.
///
/// Synchronous on purpose: an asynchronous runner needs a thread of the concurrency pool, and this front end may be
/// called from all of them at once.
struct ChildProcess {
  /// What came of a run.
  struct Outcome: Sendable {
    /// The exit status; nil after a signal, which is how the bounds are enforced.
    let status: Int32?
    let output: [UInt8]
    let errors: [UInt8]
  }

  /// Processor seconds that the program may use.
  static let secondsMax = 60

  /// Runs the program called `name` in `PATH`, with `input` as its standard input.
  /// - Parameters:
  ///   - name: the program.
  ///   - arguments: what comes after its name.
  ///   - input: what it can read.
  ///   - outputBytesMax: what it may write; it is stopped when it writes more.
  /// - Returns: its exit status and what it wrote.
  /// - Throws: a failure to start it or to make its files.
  static func run(
    _ name: String, _ arguments: [String], input: [UInt8], outputBytesMax: Int
  ) throws(FileSystem.Failure) -> Outcome {
    let files = [namelessFile(), namelessFile(), namelessFile()]
    defer { for file in files where file >= 0 { close(file) } }
    guard files.allSatisfy({ $0 >= 0 }) else { throw .system(errno: errno) }
    try FileSystem.writeAll(input, files[0]).get()
    lseek(files[0], 0, SEEK_SET)
    // The shell sets the bounds in the child itself, so that they hold from its first instruction on.
    let script = "ulimit -t \(secondsMax); ulimit -f \(outputBytesMax / 512 + 1); exec \"$0\" \"$@\""
    let status = try spawn(["/bin/sh", "-c", script, name] + arguments, files)
    return Outcome(
      status: status, output: try contents(files[1], outputBytesMax), errors: try errorText(files[2]))
  }

  /// An open file that has no name and goes with its last descriptor; -1 if there is no room for one.
  private static func namelessFile() -> Int32 {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var path = Array(FileSystem.join(folder, "dtheap-XXXXXX").utf8CString)
    let file = mkstemp(&path)
    guard file >= 0 else { return -1 }
    unlink(path)
    _ = fcntl(file, F_SETFD, FD_CLOEXEC)
    return file
  }

  private static func spawn(_ words: [String], _ files: [Int32]) throws(FileSystem.Failure) -> Int32? {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (target, file) in files.enumerated() {
      posix_spawn_file_actions_adddup2(&actions, file, Int32(target))
    }
    var argv: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
    argv.append(nil)
    defer { for word in argv { free(word) } }
    var pid: pid_t = 0
    let code = posix_spawn(&pid, words[0], &actions, nil, argv, environ)
    guard code == 0 else { throw .system(errno: code) }
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 {
      guard errno == EINTR else { throw .system(errno: errno) }
    }
    return status & 0x7f == 0 ? status >> 8 & 0xff : nil
  }

  /// The beginning of what went to standard error.
  private static func errorText(_ file: Int32) throws(FileSystem.Failure) -> [UInt8] {
    ftruncate(file, min(lseek(file, 0, SEEK_END), 1 << 20))
    return try contents(file, 1 << 20)
  }

  private static func contents(_ file: Int32, _ bytesMax: Int) throws(FileSystem.Failure) -> [UInt8] {
    lseek(file, 0, SEEK_SET)
    return try FileSystem.readAll(file, sizeHint: 64 << 10, bytesMax: bytesMax + 1024).get()
  }
}
