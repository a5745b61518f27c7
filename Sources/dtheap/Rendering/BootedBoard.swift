import DTParse
import HeapCompiler
import HeapModel

/// A board that has been booted in the model.
package struct BootedBoard {
  /// The board's name on the command line.
  package let name: String
  /// What was read.
  package let loaded: LoadResult
  /// Its tree.
  package let tree: Devicetree
  /// What the user says instead of the tree.
  package let overrides: BoardCompiler.Overrides
  /// The board as the model sees it.
  package let board: BoardConfiguration
  /// What the kernel makes of it.
  package let map: MemoryMap

  /// Keeps what is known of a board; `map` must be of `board`, and `board` of `tree`.
  package init(
    name: String, loaded: LoadResult, tree: Devicetree,
    overrides: BoardCompiler.Overrides = BoardCompiler.Overrides(), board: BoardConfiguration, map: MemoryMap
  ) {
    self.name = name
    self.loaded = loaded
    self.tree = tree
    self.overrides = overrides
    self.board = board
    self.map = map
  }

  /// The kernel.
  package var profile: KernelProfile { map.profile }
}
