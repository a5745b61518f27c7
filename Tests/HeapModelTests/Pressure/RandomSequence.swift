@testable import HeapModel

/// A random sequence of operations, and the board on which it runs: both from a seed, with some kinds of operation more
/// frequent than others and some left out.
struct RandomSequence {
  /// What steps can lend, or turn pages into.
  static let lots = [
    PageLot(.cleanFile, holder: "cache"), PageLot(.anonymous, holder: "process"),
    PageLot(.dirtyFile, holder: "writer"), PageLot(.writeback, holder: "writer"),
    PageLot(.unmovable, holder: "kernel"), PageLot(.sharedMemory, holder: "tmpfs"),
    PageLot(.metadata, holder: "ext4", reference: .journal),
    PageLot(.anonymous, holder: "process", reference: .short),
    PageLot(.cleanFile, holder: "pipe", reference: .short),
    PageLot(.anonymous, holder: "driver", reference: .long), PageLot(.metadata, holder: "ext4"),
    PageLot(.anonymous, holder: "daemon", isLocked: true),
    PageLot(.cleanFile, holder: "mapped", isMapped: true),
  ]

  /// The kinds of heap that sequences are made for, small enough for their boards.
  static let kinds: [HeapKind] =
    ChunkVariant.allCases.map { .chunk($0, chunkOrder: 1) } + [.cma(), .repeated(blockBytes: 8192)]

  /// The steps of a sequence.
  static let length = 30

  static let modes: [any RangeMode] = [.normal, .fast, .noRetry, .hard]

  let system: HeapSystemConfiguration
  var steps: [SequenceStep] = []

  /// A sequence of `length` steps on a board whose first heap is of a kind.
  init(_ kind: HeapKind, seed: UInt64, length: Int) {
    var random = SplitMix64(seed: seed)
    system = Self.board(kind, random: &random)
    let weights = (0..<16).map { _ in Int.random(in: 0...3, using: &random) }
    let choices =
      weights.enumerated().flatMap { [Int](repeating: $0.offset, count: $0.element) } + [0, 3, 6]
    for _ in 0..<length {
      steps.append(Self.step(choices.randomElement(using: &random) ?? 0, random: &random))
    }
  }

  private static func step(_ choice: Int, random: inout SplitMix64) -> SequenceStep {
    func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    switch choice {
    case 0: return .allocate(heap: number(0...5), pages: number(1...96))
    case 1:
      return .range(area: number(0...5), pages: number(0...160), order: number(0...6), mode: number(0...3))
    case 2:
      return .attempt(
        area: number(0...5), start: number(0...127), pages: number(1...40), order: number(0...4),
        mode: number(0...3))
    case 3: return .release(buffer: number(0...7))
    case 4: return .releaseFirst(buffer: number(0...7), pages: number(0...40))
    case 5: return .releaseRange(number(0...7))
    case 6, 7:
      let place = LendingPlace.allCases[number(0...2)]
      return .lend(pages: number(1...300), lot: number(0...lots.count - 1), place: place)
    case 8: return .giveBack(pages: number(1...300), lot: number(0...lots.count - 1))
    case 9: return .giveBackAll(lot: number(0...lots.count - 1))
    case 10:
      let from = number(0...lots.count - 1)
      return .change(pages: number(1...40), from: from, to: partner(of: from, random: &random))
    case 11: return .block(order: number(0...6))
    case 12: return .pin(area: number(0...5), offset: number(0...127))
    case 13:
      return number(0...4) == 0
        ? .unpinAll(area: number(0...5)) : .unpin(area: number(0...5), offset: number(0...127))
    case 14: return .reclaim(pages: number(1...100))
    default: return .advance(milliseconds: number(0...2000))
    }
  }

  /// A lot into which pages of another can turn: the kernel's own pages stay what they are, and nothing becomes one.
  private static func partner(of lot: Int, random: inout SplitMix64) -> Int {
    guard lots[lot].pageClass != .unmovable else { return lot }
    let others = lots.indices.filter { lots[$0].pageClass != .unmovable }
    return others.randomElement(using: &random) ?? lot
  }
}
