import DTParse
import Diagnostics

extension Text {
  /// An address as a unit address: lower-case hexadecimal without prefix or leading zeros.
  static func unitAddress(_ address: UInt64) -> String { String(address, radix: 16) }

  /// A range as `0x40000000 to 0x400fffff`; its end is the last byte.
  static func range(_ base: UInt64, _ size: UInt64) -> String {
    size == 0 ? hex(base) : "\(hex(base)) to \(hex(base &+ (size - 1)))"
  }
}

extension UInt64 {
  /// The next multiple of `unit` from this number on; nil where there is none below 2^64.
  func roundedUp(to unit: UInt64) -> UInt64? {
    guard unit > 0, self % unit != 0 else { return self }
    let (sum, isTooLarge) = (self - self % unit).addingReportingOverflow(unit)
    return isTooLarge ? nil : sum
  }

  /// Whether exactly one of its bits is set.
  var isPowerOfTwo: Bool { nonzeroBitCount == 1 }
}

extension Devicetree {
  /// Whether some source has `word` in it, as in a path; true also where there is too much to search.
  func mentions(_ word: String) -> Bool {
    let wanted = Array(word.utf8)
    let total = sources.files.reduce(0) { $0 + $1.bytes.count }
    guard let first = wanted.first, total <= 1 << 20 else { return true }
    return sources.files.contains { file in
      file.bytes.withUnsafeBufferPointer { bytes in
        var start = 0
        while start + wanted.count <= bytes.count {
          if bytes[start] == first, bytes[start..<start + wanted.count].elementsEqual(wanted) { return true }
          start += 1
        }
        return false
      }
    }
  }

  /// The text of a place.
  func text(_ span: SourceSpan) -> String {
    let bytes = sources[span.file].bytes
    guard Int(span.end) <= bytes.count else { return "" }
    return String(decoding: bytes[Int(span.start)..<Int(span.end)], as: UTF8.self)
  }
}
