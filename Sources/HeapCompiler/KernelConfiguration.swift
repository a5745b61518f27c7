import HeapModel

/// What a kernel's `.config` says about memory.
///
/// A symbol that the file does not mention leaves the profile as it is, so that a fragment of a configuration works
/// too.
public struct KernelConfiguration: Hashable, Sendable {
  /// A fault of the file.
  public struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
    /// The line, from 1.
    public let line: Int
    /// What is wrong there.
    public let message: String

    public var description: String { "line \(line): \(message)" }
  }

  /// A value with the line that gives it.
  private struct Entry: Hashable {
    var value: Value
    var line: Int
  }

  private enum Value: Hashable {
    case no
    case yes
    case module
    case number(UInt64)
    case text
  }

  private var entries: [String: Entry] = [:]

  /// Reads a file.
  ///
  /// - Parameter bytes: the file; `CONFIG_X=value` and `# CONFIG_X is not set`, one a line, with comments between.
  ///   Where a symbol comes twice the last one counts, as for kconfig.
  /// - Throws: ``Problem`` at the first line that is none of these.
  public init(parsing bytes: [UInt8]) throws(Problem) {
    var line = 0
    for part in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      line += 1
      try read(part.last == UInt8(ascii: "\r") ? part.dropLast() : part, line)
    }
  }

  private mutating func read(_ bytes: ArraySlice<UInt8>, _ line: Int) throws(Problem) {
    guard let first = bytes.first else { return }
    let text = String(decoding: bytes, as: UTF8.self)
    if first == UInt8(ascii: "#") {
      let words = text.split(separator: " ")
      guard words.count == 5, words[1].hasPrefix("CONFIG_"), words[2...] == ["is", "not", "set"] else {
        return
      }
      entries[String(words[1].dropFirst(7))] = Entry(value: .no, line: line)
      return
    }
    guard text.hasPrefix("CONFIG_"), let equals = text.firstIndex(of: "="),
      let value = Self.value(text[text.index(after: equals)...])
    else {
      throw Problem(line: line, message: "not a line of a kernel configuration: \(Self.excerpt(text))")
    }
    entries[String(text[..<equals].dropFirst(7))] = Entry(value: value, line: line)
  }

  private static func value(_ text: Substring) -> Value? {
    switch text {
    case "y": return .yes
    case "m": return .module
    case "n": return .no
    default: break
    }
    if text.hasPrefix("\""), text.hasSuffix("\""), text.utf8.count >= 2 { return .text }
    if text.lowercased().hasPrefix("0x") { return UInt64(text.dropFirst(2), radix: 16).map(Value.number) }
    if text.hasPrefix("-") { return Int64(text) == nil ? nil : .text }
    // Half a number, or one that is too large, is no value.
    return text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? UInt64(text).map(Value.number) : nil
  }

  private static func excerpt(_ text: String) -> String {
    "`"
      + String(
        text.unicodeScalars.prefix(40).map {
          $0.properties.isWhitespace || $0.value < 32 ? " " : Character($0)
        }) + "`"
  }

  /// Whether a symbol is on; nil where the file does not say.
  private func isOn(_ symbol: String) -> Bool? {
    entries[symbol].map { $0.value == .yes || $0.value == .module }
  }

  /// The number that a symbol has; nil where the file does not say.
  private func number(_ symbol: String, in range: ClosedRange<UInt64>) throws(Problem) -> UInt64? {
    guard let entry = entries[symbol] else { return nil }
    guard case .number(let number) = entry.value else {
      throw Problem(line: entry.line, message: "CONFIG_\(symbol) is no number")
    }
    guard range.contains(number) else {
      throw Problem(
        line: entry.line,
        message: "CONFIG_\(symbol) is \(number), outside \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }
}

// MARK: What it says

extension KernelConfiguration {
  /// The architecture of the kernel, or nil where the file does not say or it is another one.
  public var architecture: Architecture? {
    if isOn("ARM64") == true { return .arm64 }
    return isOn("ARM") == true ? .arm : nil
  }

  /// The largest alignment of a buffer from a CMA area, as the order of pages (`CONFIG_CMA_ALIGNMENT`, 2 to 12).
  ///
  /// - Throws: ``Problem`` where the value is no such number.
  public func bufferAlignmentOrder() throws(Problem) -> Int? {
    try number("CMA_ALIGNMENT", in: 2...12).map { Int($0) }
  }

  /// A profile as the file changes it.
  ///
  /// - Parameters:
  ///   - profile: the kernel that the file configures.
  ///   - memory: bytes of DRAM, for a default area that is a percentage of it.
  /// - Throws: ``Problem`` at a value that the kernel cannot have, or where the file is for another architecture.
  public func applied(to profile: KernelProfile, memory: ByteCount) throws(Problem) -> KernelProfile {
    if let architecture, architecture != profile.architecture {
      throw Problem(
        line: entries[architecture == .arm64 ? "ARM64" : "ARM"]?.line ?? 1,
        message:
          "the configuration is for \(architecture.rawValue), the board is \(profile.architecture.rawValue)")
    }
    guard var changed = profile.with(try blockSizes()) else {
      throw Problem(
        line: blockSizeLine, message: "\(profile.architecture.rawValue) has no pages or blocks of this size")
    }
    if let areas = try number("CMA_AREAS", in: 0...1 << 16) {
      changed.cmaAreaCount = Int(areas) + profile.configurationRules.areasBeyondCount
    }
    if let size = try defaultArea(memory, changed) { changed.defaultCMASize = size }
    if isOn("DMABUF_HEAPS") == false {
      changed.hasChunkHeap = false
      changed.hasCMAHeap = false
    }
    if let chunk = isOn("DMABUF_HEAPS_CHUNK") { changed.hasChunkHeap = chunk }
    if let cma = isOn("DMABUF_HEAPS_CMA") { changed.hasCMAHeap = cma }
    if isOn("CMA") == false || isOn("DMA_CMA") == false {
      // Without CMA no region becomes an area, and nothing builds on one.
      changed.cmaAreaCount = 0
      changed.defaultCMASize = ByteCount(0)
      changed.hasChunkHeap = false
      changed.hasCMAHeap = false
    }
    return changed
  }

  private func blockSizes() throws(Problem) -> KernelProfile.BlockSizes {
    var sizes = KernelProfile.BlockSizes()
    for (infix, size) in [("4K", KernelProfile.PageSize.kib4), ("16K", .kib16), ("64K", .kib64)]
    where isOn("ARM64_\(infix)_PAGES") == true || isOn("PAGE_SIZE_\(infix)B") == true {
      sizes.pageSize = size
    }
    sizes.configuredMaxOrder = try number("ARCH_FORCE_MAX_ORDER", in: 1...25).map { Int($0) }
    sizes.hasHugePages = isOn("HUGETLB_PAGE") ?? isOn("HUGETLBFS")
    sizes.hasTransparentHugePages = isOn("TRANSPARENT_HUGEPAGE")
    sizes.pageblockOrderMax = try number("PAGE_BLOCK_MAX_ORDER", in: 1...25).map { Int($0) }
    return sizes
  }

  private var blockSizeLine: Int {
    let symbols = [
      "ARCH_FORCE_MAX_ORDER", "ARM64_16K_PAGES", "ARM64_64K_PAGES", "PAGE_SIZE_16KB", "PAGE_SIZE_64KB",
    ]
    return symbols.compactMap { entries[$0] }.first { $0.value != .no }?.line ?? 1
  }

  /// The size of the default area; nil where the file does not say.
  ///
  /// - Source: Linux 6.1 kernel/dma/contiguous.c, dma_contiguous_reserve, cma_early_percent_memory.
  private func defaultArea(_ memory: ByteCount, _ profile: KernelProfile) throws(Problem) -> ByteCount? {
    let size = try number("CMA_SIZE_MBYTES", in: 0...1 << 30).map { $0 << 20 }
    let percentage = try number("CMA_SIZE_PERCENTAGE", in: 0...100)
    let pages = memory.bytes >> UInt64(profile.pageSize.shift)
    let share = percentage.map {
      ($0 * (pages / 100) + $0 * (pages % 100) / 100) << UInt64(profile.pageSize.shift)
    }
    let choice: UInt64? =
      if isOn("CMA_SIZE_SEL_PERCENTAGE") == true {
        share
      } else if isOn("CMA_SIZE_SEL_MIN") == true {
        min(size ?? 0, share ?? 0)
      } else if isOn("CMA_SIZE_SEL_MAX") == true {
        max(size ?? 0, share ?? 0)
      } else {
        size
      }
    return choice.map { ByteCount($0) }
  }
}
