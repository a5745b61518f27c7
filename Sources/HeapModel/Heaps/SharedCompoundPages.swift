/// The compound pages of a pool whose pages are given out in parts, from the last page to the first: there lie the ends
/// of buffers.
///
/// - Source: ion_compound_page.c of 2015, which goes through its partial pages from the newest on.
struct SharedCompoundPages: Sendable {
  private struct Entry: Sendable {
    /// The pages, by number.
    let pages: Range<Int>
    /// A bit for every page, the last page first.
    var used: PageBitmap
  }

  /// In the order in which they came; nothing in the place of one that has gone.
  private var entries: [Entry?] = []
  /// The places by first page.
  private var places: [Int: Int] = [:]
  /// The places of those that are not full.
  private var open = WordIndex(capacity: 64, full: false)
  private var openCapacity = 64
  /// The pages that nobody has.
  private(set) var freePages = 0

  /// Takes pages of the newest that has so many free ones behind each other.
  ///
  /// - Parameters:
  ///   - count: from 1, below a compound page.
  ///   - atStart: whether they have to be its first pages, as the end of a larger buffer has to.
  /// - Returns: the pages, nil where none has them, and how many were looked at in vain.
  mutating func take(_ count: Int, atStart: Bool) -> (part: Range<Int>?, passed: UInt64) {
    var passed: UInt64 = 0
    var next = open.previous(from: openCapacity - 1)
    while let place = next {
      let size = entries[place]?.pages.count ?? 0
      let start = atStart ? size - count : 0
      if let bit = entries[place]?.used.nextClearRun(from: start, length: count, mask: 0, offset: 0) {
        return (fill(place, bit..<bit + count), passed)
      }
      passed += 1
      next = place > 0 ? open.previous(from: place - 1) : nil
    }
    return (nil, passed)
  }

  /// Shares a compound page, and takes the first pages of it that are wanted; see ``take(_:atStart:)``.
  mutating func add(_ block: Range<Int>, taking count: Int, atStart: Bool) -> Range<Int> {
    let place = entries.count
    if place == openCapacity { growOpen() }
    places[block.lowerBound] = place
    entries.append(Entry(pages: block, used: PageBitmap(count: block.count)))
    open.insert(place)
    freePages += block.count
    let start = atStart ? block.count - count : 0
    return fill(place, start..<start + count)
  }

  /// Gives pages of a shared compound page back.
  ///
  /// - Returns: whether nobody has a page of it any more, and it is no longer shared; nil for one that is not.
  mutating func giveBack(_ part: Range<Int>, of first: Int) -> Bool? {
    guard let place = places[first], var entry = entries[place] else { return nil }
    // The bits are changed in place, and not in a copy.
    entries[place] = nil
    let bit = entry.pages.upperBound - part.upperBound
    entry.used.fill(bit..<bit + part.count, with: false)
    freePages += part.count
    guard entry.used.population > 0 else {
      freePages -= entry.pages.count
      places[first] = nil
      open.remove(place)
      return true
    }
    open.insert(place)
    entries[place] = entry
    return false
  }

  private mutating func fill(_ place: Int, _ bits: Range<Int>) -> Range<Int> {
    entries[place]?.used.fill(bits, with: true)
    freePages -= bits.count
    guard let entry = entries[place] else { return 0..<0 }
    if entry.used.population == entry.pages.count { open.remove(place) }
    return entry.pages.upperBound - bits.upperBound..<entry.pages.upperBound - bits.lowerBound
  }

  private mutating func growOpen() {
    openCapacity *= 2
    var larger = WordIndex(capacity: openCapacity, full: false)
    var next = open.next(from: 0)
    while let place = next {
      larger.insert(place)
      next = open.next(from: place + 1)
    }
    open = larger
  }
}
