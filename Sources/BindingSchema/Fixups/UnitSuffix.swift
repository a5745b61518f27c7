/// The units with which names of properties end.
/// - Source: dt-schema 2026.9, dtschema/fixups.py, unit_types_array_re and unit_types_matrix_re.
enum UnitSuffix {
  private static let matrixUnits = ["-hz", "-microvolt"]

  private static let arrayUnits: [String] = {
    var units = [
      "kBps", "bits", "percent", "bp", "db", "mhz", "sec", "ms", "us", "ns", "ps", "mm", "nanoamp",
      "milliwatt",
      "ohms", "micro-ohms", "femtofarads", "picofarads", "celsius", "millicelsius", "kelvin", "pascal",
      "kpascal",
    ]
    for unit in ["microamp", "microwatt"] { units += [unit, unit + "-hours"] }
    return units.map { "-" + $0 }
  }()

  /// Whether a property with that name is an array of integers.
  static func isArray(_ name: String) -> Bool { arrayUnits.contains { name.hasSuffix($0) } }

  /// Whether a property with that name is a matrix of integers.
  static func isMatrix(_ name: String) -> Bool { matrixUnits.contains { name.hasSuffix($0) } }
}
