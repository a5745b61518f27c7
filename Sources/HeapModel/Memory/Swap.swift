/// Where pages of processes go that are swapped out.
public enum SwapKind: String, Hashable, Sendable, CaseIterable {
  /// A disk: writing a page takes no memory.
  case disk
  /// Memory itself, where they are compressed.
  case zram

  /// The pages that are compressed into one unless a board says otherwise: what LZO makes of ordinary memory.
  public static let compression = 3
  /// The most pages that are compressed into one.
  public static let compressionMax = 1000
}

/// What has been swapped out, and how much more can be.
struct Swap: Hashable, Sendable {
  /// What compressed pages are; they are copied when an area needs their place.
  ///
  /// - Source: Linux 6.1 mm/zsmalloc.c, zs_page_migrate; some 55 to 289 of them were met in an area of 256 MiB.
  static let compressed = PageLot(.compressed, holder: "compressed swap")

  /// Where pages go.
  let kind: SwapKind
  /// The pages that take one page of memory, or 0 for those that take none.
  private let compression: Int
  /// Pages that there is room for.
  private(set) var room: Int
  /// Pages that have been swapped out, by the number of their lot.
  private var pages: [UInt8: Int] = [:]
  /// The sum of ``pages``.
  private var total = 0

  /// The swap of a board's memory, with nothing in it.
  init(_ memory: MemoryConfiguration) {
    kind = memory.swapKind
    compression = kind == .disk ? 0 : min(max(memory.swapCompression, 1), SwapKind.compressionMax)
    room = Int(min(memory.swapPages, UInt64(Int32.max)))
  }

  /// The pages of memory that so many swapped ones take.
  private func memory(_ pages: Int) -> Int { compression == 0 ? 0 : pages / compression }

  /// Swaps pages of a lot out, of which there is room for all.
  ///
  /// - Returns: the pages of memory that they take.
  mutating func add(_ count: Int, of lot: LotNumber) -> Int {
    let before = memory(total)
    room -= count
    total += count
    pages[lot.number, default: 0] += count
    return memory(total) - before
  }

  /// The pages of a lot that have been swapped out.
  func count(of lot: LotNumber) -> Int { pages[lot.number] ?? 0 }

  /// Forgets pages of a lot, at most those that there are.
  ///
  /// - Returns: the pages of memory that are to be given back.
  mutating func remove(_ count: Int, of lot: LotNumber) -> Int {
    let known = self.count(of: lot)
    let count = min(count, known)
    guard count > 0 else { return 0 }
    pages[lot.number] = known - count
    let before = memory(total)
    room += count
    total -= count
    return before - memory(total)
  }
}
