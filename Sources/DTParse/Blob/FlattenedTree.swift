import CLibFDT
import Diagnostics

/// A blob that libfdt has checked as a whole.
///
/// The only file that calls libfdt.
final class FlattenedTree: @unchecked Sendable {
  private let base: UnsafeMutableRawPointer

  /// What libfdt objects to.
  struct Refusal: Error {
    /// libfdt's error code, negative.
    let code: Int32
    /// libfdt's word for it.
    var word: String { String(cString: fdt_strerror(code)) }
  }

  /// The first bytes of every blob.
  static let magic: [UInt8] = [0xd0, 0x0d, 0xfe, 0xed]

  /// Copies a blob to aligned memory and has libfdt check it.
  init(_ bytes: [UInt8]) throws(Refusal) {
    let copy = UnsafeMutableRawPointer.allocate(byteCount: max(bytes.count, 64), alignment: 8)
    bytes.withUnsafeBytes {
      if let source = $0.baseAddress { copy.copyMemory(from: source, byteCount: $0.count) }
    }
    base = copy
    let code = bytes.count < 40 ? -FDT_ERR_TRUNCATED : fdt_check_full(base, bytes.count)
    if code != 0 { throw Refusal(code: code) }
  }

  deinit { base.deallocate() }

  /// The boot CPU's physical ID.
  var bootCPUID: UInt32 { dth_fdt_boot_cpuid_phys(base) }

  /// The entries of the reservation block.
  var reservations: [MemoryReservation] {
    (0..<max(0, fdt_num_mem_rsv(base))).compactMap { index in
      var address: UInt64 = 0
      var size: UInt64 = 0
      guard fdt_get_mem_rsv(base, index, &address, &size) == 0 else { return nil }
      return MemoryReservation(address: address, size: size)
    }
  }

  /// A step of a walk over the structure.
  enum Step {
    case beginNode(name: UnsafeBufferPointer<UInt8>)
    case property(name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>)
    case endNode
  }

  /// Calls `visit` for every node and property in order.
  ///
  /// The bytes are borrowed for the call.
  func walk(_ visit: (Step) throws(Refusal) -> Void) throws(Refusal) {
    var offset: Int32 = 0
    var next: Int32 = 0
    while true {
      switch UInt32(bitPattern: Int32(truncatingIfNeeded: fdt_next_tag(base, offset, &next))) {
      case UInt32(FDT_BEGIN_NODE):
        var length: Int32 = 0
        guard let name = fdt_get_name(base, offset, &length) else { throw Refusal(code: length) }
        try visit(.beginNode(name: buffer(name, length)))
      case UInt32(FDT_PROP):
        var length: Int32 = 0
        var name: UnsafePointer<CChar>?
        guard let value = fdt_getprop_by_offset(base, offset, &name, &length), let name else {
          throw Refusal(code: length)
        }
        try visit(.property(name: buffer(name, Int32(strnlen(name))), value: buffer(value, length)))
      case UInt32(FDT_END_NODE): try visit(.endNode)
      case UInt32(FDT_NOP): break
      default:
        if next < 0 { throw Refusal(code: next) }
        return
      }
      if next < 0 { throw Refusal(code: next) }
      offset = next
    }
  }

  private func strnlen(_ text: UnsafePointer<CChar>) -> Int {
    var length = 0
    while text[length] != 0 { length += 1 }
    return length
  }

  private func buffer(_ start: UnsafeRawPointer, _ count: Int32) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: start.assumingMemoryBound(to: UInt8.self), count: Int(max(0, count)))
  }
}
