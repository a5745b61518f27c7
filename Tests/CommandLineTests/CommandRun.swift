import Foundation
import TestSupport

/// What a run of the built binary gave.
struct CommandRun {
  let status: Int32
  let output: String
  let errors: String

  /// The output as a JSON object; empty where it is none.
  var json: [String: Any] {
    (try? JSONSerialization.jsonObject(with: Data(output.utf8))) as? [String: Any] ?? [:]
  }

  /// A list of objects in the JSON output.
  func rows(_ key: String) -> [[String: Any]] { json[key] as? [[String: Any]] ?? [] }

  /// Runs `dtheap` with arguments.
  static func dtheap(_ arguments: String..., input: String? = nil, environment: [String: String] = [:]) throws
    -> CommandRun
  {
    try dtheap(arguments, input: input, environment: environment)
  }

  /// Runs `dtheap` with a list of arguments.
  static func dtheap(_ arguments: [String], input: String? = nil, environment: [String: String] = [:]) throws
    -> CommandRun
  {
    // The tests' own binary lies beside it.
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let binary = URL(filePath: tests).deletingLastPathComponent().appending(path: "dtheap").path
    return try run(binary, arguments, input: input, environment: environment)
  }

  /// Runs any program.
  static func run(
    _ path: String, _ arguments: [String], input: String? = nil, environment: [String: String] = [:]
  ) throws -> CommandRun {
    // Files, because two pipes that nobody empties can block the process.
    let folder = try ScratchFolder()
    func file(_ name: String, _ text: String = "") throws -> FileHandle {
      let path = folder.path + "/" + name
      try Data(text.utf8).write(to: URL(filePath: path))
      guard let handle = FileHandle(forUpdatingAtPath: path) else { throw CocoaError(.fileNoSuchFile) }
      return handle
    }
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = try file("input", input ?? "")
    let (output, errors) = (try file("output"), try file("errors"))
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    process.waitUntilExit()
    func text(_ name: String) throws -> String {
      String(decoding: try Data(contentsOf: URL(filePath: folder.path + "/" + name)), as: UTF8.self)
    }
    return CommandRun(
      status: process.terminationStatus, output: try text("output"), errors: try text("errors"))
  }
}

/// A folder with files for one test.
func folder(_ files: [String: String]) throws -> ScratchFolder {
  let folder = try ScratchFolder()
  for (name, text) in files { try Data(text.utf8).write(to: URL(filePath: folder.path + "/" + name)) }
  return folder
}

/// A board with 1 GiB at 0x40000000 and regions.
func board(_ regions: String, _ rest: String = "", cpu: String = "arm,cortex-a53") -> String {
  """
  /dts-v1/;
  / {
    #address-cells = <1>;
    #size-cells = <1>;
    cpus { #address-cells = <1>; #size-cells = <0>; cpu@0 { device_type = "cpu"; compatible = "\(cpu)"; reg = <0>; }; };
    memory@40000000 { device_type = "memory"; reg = <0x40000000 0x40000000>; };
    reserved-memory {
      #address-cells = <1>;
      #size-cells = <1>;
      ranges;
      \(regions)
    };
    \(rest)
  };
  """
}

/// The chunk heap of the historic example: 256 MiB in chunks of 64 KiB.
let videoHeap = """
  video@60000000 { compatible = "linux,dma-heap-chunk"; reg = <0x60000000 0x10000000>; chunk-order = <4>; };
  """
