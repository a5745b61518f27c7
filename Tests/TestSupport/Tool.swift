import Foundation

/// Another program, run to its end.
public struct Tool: Sendable {
  /// The program's path.
  public let path: String

  /// Wraps a path.
  public init(path: String) { self.path = path }

  /// The program called `name` in `PATH`; nil if there is none.
  public static func find(_ name: String) -> Tool? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
    return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }.map(Tool.init)
  }

  /// What a run gave.
  public struct Outcome: Sendable {
    /// The exit status; 128 and the signal's number after a signal.
    public let status: Int32
    /// What it wrote to standard output.
    public let output: Data
    /// What it wrote to standard error, as text.
    public let errors: String

    /// Standard output as text.
    public var text: String { String(decoding: output, as: UTF8.self) }
  }

  /// Runs the program. Its output goes through files, so that no pipe can fill up.
  public func run(_ arguments: [String], input: Data = Data(), in directory: String? = nil) throws -> Outcome {
    let scratch = try ScratchFolder()
    let files = ["in", "out", "err"].map { URL(fileURLWithPath: "\(scratch.path)/\($0)") }
    try input.write(to: files[0])
    for file in files.dropFirst() { try Data().write(to: file) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
    process.standardInput = try FileHandle(forReadingFrom: files[0])
    process.standardOutput = try FileHandle(forWritingTo: files[1])
    process.standardError = try FileHandle(forWritingTo: files[2])
    try process.run()
    process.waitUntilExit()
    let isSignal = process.terminationReason == .uncaughtSignal
    return Outcome(
      status: process.terminationStatus + (isSignal ? 128 : 0), output: try Data(contentsOf: files[1]),
      errors: String(decoding: try Data(contentsOf: files[2]), as: UTF8.self))
  }
}
