import DTParse
import HeapModel

/// The processor architecture that a tree tells by its first CPU.
public enum BoardArchitecture: Hashable, Sendable {
  /// One whose boot the model knows.
  case modelled(Architecture)
  /// Another one, with what the CPU says: its first compatible string, or its name where it has none.
  case other(String)
  /// There is no CPU that says anything.
  case unstated

  /// The architecture of a board.
  ///
  /// The first CPU is the first child of `/cpus` with `device_type = "cpu"` or the name `cpu`. Where it says nothing,
  /// the architected timer tells.
  public init(of tree: Devicetree) {
    let cpus = tree.root.children.first { $0.baseName == "cpus" }
    let cpu = cpus?.children.first { $0["device_type"]?.firstString == "cpu" || $0.baseName == "cpu" }
    let compatible = cpu?.compatible ?? []
    if let architecture = compatible.lazy.compactMap(CPUTable.architecture).first {
      self = .modelled(architecture)
    } else if let first = compatible.first {
      self = .other(first)
    } else if let cpu, cpu.baseName != "cpu" {
      self = .other(cpu.baseName)
    } else {
      self = Self.architectureOfTimer(tree).map(BoardArchitecture.modelled) ?? .unstated
    }
  }

  private static func architectureOfTimer(_ tree: Devicetree) -> Architecture? {
    var architecture: Architecture?
    tree.root.forEachDescendant { node in
      guard architecture == nil, node.baseName == "timer" else { return }
      let compatible = node.compatible
      if compatible.contains("arm,armv8-timer") {
        architecture = .arm64
      } else if compatible.contains("arm,armv7-timer") {
        architecture = .arm
      }
    }
    return architecture
  }
}
