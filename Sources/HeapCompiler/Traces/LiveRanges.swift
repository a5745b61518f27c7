import HeapModel

/// Ranges of pages that are given out, none over another, each with the number of its request.
///
/// Kept in rising order in blocks of bounded length, so that a change costs the same with many ranges as with few.
struct LiveRanges {
  /// One range.
  struct Entry: Hashable {
    var frames: Range<UInt64>
    let request: Int
  }

  private static let blockMax = 512
  /// No block is empty but the only one.
  private var blocks: [[Entry]] = [[]]

  /// Adds a range that no other one touches; see ``remove(_:)``.
  mutating func insert(_ frames: Range<UInt64>, request: Int) {
    let block = blockIndex(of: frames.lowerBound)
    blocks[block].insert(
      Entry(frames: frames, request: request),
      at: Self.index(in: blocks[block], endingAfter: frames.lowerBound))
    guard blocks[block].count > Self.blockMax else { return }
    let half = Array(blocks[block].suffix(Self.blockMax / 2))
    blocks[block].removeLast(half.count)
    blocks.insert(half, at: block + 1)
  }

  /// Takes pages out.
  ///
  /// - Returns: what was there of them, in rising order.
  /// - Complexity: O(√n) for a range as it was inserted, and as much again for every further one.
  mutating func remove(_ frames: Range<UInt64>) -> [Entry] {
    var removed: [Entry] = []
    while let (block, index) = first(touching: frames) {
      let entry = blocks[block][index]
      let common = entry.frames.clamped(to: frames)
      removed.append(Entry(frames: common, request: entry.request))
      if entry.frames == common {
        blocks[block].remove(at: index)
        if blocks[block].isEmpty, blocks.count > 1 { blocks.remove(at: block) }
      } else if entry.frames.lowerBound == common.lowerBound {
        blocks[block][index].frames = common.upperBound..<entry.frames.upperBound
      } else {
        blocks[block][index].frames = entry.frames.lowerBound..<common.lowerBound
        if common.upperBound < entry.frames.upperBound {
          insert(common.upperBound..<entry.frames.upperBound, request: entry.request)
        }
      }
    }
    return removed
  }

  /// The last block that begins at or before a frame, or the first one.
  private func blockIndex(of frame: UInt64) -> Int {
    var (low, high) = (0, blocks.count)
    while low + 1 < high {
      let middle = (low + high) / 2
      if let first = blocks[middle].first, first.frames.lowerBound <= frame {
        low = middle
      } else {
        high = middle
      }
    }
    return low
  }

  /// The place in a block of the first range that ends behind a frame.
  private static func index(in block: [Entry], endingAfter frame: UInt64) -> Int {
    var (low, high) = (0, block.count)
    while low < high {
      let middle = (low + high) / 2
      if block[middle].frames.upperBound <= frame { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private func first(touching frames: Range<UInt64>) -> (block: Int, index: Int)? {
    var block = blockIndex(of: frames.lowerBound)
    var index = Self.index(in: blocks[block], endingAfter: frames.lowerBound)
    if index == blocks[block].count { (block, index) = (block + 1, 0) }
    guard block < blocks.count, index < blocks[block].count else { return nil }
    return blocks[block][index].frames.lowerBound < frames.upperBound ? (block, index) : nil
  }
}
