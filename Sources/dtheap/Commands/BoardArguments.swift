import ArgumentParser
import Glibc
import HeapCompiler
import HeapModel
import Rendering

extension Architecture: ExpressibleByArgument {}

extension ByteQuantity: ExpressibleByArgument {
  /// Reads a size on the command line.
  public init?(argument: String) { self.init(argument) }
}

extension KernelProfile.PageSize: ExpressibleByArgument {
  /// Reads a page size on the command line.
  public init?(argument: String) {
    guard let size = ByteQuantity(argument).flatMap({ Self(rawValue: $0.bytes) }) else { return nil }
    self = size
  }
}

/// `BASE+SIZE` on the command line.
struct RangeArgument: ExpressibleByArgument {
  let range: AddressRange

  init?(argument: String) {
    let parts = argument.split(separator: "+", omittingEmptySubsequences: false)
    guard parts.count == 2, let base = ByteQuantity(String(parts[0])),
      let size = ByteQuantity(String(parts[1]))
    else { return nil }
    range = AddressRange(base: base.bytes, size: size.bytes)
  }
}

/// `BASE+SIZE` with `:kernel`, `:dtb` or `:initrd` behind it, or nothing.
struct OccupiedArgument: ExpressibleByArgument {
  let occupied: OccupiedRange

  init?(argument: String) {
    let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count <= 2, let range = RangeArgument(argument: String(parts[0]))?.range else { return nil }
    var kind = OccupiedRange.Kind.unknown
    if parts.count == 2 {
      guard let named = OccupiedRange.Kind(rawValue: String(parts[1])) else { return nil }
      kind = named
    }
    occupied = OccupiedRange(range: range, kind: kind)
  }
}

extension ColorChoice: ExpressibleByArgument {
  /// Whether standard output has colour.
  var isOnForOutput: Bool {
    var environment: [String: String] = [:]
    for name in ["NO_COLOR", "TERM"] {
      if let value = getenv(name) { environment[name] = String(cString: value) }
    }
    return isOn(isTerminal: isatty(STDOUT_FILENO) == 1, environment: environment)
  }
}
