/// What the kernel command line says about memory.
///
/// - Source: Linux 6.1 lib/cmdline.c, next_arg, memparse; kernel/dma/contiguous.c, early_cma; early_mem of
///   arch/arm64/mm/init.c and arch/arm/kernel/setup.c.
struct BootCommandLine: Hashable, Sendable {
  /// `cma=SIZE[@BASE[-LIMIT]]`, each value cut to the width of an address.
  struct ContiguousRequest: Hashable, Sendable {
    var size: UInt64
    /// 0 where no base was given.
    var base: UInt64
    /// The end of the range, 0 where no base was given.
    var limit: UInt64

    /// Whether base and limit leave one place.
    func isFixed(mask: UInt64) -> Bool { (base &+ size) & mask == limit }
  }

  /// One `mem=SIZE[@START]`.
  struct MemoryOption: Hashable, Sendable {
    var size: UInt64
    var start: UInt64?
  }

  /// The last `cma=`, or nil without one.
  ///
  /// A base that an earlier `cma=` gave stays in force, as in the kernel.
  private(set) var contiguous: ContiguousRequest?
  /// All `mem=`, in order.
  private(set) var memory: [MemoryOption] = []
  /// Whether `cma` stands there without a value.
  private(set) var hasBareContiguous = false

  /// Reads a command line.
  ///
  /// - Parameters:
  ///   - text: the command line; bytes beyond the profile's limit are cut.
  ///   - profile: gives the limit and the width of an address.
  init(_ text: String, profile: KernelProfile) {
    var arguments = KernelArguments(Array(text.utf8.prefix(profile.commandLineMax - 1)))
    let mask = profile.addressMask
    while let (name, value) = arguments.next() {
      switch String(decoding: name, as: UTF8.self) {
      case "--" where value == nil: return
      case "cma": readContiguous(value, mask: mask)
      case "mem": readMemory(value)
      default: continue
      }
    }
  }

  private mutating func readContiguous(_ value: ArraySlice<UInt8>?, mask: UInt64) {
    guard var text = value else {
      hasBareContiguous = true
      return
    }
    var request = contiguous ?? ContiguousRequest(size: 0, base: 0, limit: 0)
    request.size = takeSize(&text) & mask
    if text.first == UInt8(ascii: "@") {
      text = text.dropFirst()
      request.base = takeSize(&text) & mask
      if text.first == UInt8(ascii: "-") {
        text = text.dropFirst()
        request.limit = takeSize(&text) & mask
      } else {
        request.limit = (request.base &+ request.size) & mask
      }
    }
    contiguous = request
  }

  private mutating func readMemory(_ value: ArraySlice<UInt8>?) {
    guard var text = value else { return }
    var option = MemoryOption(size: takeSize(&text))
    if text.first == UInt8(ascii: "@") {
      text = text.dropFirst()
      option.start = takeSize(&text)
    }
    memory.append(option)
  }
}

/// Splits a command line into names and values.
private struct KernelArguments {
  private let text: [UInt8]
  private var position = 0

  init(_ text: [UInt8]) { self.text = text }

  /// The next argument; the value is nil without an equals sign.
  mutating func next() -> (name: ArraySlice<UInt8>, value: ArraySlice<UInt8>?)? {
    while position < text.count, Self.isSpace(text[position]) { position += 1 }
    guard position < text.count, text[position] != 0 else { return nil }
    let quote = UInt8(ascii: "\"")
    var isInQuote = false
    let isQuoted = text[position] == quote
    if isQuoted {
      position += 1
      isInQuote = true
    }
    let start = position
    var equals: Int?
    while position < text.count, text[position] != 0, isInQuote || !Self.isSpace(text[position]) {
      // An equals sign at the very start is part of the name.
      if equals == nil, position > start, text[position] == UInt8(ascii: "=") { equals = position }
      if text[position] == quote { isInQuote.toggle() }
      position += 1
    }
    var end = position
    guard let equals else {
      if isQuoted, end > start, text[end - 1] == quote { end -= 1 }
      return (text[start..<end], nil)
    }
    var valueStart = equals + 1
    if valueStart < end, text[valueStart] == quote {
      valueStart += 1
      if valueStart < end, text[end - 1] == quote { end -= 1 }
    } else if isQuoted, end > valueStart, text[end - 1] == quote {
      end -= 1
    }
    return (text[start..<equals], text[valueStart..<end])
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0d).contains(byte) || byte == 0xa0
  }
}

/// Takes a number with an optional binary suffix off the front (memparse); overflow wraps, rubbish is 0.
private func takeSize(_ text: inout ArraySlice<UInt8>) -> UInt64 {
  var radix: UInt64 = 10
  if text.first == UInt8(ascii: "0") {
    let rest = text.dropFirst()
    let isHexadecimal = rest.first.map { $0 | 0x20 == UInt8(ascii: "x") } ?? false
    if isHexadecimal, let digit = rest.dropFirst().first, digitValue(digit) ?? 16 < 16 {
      radix = 16
      text = rest.dropFirst()
    } else {
      radix = 8
    }
  }
  var value: UInt64 = 0
  while let byte = text.first, let digit = digitValue(byte), digit < radix {
    value = value &* radix &+ digit
    text = text.dropFirst()
  }
  let suffixes: [UInt8] = Array("kmgtpe".utf8)
  if let byte = text.first, let power = suffixes.firstIndex(of: byte | 0x20) {
    value = value << UInt64(10 * (power + 1))
    text = text.dropFirst()
  }
  return value
}

private func digitValue(_ byte: UInt8) -> UInt64? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
  case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
  case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A") + 10)
  default: nil
  }
}
