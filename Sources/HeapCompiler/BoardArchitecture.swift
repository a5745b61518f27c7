import DTParse
import HeapModel

/// The processor architecture that a tree tells by its first CPU, or by what stands beside it.
public enum BoardArchitecture: Hashable, Sendable {
  /// One whose boot the model knows.
  case modelled(Architecture)
  /// Another one, with what tells it: a compatible string, or the name of a node that has none.
  case other(String)
  /// There is no CPU and no interrupt controller that says anything.
  case unstated

  /// The architecture of a board.
  ///
  /// The first CPU is the first child of `/cpus` with `device_type = "cpu"` or the name `cpu`. Where it says nothing,
  /// the architected timer tells, and where there is none either, the interrupt controllers. A 64-bit arm board always
  /// says: its kernel needs the CPU's `enable-method` and the timer. So a controller that is not known rules arm64 out.
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
      self =
        Self.architectureOfTimer(tree).map(BoardArchitecture.modelled) ?? Self.ofInterruptControllers(tree)
        ?? Self.ofTimebase(cpus, cpu) ?? .unstated
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

  /// Open Firmware's clock of the CPU, which arm boards do not have.
  private static func ofTimebase(_ cpus: Node?, _ cpu: Node?) -> BoardArchitecture? {
    guard let cpu, [cpus, cpu].contains(where: { $0?.has("timebase-frequency") ?? false }) else { return nil }
    return .other(cpu.name)
  }

  /// What the interrupt controllers tell; an overlay's say nothing of its board's.
  ///
  /// - Returns: nil where there is none.
  private static func ofInterruptControllers(_ tree: Devicetree) -> BoardArchitecture? {
    guard !tree.isPlugin else { return nil }
    var told: BoardArchitecture?
    var unknown: String?
    tree.root.forEachDescendant { node in
      guard told == nil, node.has("interrupt-controller") else { return }
      let compatible = node.compatible
      told = compatible.lazy.compactMap(InterruptControllerTable.architecture).first
      unknown = unknown ?? compatible.first ?? node.baseName
    }
    return told ?? unknown.map(BoardArchitecture.other)
  }
}
