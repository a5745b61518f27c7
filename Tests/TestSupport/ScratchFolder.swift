import Foundation

/// A folder of its own for one test, removed with the value.
public final class ScratchFolder: Sendable {
  /// The folder's path.
  public let path: String

  /// Makes a fresh folder under the system's temporary folder.
  public init() throws {
    path = NSTemporaryDirectory() + "dtheap-test-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
