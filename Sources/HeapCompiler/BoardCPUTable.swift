import HeapModel

/// Which CPUs are of which architecture.
///
/// - Source: Linux 6.1 Documentation/devicetree/bindings/arm/cpus.yaml, and the CPUs of the boards of arch/arm and
///   arch/arm64; newer cores by their makers' documentation.
enum CPUTable {
  /// The architecture of a CPU.
  ///
  /// - Returns: nil for a string that the table does not have.
  static func architecture(_ compatible: String) -> Architecture? {
    let text = compatible.lowercased()
    if exact64.contains(text) { return .arm64 }
    if exact32.contains(text) { return .arm }
    // The longer prefix first: it is the exception.
    let match = prefixes.filter { text.hasPrefix($0.0) }.max { $0.0.utf8.count < $1.0.utf8.count }
    return match?.1
  }

  /// Cores of 32 bits whose names look like those of 64-bit cores, and those that stand alone.
  private static let exact32: Set<String> = [
    "arm,cortex-a5", "arm,cortex-a7", "arm,cortex-a8", "arm,cortex-a9", "arm,cortex-a12", "arm,cortex-a15",
    "arm,cortex-a17", "arm,cortex-a32", "arm,sa110", "arm,sa1100", "arm,sa1110", "brcm,brahma-b15",
    "faraday,fa526", "intel,sa110", "intel,sa1100", "qcom,krait", "qcom,scorpion",
  ]

  private static let exact64: Set<String> = [
    "arm,armv8", "arm,kryo", "arm,rainier", "brcm,brahma-b53", "brcm,vulcan", "fujitsu,a64fx",
  ]

  private static let prefixes: [(String, Architecture)] = [
    // ARM7 to ARM11, 32 bits: arm7tdmi, arm926ej-s, arm1176jzf-s, arm11mpcore.
    ("arm,arm7", .arm), ("arm,arm9", .arm), ("arm,arm10", .arm), ("arm,arm11", .arm),
    ("arm,cortex-a", .arm64), ("arm,cortex-x", .arm64), ("arm,neoverse-", .arm64), ("arm,c1-", .arm64),
    ("apple,", .arm64), ("ampere,", .arm64), ("apm,", .arm64), ("cavium,thunder", .arm64),
    ("hisilicon,", .arm64), ("nvidia,", .arm64), ("phytium,", .arm64), ("samsung,mongoose", .arm64),
    ("samsung,exynos-m", .arm64),
    ("qcom,kryo", .arm64), ("qcom,oryon", .arm64), ("qcom,falkor", .arm64), ("qcom,saphira", .arm64),
    // Feroceon, Sheeva, PJ4, Mohawk, XScale, 88FR571.
    ("marvell,", .arm), ("mrvl,", .arm),
  ]
}
