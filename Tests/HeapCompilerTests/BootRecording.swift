import Foundation
import HeapModel
import Testing

/// A recorded boot of `Fixtures/boot` or `Fixtures/boot-chunk`; the keys are explained in the folders' READMEs.
struct BootRecording: Decodable {
  struct Kernel: Decodable {
    struct Occupied: Decodable {
      let what: String
      let base: String
      let size: UInt64
    }

    struct Region: Decodable {
      let name: String
      let base: String
      let size: UInt64
      let nomap: Bool?
      let reusable: Bool?
      let type: String?
      let final: String?
      let givenBack: Bool
    }

    struct Pool: Decodable {
      let name: String
      let base: String
      let type: String?
      let size: UInt64?
      let sizeMiB: UInt64?
      let builtIn: Bool?
    }

    struct Problem: Decodable {
      let node: String?
      let kind: String
    }

    let boot: String
    let dma_limit: String?
    let occupied: [Occupied]?
    let regions: [Region]
    let cma: [Pool]?
    let coherent: [Pool]?
    let pools: [Pool]?
    let errors: [Problem]
    let log: [String]
  }

  let id: String
  let dts: String
  let arch: String
  let cmdline: String
  let options: [String]?
  let kernels: [String: Kernel]
}

/// One kernel of one recording, as a test argument.
struct RecordedBoot: Sendable, CustomTestStringConvertible {
  /// `boot` or `boot-chunk`.
  let folder: String
  let id: String
  let kernel: String

  var testDescription: String { "\(folder)/\(id) \(kernel)" }
  var isChunk: Bool { folder == "boot-chunk" }

  /// Where the fixtures lie.
  static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

  /// Every kernel of every recording in a folder, by name.
  static func all(in folder: String) throws -> [RecordedBoot] {
    let names = try FileManager.default.contentsOfDirectory(atPath: fixtures.appending(path: folder).path)
    return try names.filter { $0.hasSuffix(".json") }.sorted().flatMap { name in
      let id = String(name.dropLast(".json".count))
      return try read(folder, id).kernels.keys.sorted().map {
        RecordedBoot(folder: folder, id: id, kernel: $0)
      }
    }
  }

  /// The recording itself.
  func recording() throws -> BootRecording { try Self.read(folder, id) }

  /// The path of the recording's tree.
  func source(of recording: BootRecording) -> String {
    Self.fixtures.appending(path: folder).appending(path: recording.dts).path
  }

  private static func read(_ folder: String, _ id: String) throws -> BootRecording {
    let url = fixtures.appending(path: folder).appending(path: id + ".json")
    return try JSONDecoder().decode(BootRecording.self, from: Data(contentsOf: url))
  }
}

/// A number as the recordings write addresses.
func address(_ text: String) -> UInt64? {
  text.hasPrefix("0x") ? UInt64(text.dropFirst(2), radix: 16) : UInt64(text)
}
