/// An area as plain lists of pages: `cma_alloc` and the chunk heaps written down step by step, without a shortcut.
struct ReferenceArea {
  let base: Int
  let count: Int
  var used: [Bool]
  var pinned: [Bool]
  /// Pages that the pageblock scan holds, behind the bitmap's back.
  var held: [Bool]

  init(base: Int, count: Int) {
    self.base = base
    self.count = count
    used = [Bool](repeating: false, count: count)
    pinned = used
    held = used
  }

  /// The first offset at or behind `start` with `length` clear bits and an aligned frame number.
  func clearRun(from start: Int, length: Int, alignOrder: Int) -> Int? {
    var index = start
    while index + length <= count {
      if (base + index) % (1 << alignOrder) == 0, !used[index..<index + length].contains(true) {
        return index
      }
      index += 1
    }
    return nil
  }

  func isBusy(_ range: Range<Int>) -> Bool {
    range.contains { pinned[$0] || held[$0] || used[$0] }
  }

  mutating func allocate(_ length: Int, alignOrder: Int) -> (index: Int?, attempts: Int) {
    var attempts = 0
    guard length > 0, length <= count else { return (nil, 0) }
    var start = 0
    while let index = clearRun(from: start, length: length, alignOrder: alignOrder) {
      attempts += 1
      if !isBusy(index..<index + length) {
        for page in index..<index + length { used[page] = true }
        return (index, attempts)
      }
      start = index + (1 << alignOrder)
    }
    return (nil, attempts)
  }

  mutating func free(_ pages: [Int]) {
    for page in pages {
      used[page] = false
      held[page] = false
    }
  }

  /// A buffer's pages in the order of its chunks, or nil, and the range calls.
  mutating func blocks(_ chunks: Int, chunkOrder: Int, pageblockOrder: Int, halves: Bool) -> (
    pages: [Int]?, calls: Int
  ) {
    var pages: [Int] = []
    var calls = 0
    var order = max(pageblockOrder, chunkOrder)
    var isQuick = true
    while pages.count < chunks << chunkOrder {
      while (chunks << chunkOrder) - pages.count < 1 << order { order -= 1 }
      calls += 1
      if let index = allocate(1 << order, alignOrder: order).index {
        pages += Array(index..<index + (1 << order))
        continue
      }
      if isQuick {
        isQuick = false
        continue
      }
      guard halves, order > chunkOrder else {
        free(pages)
        return (nil, calls)
      }
      order -= 1
      isQuick = true
    }
    return (pages, calls)
  }

  mutating func bulk(_ chunks: Int, chunkOrder: Int, pageblockOrder: Int, passes: Int) -> (
    pages: [Int]?, calls: Int
  ) {
    var pages: [Int] = []
    var calls = 0
    for _ in 0..<passes {
      var start = 0
      while pages.count < chunks << chunkOrder {
        let length = min(1 << max(pageblockOrder, chunkOrder), (chunks << chunkOrder) - pages.count)
        guard let index = clearRun(from: start, length: length, alignOrder: chunkOrder) else { break }
        calls += 1
        start = index + length
        if isBusy(index..<start) { continue }
        for page in index..<start { used[page] = true }
        pages += Array(index..<start)
      }
    }
    if pages.count == chunks << chunkOrder { return (pages, calls) }
    free(pages)
    return (nil, calls)
  }

  mutating func scan(
    _ chunks: Int, chunkOrder: Int, pageblockOrder: Int, cursor: inout Int
  ) -> (pages: [Int]?, calls: Int) {
    var pages: [Int] = []
    var calls = 0
    let block = 1 << max(pageblockOrder, chunkOrder)
    let blocks = (count + block - 1) / block
    while pages.count < chunks << chunkOrder, calls < blocks {
      cursor = (cursor + 1) % blocks
      calls += 1
      for index in cursor * block..<min((cursor + 1) * block, count) {
        let chunk = index..<index + (1 << chunkOrder)
        guard pages.count < chunks << chunkOrder, (base + index) % (1 << chunkOrder) == 0 else { continue }
        guard chunk.upperBound <= min((cursor + 1) * block, count), !isBusy(chunk) else { continue }
        for page in chunk { held[page] = true }
        pages += Array(chunk)
      }
    }
    if pages.count == chunks << chunkOrder { return (pages, calls) }
    free(pages)
    return (nil, calls)
  }
}
