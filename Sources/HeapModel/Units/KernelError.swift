/// An error number as the kernel's callers see it.
public enum KernelError: Int32, Error, Hashable, Sendable {
  /// ENOMEM, -12: no room, or the range allocation below failed.
  case noMemory = -12
  /// EBUSY, -16: there was room, and every try met a page that stays.
  case busy = -16
  /// EINVAL, -22: the request itself is wrong.
  case invalidArgument = -22

  /// The name as in errno.h, without the sign.
  public var name: String {
    switch self {
    case .noMemory: "ENOMEM"
    case .busy: "EBUSY"
    case .invalidArgument: "EINVAL"
    }
  }
}
