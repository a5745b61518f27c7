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

  init(_ range: AddressRange) { self.range = range }

  init?(argument: String) {
    guard let text = RangeText(argument) else { return nil }
    range = text.range
  }
}

/// `BASE+SIZE` with `:kernel`, `:dtb` or `:initrd` behind it, or nothing.
struct OccupiedArgument: ExpressibleByArgument {
  let occupied: OccupiedRange

  init(_ occupied: OccupiedRange) { self.occupied = occupied }

  init?(argument: String) {
    guard let occupied = OccupiedRange(text: argument) else { return nil }
    self.occupied = occupied
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
