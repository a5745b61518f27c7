@testable import HeapModel

/// One measured scenario, with an area of 256 MiB: who holds pages, and what the kernel answered.
struct Scenario: Sendable {
  let name: String
  var swapPages: UInt64 = 0
  let holders: [any Holder]
  /// Of the request for the whole area: whether it succeeded, and the pages migrated and dropped; -1 where the kernel's
  /// number hangs on where a page happened to lie.
  let whole: (succeeds: Bool, migrated: Int, dropped: Int)
  /// What the request for the whole area met.
  var busy: (PageClass, PageReference)?
  /// Of nine requests for 20 MiB, those that succeeded in most runs; nil where it was not measured alike.
  var nine: Int?
  /// Whether failfast, halving and bulk succeeded; nil where they were not measured.
  var chunks: (Bool, Bool, Bool)?

  private static let kernel = KernelMemory(.pages(24_000))
  private static let cache = PageCache(.share(1))

  private static func processes(free: UInt64) -> [any Holder] {
    [kernel, AnonymousMemory(.pages(524_288 - 24_000 - free))]
  }

  private static func pins(_ count: UInt64) -> [any Holder] {
    [kernel, LongPins(pinned: count, buffer: .pages(24_576), place: .area), cache]
  }

  private static func directIO(_ requests: Int) -> [any Holder] {
    let pins = ShortPins(
      buffer: .pages(24_576), place: .area, requestsPerSecond: Double(requests), pagesPerRequest: 32,
      hold: SimulationTime(microseconds: 1_000_000), isExponential: false)
    return [kernel, pins, cache]
  }

  static let all: [Scenario] = [
    Scenario(
      name: "clean cache (a-big)", holders: [kernel, cache], whole: (true, 0, 64_080), nine: 9,
      chunks: (true, true, true)),
    Scenario(
      name: "mapped clean cache (a-mmap)",
      holders: [kernel, PageCache(.pages(468_700), isMapped: true)], whole: (true, 0, 49_730), nine: 9,
      chunks: (true, true, true)),
    Scenario(
      name: "dirty files (b-dirty)", holders: [kernel, DirtyFiles(.pages(447_588))],
      whole: (true, 39_221, 0), nine: 9, chunks: (true, true, true)),
    Scenario(
      name: "processes, room (c-anon-ok)", holders: processes(free: 83_456), whole: (true, 24_937, 0),
      nine: 9, chunks: (true, true, true)),
    Scenario(
      name: "processes, no room (c-anon-short)", holders: processes(free: 46_792),
      whole: (false, 21_694, 0), busy: (.anonymous, .none), nine: 8, chunks: (false, false, false)),
    Scenario(
      name: "memory full, no swap (c-noswap-full)", holders: processes(free: 34_475),
      whole: (false, 15_499, 0), busy: (.anonymous, .none), nine: 6),
    Scenario(
      name: "memory full, swap (c-swap)", swapPages: 2_000_000, holders: processes(free: 0),
      whole: (true, 65_409, 0), nine: 9, chunks: (true, true, true)),
    Scenario(
      name: "metadata (e-meta)",
      holders: [
        kernel, PageCache(.pages(430_000)), FileSystemMetadata(.pages(800), journalled: .pages(250)), cache,
      ],
      whole: (false, -1, -1), busy: (.metadata, .journal), nine: 9, chunks: (true, true, true)),
    Scenario(
      name: "direct I/O (e-odr-thr)", holders: directIO(8), whole: (false, 24_299, 40_209),
      busy: (.anonymous, .short), nine: 9, chunks: (true, true, true)),
    Scenario(
      name: "asynchronous I/O (e-aiod-thr)", holders: directIO(32), whole: (false, 23_581, 40_266),
      busy: (.anonymous, .short), chunks: (false, true, false)),
    Scenario(
      name: "pages in pipes (x-splf)",
      holders: [
        kernel,
        ShortPins(
          buffer: .pages(2033), place: .area, requestsPerSecond: 2033, pagesPerRequest: 1,
          hold: SimulationTime(microseconds: 1_000_000), isExponential: false, isFile: true), cache,
      ],
      whole: (false, 2, 62_557), busy: (.cleanFile, .short), nine: 9, chunks: (true, true, true)),
    Scenario(
      name: "anonymous pages in pipes (e-vms, x-vms)",
      holders: [kernel, LongPins(pinned: 2031, place: .area), cache], whole: (false, 2, 62_929),
      busy: (.anonymous, .long), nine: 9, chunks: (true, true, true)),
    Scenario(
      name: "4 pins (f-pin4)", holders: pins(4), whole: (false, 24_591, 40_295), busy: (.anonymous, .long),
      nine: 9, chunks: (true, true, true)),
    Scenario(
      name: "16 pins (f-pin16)", holders: pins(16), whole: (false, 24_578, 40_315),
      busy: (.anonymous, .long), nine: 6, chunks: (false, true, false)),
    Scenario(
      name: "24 pins (f-pin)", holders: pins(24), whole: (false, 24_570, 40_290),
      busy: (.anonymous, .long), nine: 8, chunks: (false, true, false)),
    Scenario(
      name: "long-term pins (f-pinlt)",
      holders: [
        kernel, LongPins(pinned: 24, place: .outside),
        LongPins(pinned: 0, buffer: .pages(24_576), place: .area, name: "buffer"), cache,
      ],
      whole: (true, 24_570, 40_292), nine: 9, chunks: (true, true, true)),
    Scenario(
      name: "pins on a mapped file (x-file)",
      holders: [kernel, LongPins(pinned: 15, place: .area, isFile: true), cache],
      whole: (false, 0, 63_087), busy: (.cleanFile, .long), nine: 9, chunks: (true, true, true)),
  ]
}
