@testable import HeapModel

/// One measured scenario as the model has it: who holds pages, and what the kernel answered.
///
/// Amounts come from what the table says was lent, by the same rules for every scenario and every size.
struct Scenario: Sendable {
  let measured: MeasuredScenario
  let family: Family
  /// What was set up, in words.
  var title: String { family.title + (cpus > 1 ? ", \(cpus) CPUs" : "") }
  var cpus = 1
  var swapPages: UInt64 = 0
  var swapKind = SwapKind.disk
  var swapCompression = SwapKind.compression
  let holders: [any Holder]
}

extension Scenario {
  /// All that were measured, in the order of the table.
  static func all() throws -> [Scenario] {
    try MeasuredScenario.all().map { row in
      let family = Family(row.name)
      var scenario = Scenario(measured: row, family: family, holders: Amounts(row).holders(of: family))
      scenario.cpus = row.name.contains("smp2") ? 2 : 1
      switch family {
      case .swappedToDisk: scenario.swapPages = 2_000_000
      case .swappedToMemory:
        // How large the device was is not recorded: in an area of 512 MiB it was full after some 92,000 pages. What was
        // in them took next to no memory: 65,000 swapped pages left some 300 compressed ones.
        scenario.swapKind = .zram
        scenario.swapPages = 98_304
        scenario.swapCompression = 200
      default: break
      }
      return scenario
    }
  }
}

/// Scenarios that differ in sizes and in where pages lay, and share how they are set up.
enum Family: Sendable {
  case cleanCache, mappedCache, deviceCache, dirtyFiles, dirtyExt2, journalledFiles, processes, swappedToDisk
  case swappedToMemory, mixed, metadata, lockedMemory, ioInFlight, freeBuffer, pagesInPipe
  case processPagesInPipe, pins, mappedFilePins, kernelPages

  /// The family of a scenario by its name.
  init(_ name: String) {
    switch name {
    case "a-mmap": self = .mappedCache
    case "a-raw", "x-raw2": self = .deviceCache
    case "b-dirty": self = .dirtyFiles
    case "b-ext2": self = .dirtyExt2
    case "b-journal": self = .journalledFiles
    case "c-anon-ok", "c-anon-short", "c-noswap-full": self = .processes
    case "c-swap": self = .swappedToDisk
    case "c-zram": self = .swappedToMemory
    case "d-mix", "e-wbslow": self = .mixed
    case "a-small", "e-meta", "x-smp2-meta": self = .metadata
    case "e-mlock": self = .lockedMemory
    case "e-odr-fast", "f-pinlt", "x-pinlt": self = .freeBuffer
    case "e-splf", "x-splf", "x-splfew": self = .pagesInPipe
    case "e-vms", "x-vms": self = .processPagesInPipe
    case "f-get", "f-pin", "f-pin4", "f-pin16", "f-pin256": self = .pins
    case "f-file", "x-file", "f-filelt", "x-filelt": self = .mappedFilePins
    case "e-aioring", "x-aioring2", "e-pipew", "x-pipew2": self = .kernelPages
    default: self = name.contains("aiod") || name.contains("od") ? .ioInFlight : .cleanCache
    }
  }

  /// The page in the way of a request for the whole area that fails.
  ///
  /// - Source: the classes of busy pages that were recorded with the table.
  var busy: (PageClass, PageReference)? {
    switch self {
    case .processes, .swappedToMemory: (.anonymous, .none)
    case .journalledFiles: (.dirtyFile, .journal)
    case .metadata, .mixed: (.metadata, .journal)
    case .ioInFlight: (.anonymous, .short)
    case .pagesInPipe: (.cleanFile, .short)
    case .processPagesInPipe, .pins: (.anonymous, .long)
    case .mappedFilePins: (.cleanFile, .long)
    default: nil
    }
  }

  /// What was set up, in words.
  var title: String {
    switch self {
    case .cleanCache: "clean page cache"
    case .mappedCache: "clean page cache, mapped"
    case .deviceCache: "cache of a raw block device"
    case .dirtyFiles: "dirty files"
    case .dirtyExt2: "dirty files on ext2"
    case .journalledFiles: "files written with data=journal"
    case .processes: "processes, no swap"
    case .swappedToDisk: "processes, swap on a disk"
    case .swappedToMemory: "processes, swap on zram"
    case .mixed: "files, dirty ones, writeback"
    case .metadata: "small files and metadata"
    case .lockedMemory: "locked memory and cache"
    case .ioInFlight: "I/O in flight and cache"
    case .freeBuffer: "a buffer without pins and cache"
    case .pagesInPipe: "cache, pages of it in pipes"
    case .processPagesInPipe: "cache, pages of processes in pipes"
    case .pins: "a pinned buffer and cache"
    case .mappedFilePins: "cache, pins on a mapped file"
    case .kernelPages: "the kernel's pages and cache"
    }
  }
}

/// How many pages each holder of a scenario has.
///
/// An area gives every second page once as much is free in it as outside. So what has n pages in it has 2n in all,
/// and what was there before is outside. A buffer that was put into the area lies in it whole.
private struct Amounts {
  let row: MeasuredScenario
  /// Pages of the machine, and those that the kernel itself had after boot: 510,000 were free.
  private static let pages = 524_288
  private static let kernelPages = 14_300

  init(_ row: MeasuredScenario) { self.row = row }

  /// What processes have in the area: a buffer of 96 MiB (160 MiB locked), or the measuring program's own pages.
  private var buffer: any Holder { inArea("anon") }

  private func inArea(_ kind: String, isLocked: Bool = false) -> any Holder {
    AnonymousMemory(.pages(UInt64(row.pages(kind))), isLocked: isLocked, place: .area, name: "buffer")
  }

  private var kernel: any Holder { KernelMemory(.pages(UInt64(Self.kernelPages))) }

  /// What is left for the holder that fills memory, after others have so many pages.
  private func rest(_ others: Int) -> PageAmount {
    .pages(UInt64(max(0, Self.pages - Self.kernelPages - others - row.freePages)))
  }

  private var requests: Int { max(1, (row.references + 16) / 32) }

  func holders(of family: Family) -> [any Holder] {
    let processes = row.pages("anon")
    switch family {
    case .mappedCache: return [kernel, PageCache(rest(0), isMapped: true)]
    case .deviceCache: return [kernel, buffer, PageCache(.pages(200_000), isDevice: true)]
    case .kernelPages:
      return [kernel, KernelMemory(.pages(8_000), name: "pipes"), buffer, PageCache(rest(8_000 + processes))]
    case .processes where row.lent.isEmpty:
      return [kernel, AnonymousMemory(.pages(UInt64(Self.pages - Self.kernelPages - 34_340)))]
    case .processes, .swappedToDisk, .swappedToMemory: return [kernel, AnonymousMemory(rest(0))]
    case .dirtyFiles, .dirtyExt2: return writtenLast(hasJournal: family == .dirtyFiles)
    case .mixed, .metadata, .journalledFiles: return rewritten(isJournalled: family == .journalledFiles)
    case .lockedMemory: return [kernel, inArea("anon", isLocked: true), PageCache(rest(processes))]
    case .ioInFlight where row.references > 0:
      let pins = ShortPins(
        buffer: .pages(UInt64(processes)), place: .area, requestsPerSecond: Double(requests),
        pagesPerRequest: min(32, row.references), hold: SimulationTime(microseconds: 1_000_000),
        isExponential: false)
      return [kernel, pins, PageCache(rest(processes))]
    case .cleanCache, .freeBuffer, .ioInFlight: return [kernel, buffer, PageCache(rest(processes))]
    case .pagesInPipe where row.references > 0:
      let pipe = ShortPins(
        buffer: .pages(UInt64(row.references)), place: .area, requestsPerSecond: Double(row.references),
        pagesPerRequest: 1, hold: SimulationTime(microseconds: 1_000_000), isExponential: false, isFile: true)
      return [kernel, pipe, PageCache(rest(row.references))]
    case .processPagesInPipe:
      let pipe = LongPins(pinned: UInt64(row.references), buffer: .pages(UInt64(processes)), place: .area)
      return [kernel, pipe, PageCache(rest(processes))]
    case .pins:
      let pins = LongPins(pinned: UInt64(row.references), buffer: .pages(UInt64(processes)), place: .area)
      return [kernel, pins, PageCache(rest(processes))]
    case .mappedFilePins where row.references > 0:
      let pins = LongPins(pinned: UInt64(row.references), place: .area, isFile: true)
      return [kernel, pins, PageCache(rest(row.references))]
    case .pagesInPipe, .mappedFilePins: return [kernel, PageCache(rest(0))]
    }
  }

  /// A program wrote files until it was stopped: what is dirty came last.
  private func writtenLast(hasJournal: Bool) -> [any Holder] {
    let written = 2 * row.pages("fdi")
    let metadata = 2 * row.pages("blk")
    return [
      kernel, PageCache(rest(written + metadata + 2 * row.pages("fcl"))),
      FileSystemMetadata(.pages(UInt64(metadata)), journalledPart: hasJournal ? 0.34 : 0),
      PageCache(.pages(UInt64(2 * row.pages("fcl"))), name: "read files"),
      DirtyFiles(.pages(UInt64(written))),
    ]
  }

  /// Programs write files that are in the cache anew: what is dirty lies anywhere in it.
  ///
  /// Names were looked up before files were read, so that the area lent tables and directories first.
  private func rewritten(isJournalled: Bool) -> [any Holder] {
    let (clean, writing) = (row.pages("fcl"), row.pages("fwb"))
    let files = clean + row.pages("fdi") + writing
    let metadata = 2 * row.pages("blk")
    let processes = row.pages("anon")
    let part = { (pages: Int) in files > 0 ? Double(pages) / Double(files) : 1 }
    let (before, after) = (rest(metadata + processes + 2 * files), 2 * files)
    let dirty = { (amount: PageAmount, name: String) -> any Holder in
      guard case .pages(let pages) = amount, clean < files else {
        return PageCache(amount, hasBuffers: isJournalled, name: name)
      }
      return DirtyFiles(
        amount, arrivalPerSecond: Double(pages) * part(writing),
        writebackTime: SimulationTime(microseconds: writing > 0 ? 1_000_000 : 0), cleanPart: part(clean),
        journalledPart: isJournalled ? 0.34 : nil, name: name)
    }
    return [
      kernel, buffer, dirty(before, "files read first"),
      FileSystemMetadata(.pages(UInt64(metadata)), journalledPart: 0.34),
      dirty(.pages(UInt64(after)), "files read last"),
    ]
  }
}
