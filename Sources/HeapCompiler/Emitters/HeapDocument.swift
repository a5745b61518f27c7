import DTParse
import Diagnostics
import HeapModel

/// What `dtheap generate` writes, before it has a format.
public struct HeapDocument: Hashable, Sendable {
  /// The board's name.
  public let board: String
  /// The kernel's name.
  public let kernel: String
  /// The architecture.
  public let architecture: Architecture
  /// The heaps in the order of their registration.
  public let heaps: [HeapDescription]
  /// Why the heaps should not be relied on; empty for a good tree.
  public let faults: [String]

  /// The heaps of a map.
  ///
  /// - Parameters:
  ///   - board: the board's name, for the file's head.
  ///   - map: the map.
  ///   - tree: the tree that it was made of.
  ///   - faults: errors in the tree, one sentence each.
  public init(board: String, map: MemoryMap, tree: Devicetree, faults: [String]) {
    self.board = board
    self.faults = faults
    kernel = map.profile.name
    architecture = map.profile.architecture
    heaps = HeapDescription.all(of: map, tree)
  }
}
