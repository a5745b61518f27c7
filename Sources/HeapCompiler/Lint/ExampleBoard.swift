/// The small board in which rules show their examples: one GiB of memory at 0x40000000, one cell an address and a size.
enum ExampleBoard {
  /// A board with regions and devices.
  ///
  /// - Parameters:
  ///   - regions: the lines inside `/reserved-memory`, without indentation.
  ///   - devices: the lines inside `/` after it, without indentation.
  /// - Returns: the whole source.
  static func with(regions: String, devices: String = "") -> String {
    plain(
      """
      reserved-memory {
      \t#address-cells = <1>;
      \t#size-cells = <1>;
      \tranges;
      \(indented(regions))
      };
      \(devices)
      """)
  }

  /// A board with these lines inside `/` after the memory.
  static func plain(_ nodes: String) -> String {
    """
    /dts-v1/;
    / {
    \t#address-cells = <1>;
    \t#size-cells = <1>;

    \tmemory@40000000 {
    \t\tdevice_type = "memory";
    \t\treg = <0x40000000 0x40000000>;
    \t};
    \(indented(nodes))
    };

    """
  }

  private static func indented(_ text: String) -> String {
    text.split(separator: "\n").map { "\t\($0)" }.joined(separator: "\n")
  }
}
