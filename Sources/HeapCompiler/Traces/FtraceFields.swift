import Diagnostics
import HeapModel

/// The fields of an event, `name=… pfn=… count=…`.
struct FtraceFields {
  private let text: ArraySlice<UInt8>
  /// By key, the first of each.
  private var values: [String: ArraySlice<UInt8>] = [:]
  private var fault: (message: String, place: Range<Int>)?

  /// The keys that are read, behind the name, which can hold blanks.
  private static let keys: Set<String> = [
    "pfn", "page", "count", "align", "errorno", "request_count", "available_count", "total_count",
  ]

  /// Fields that are none of ours are passed over: vendors add some, and kernels to come will.
  init(_ text: ArraySlice<UInt8>) {
    self.text = text
    var words = text.split { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }[...]
    guard let first = words.popFirst(), first.starts(with: Array("name=".utf8)) else { return }
    var name = first.dropFirst(5)
    var isInName = true
    while let word = words.popFirst() {
      if let equals = Self.endOfKey(word) {
        isInName = false
        let key = String(decoding: word[..<equals], as: UTF8.self)
        if Self.keys.contains(key), values[key] == nil { values[key] = word[(equals + 1)...] }
      } else if isInName {
        name = text[name.startIndex..<word.endIndex]
      } else {
        note("nothing but fields follows the name", word)
      }
    }
    values["name"] = name
  }

  /// The place of the `=` behind a field's name, which is that of a variable in C; nil where a word is no field.
  private static func endOfKey(_ word: ArraySlice<UInt8>) -> Int? {
    func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) || byte == UInt8(ascii: "_") }
    guard let first = word.first, isLetter(first) else { return nil }
    let key = word.prefix { isLetter($0) || (0x30...0x39).contains($0) }
    return key.endIndex < word.endIndex && word[key.endIndex] == UInt8(ascii: "=") ? key.endIndex : nil
  }

  /// The most pages that a request asks for, and the highest page frame: no machine comes near 2^48.
  static let pagesMax: UInt64 = 1 << 48
  /// The longest name: a node's name with its unit address, or the kernel's own 64 bytes.
  static let nameBytesMax = 255

  /// The event with these fields.
  mutating func event(_ kind: FtraceEvent.Kind, task: UInt64, time: String) -> FtraceLine {
    let area = name()
    let isStart = kind == .start
    let pages =
      number(isStart && values["request_count"] != nil ? "request_count" : "count", in: 1...Self.pagesMax)
    let align = kind == .release ? nil : number("align", in: 0...UInt64(MemoryGeometry.orderMax))
    let total =
      isStart && values["total_count"] != nil ? number("total_count", in: 1...PageMap.pagesMax) : nil
    let error = kind == .finish && values["errorno"] != nil ? errorNumber() : nil
    let first = isStart ? nil : frame()
    let page = isStart ? nil : value("page")
    let isGiven = error.map { $0 == 0 } ?? page.map { !Self.isNull($0) } ?? false
    var range: PageRange?
    if isGiven, kind != .busyRetry, let first, let pages {
      let isPossible = first <= Self.pagesMax && pages <= PageMap.pagesMax
      range = isPossible ? PageRange(first: PageFrame(first), count: pages) : nil
      if range == nil, let written = values["pfn"] { note("no area holds such a range", written) }
    }
    if kind == .release, range == nil { note("nothing is given back", text) }
    if let fault { return .malformed(fault.message, fault.place) }
    guard let area, let pages else {
      return .malformed("fields are missing", text.startIndex..<text.endIndex)
    }
    return .event(
      FtraceEvent(
        kind: kind, task: task, time: time, area: area, pages: pages, alignOrder: align.map { Int($0) },
        range: range,
        error: error, areaPages: total))
  }

  private mutating func note(_ message: String, _ place: ArraySlice<UInt8>) {
    if fault == nil { fault = (message, place.startIndex..<place.endIndex) }
  }

  private mutating func value(_ key: String) -> ArraySlice<UInt8>? {
    if let value = values[key], !value.isEmpty { return value }
    note("the event has no `\(key)`", text)
    return nil
  }

  private mutating func name() -> String? {
    guard let value = value("name") else { return nil }
    guard value.count <= Self.nameBytesMax, let name = String(validating: value, as: UTF8.self),
      QuotedText.isPrintable(name)
    else {
      note("an area's name is printable text of at most \(Self.nameBytesMax) bytes", value)
      return nil
    }
    return name
  }

  private mutating func number(_ key: String, in range: ClosedRange<UInt64>) -> UInt64? {
    guard let value = value(key) else { return nil }
    if value.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let number = UInt64(String(decoding: value, as: UTF8.self)), range.contains(number)
    {
      return number
    }
    note("`\(key)` is a number from \(range.lowerBound) to \(range.upperBound)", value)
    return nil
  }

  private mutating func errorNumber() -> Int32? {
    guard let value = value("errorno") else { return nil }
    if let number = Int32(String(decoding: value, as: UTF8.self)), (-4095...0).contains(number) {
      return number
    }
    note("`errorno` is 0 or a negative error number", value)
    return nil
  }

  /// The page frame; a failed request has one of all bits.
  private mutating func frame() -> UInt64? {
    guard let value = value("pfn") else { return nil }
    let digits = value.starts(with: Array("0x".utf8)) ? value.dropFirst(2) : value
    let isNumber = digits.first.map { $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") } ?? false
    if isNumber, let number = UInt64(String(decoding: digits, as: UTF8.self), radix: 16) { return number }
    note("`pfn` is a hexadecimal number of 64 bits", value)
    return nil
  }

  /// Whether a pointer is null, as the kernel and as trace-cmd's printf write it.
  private static func isNull(_ value: ArraySlice<UInt8>) -> Bool {
    let text = String(decoding: value, as: UTF8.self)
    if text == "(nil)" || text == "(null)" || text == "0x(nil)" { return true }
    return (text.hasPrefix("0x") ? text.dropFirst(2) : text[...]).allSatisfy { $0 == "0" }
  }
}
