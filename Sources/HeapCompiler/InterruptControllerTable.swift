import HeapModel

/// Which interrupt controllers tell the architecture of a board whose tree says nothing of its CPU.
///
/// - Source: Linux 6.1, drivers/irqchip and Documentation/devicetree/bindings/interrupt-controller; the boards of
///   arch/arm that have them.
enum InterruptControllerTable {
  /// What a controller tells.
  ///
  /// - Returns: nil for a string that the table does not have, or that both kinds of arm boards have.
  static func architecture(_ compatible: String) -> BoardArchitecture? {
    if compatible == "arm,armv7m-nvic" { return .other(compatible) }
    if shared.contains(compatible) { return .unstated }
    if exact32.contains(compatible) || prefixes32.contains(where: compatible.hasPrefix) {
      return .modelled(.arm)
    }
    return nil
  }

  /// Generic interrupt controllers that arm64 boards have too.
  private static let shared: Set<String> = [
    "arm,cortex-a15-gic", "arm,cortex-a7-gic", "arm,gic-400", "arm,gic-v3",
  ]

  /// Controllers of ARM9 to ARM11 and of early ARMv7 cores.
  private static let exact32: Set<String> = [
    "arm,arm1176jzf-devchip-gic", "arm,arm11mp-gic", "arm,cortex-a5-gic", "arm,cortex-a9-gic", "arm,pl390",
    "arm,pl190-vic", "arm,pl192-vic", "arm,versatile-fpga-irq", "arm,versatile-vic", "faraday,ftintc010",
    "marvell,orion-intc",
  ]

  private static let prefixes32 = ["intel,ixp4", "mrvl,mmp", "marvell,pxa"]
}
