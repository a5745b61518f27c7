import Foundation

/// What a program did.
public struct ToolResult: Sendable {
  /// Its exit status, or 128 and the number of the signal that ended it, as a shell says it.
  public let status: Int32
  /// What it wrote to standard output.
  public let output: [UInt8]
  /// What it wrote to standard error.
  public let errorOutput: [UInt8]

  /// Standard output as text.
  public var text: String { String(decoding: output, as: UTF8.self) }
  /// Standard error as text.
  public var errorText: String { String(decoding: errorOutput, as: UTF8.self) }
}

/// Why a program could not be run to its end.
public enum ToolError: Error, CustomStringConvertible {
  /// It could not be started; the number is `errno`.
  case cannotStart(String, Int32)
  /// It was still running at the time limit and was ended, and what it started with it.
  case timeLimit(String, Duration, errorText: String)

  /// What happened, with the system's words.
  public var description: String {
    switch self {
    case .cannotStart(let path, let number): "cannot start \(path): \(String(cString: strerror(number)))"
    case .timeLimit(let path, let limit, let text): "\(path) was still running after \(limit): \(text)"
    }
  }
}

/// Runs a program to its end.
///
/// Input and output go through files, so that neither side ever waits for the other, however much is written.
/// - Parameters:
///   - path: the program, found through `PATH` if it has no slash.
///   - arguments: what comes after its name.
///   - stdin: what it can read.
///   - environment: variables that are set beside those of this process; nil removes one.
///   - folder: the folder in which it runs.
///   - timeLimit: how long it may take.
/// - Returns: its exit status and what it wrote.
/// - Throws: ``ToolError``, or an error of the file system.
public func runTool(
  _ path: String, _ arguments: [String] = [], stdin: [UInt8] = [], environment: [String: String?] = [:],
  in folder: String? = nil, timeLimit: Duration = .seconds(60)
) async throws -> ToolResult {
  let scratch = try ScratchFolder()
  let (input, output, errors) = ("\(scratch.path)/in", "\(scratch.path)/out", "\(scratch.path)/err")
  try Data(stdin).write(to: URL(fileURLWithPath: input))
  // posix_spawn cannot change the folder; a shell that replaces itself can.
  let command =
    folder.map { ["sh", "-c", "cd \"$0\" && exec \"$@\"", $0, path] + arguments } ?? [path] + arguments
  let process = try start(command, files: [input, output, errors], environment)
  let clock = ContinuousClock()
  let deadline = clock.now + timeLimit
  var status: Int32 = 0
  var isTooLate = false
  while waitpid(process, &status, WNOHANG) == 0 {
    if clock.now >= deadline {
      isTooLate = true
      kill(-process, SIGKILL)
      waitpid(process, &status, 0)
      break
    }
    // A cancelled test stops waiting politely, and the program ends at its limit.
    if (try? await Task.sleep(for: .milliseconds(2))) == nil { usleep(2000) }
  }
  func bytes(_ file: String) throws -> [UInt8] { try Array(Data(contentsOf: URL(fileURLWithPath: file))) }
  if isTooLate {
    throw ToolError.timeLimit(path, timeLimit, errorText: String(decoding: try bytes(errors), as: UTF8.self))
  }
  let signal = status & 0x7F
  return ToolResult(
    status: signal == 0 ? (status >> 8) & 0xFF : 128 + signal, output: try bytes(output),
    errorOutput: try bytes(errors))
}

/// Starts a program in a process group of its own, with `files` as standard input, output and error.
private func start(_ command: [String], files: [String], _ environment: [String: String?]) throws -> pid_t {
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_addopen(&actions, 0, files[0], O_RDONLY, 0)
  posix_spawn_file_actions_addopen(&actions, 1, files[1], O_WRONLY | O_CREAT | O_TRUNC, 0o600)
  posix_spawn_file_actions_addopen(&actions, 2, files[2], O_WRONLY | O_CREAT | O_TRUNC, 0o600)
  var attributes = posix_spawnattr_t()
  posix_spawnattr_init(&attributes)
  defer { posix_spawnattr_destroy(&attributes) }
  posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
  posix_spawnattr_setpgroup(&attributes, 0)

  var variables = ProcessInfo.processInfo.environment
  for (name, value) in environment { variables[name] = value }
  var argv: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
  var envp: [UnsafeMutablePointer<CChar>?] = variables.sorted { $0.key < $1.key }.map {
    strdup("\($0.key)=\($0.value)")
  }
  envp.append(nil)
  defer { for text in argv + envp { free(text) } }
  var process = pid_t()
  let failure = posix_spawnp(&process, command[0], &actions, &attributes, &argv, &envp)
  guard failure == 0 else { throw ToolError.cannotStart(command[0], failure) }
  return process
}
