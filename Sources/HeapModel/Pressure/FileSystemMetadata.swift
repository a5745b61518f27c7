/// Pages of a block device's own cache: inode tables, bitmaps, directories. Those that the journal keeps are
/// busy, and one is enough to fail a whole area. A kernel whose memory runs short takes them back; the model does not.
///
/// - Source: measured on Linux 6.1 with ext4: of some 130 such pages in an area about 44 had a journal head, and
///   neither `sync` nor waiting released them.
public struct FileSystemMetadata: Holder {
  /// The name.
  public let name: String
  /// The part of ext4's metadata pages that had a journal head: 44 of 130.
  public static let usualJournalledPart = 0.34

  private let amount: PageAmount
  private let journalled: PageAmount?
  private let journalledPart: Double

  /// A holder of metadata.
  ///
  /// - Parameters:
  ///   - amount: in all.
  ///   - journalled: how many of them the journal keeps.
  ///   - name: for reports.
  public init(_ amount: PageAmount, journalled: PageAmount, name: String = "file system metadata") {
    self.amount = amount
    self.journalled = journalled
    journalledPart = 0
    self.name = name
  }

  /// A holder of metadata.
  ///
  /// - Parameters:
  ///   - amount: in all.
  ///   - journalledPart: the part of them that the journal keeps, from 0 to 1.
  ///   - name: for reports.
  public init(_ amount: PageAmount, journalledPart: Double, name: String = "file system metadata") {
    self.amount = amount
    journalled = nil
    self.journalledPart = min(max(journalledPart, 0), 1)
    self.name = name
  }

  /// See ``Holder/start(on:random:)``.
  public mutating func start(on machine: inout Machine, random: inout SplitMix64) {
    let free = PageLot(.metadata, holder: name, hasBuffers: true)
    let kept = PageLot(.metadata, holder: name, reference: .journal, hasBuffers: true)
    let runs = machine.lend(amount.pages(on: machine), for: free)
    let total = runs.reduce(0) { $0 + $1.count }
    let keptPages = journalled?.pages(on: machine) ?? Int(Double(total) * journalledPart)
    let count = min(keptPages, total)
    for page in runs.spread(count) { machine.change(page..<page + 1, of: free, to: kept) }
  }
}

extension [Range<Int>] {
  /// So many of the numbers in these ranges, at even distances.
  func spread(_ count: Int) -> [Int] {
    let total = reduce(0) { $0 + $1.count }
    guard count > 0, total > 0 else { return [] }
    var result: [Int] = []
    var before = 0
    var next = 0
    for range in self {
      while next < Swift.min(count, total) {
        // In the middle of its share; both factors are below 2^29.
        let place = (2 * next + 1) * total / (2 * Swift.min(count, total))
        guard place < before + range.count else { break }
        result.append(range.lowerBound + place - before)
        next += 1
      }
      before += range.count
    }
    return result
  }
}
