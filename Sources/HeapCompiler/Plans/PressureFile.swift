import Diagnostics
import HeapModel

/// What stands beside the heaps, as a plan has it; amounts are in bytes and areas are named.
public struct PressureFile: Sendable {
  /// Who may use the free pages of areas.
  public var policy = LendingPolicyKind.halfFree
  /// The CPUs whose lists keep free pages.
  public var cpus = 1
  /// What can be swapped out.
  public var swap = ByteCount(0)
  /// Where it goes.
  public var swapKind = SwapKind.disk
  /// The pages that are compressed into one where swap lies in memory.
  public var swapCompression = SwapKind.compression
  /// The time that it takes to copy one page, in microseconds; nil for that of the cost model.
  public var pageCopy: Double?
  /// The holders, in the order of writing.
  public var holders: [Holder] = []

  /// An amount of memory.
  public enum Amount: Hashable, Sendable {
    /// In bytes.
    case size(ByteCount)
    /// A part of what is free when the holder starts, from 0 to 1.
    case share(Double)
  }

  /// One holder.
  public struct Holder: Sendable {
    /// What it is.
    public let kind: Kind
    /// The name, for reports.
    public let name: String
    /// The place of the entry.
    public let span: SourceSpan
    /// What it has at the start.
    public var amount = Amount.size(ByteCount(0))
    /// Bytes a second that come, or of users of an area: buffers a second; of short pins: requests a second.
    public var arrival = 0.0
    /// Bytes a second that go.
    public var exit = 0.0
    /// Processes or files that have it mapped.
    public var isMapped = false
    /// Locked in memory.
    public var isLocked = false
    /// Shared memory.
    public var isShared = false
    /// Asked for in huge pages.
    public var isHuge = false
    /// Pages of a file.
    public var isFile = false
    /// The time to write, or to hold.
    public var time: SimulationTime?
    /// Whether the time to hold varies.
    public var isExponential = true
    /// Pinned pages, pages of a request, or buffers of a user.
    public var count: UInt64 = 1
    /// The part of metadata, or of what is written to journalled files, that the journal keeps; nil where files are not
    /// journalled, or for what is usual of metadata.
    public var journalled: Double?
    /// The part of written files that is clean at the start.
    public var clean = 0.0
    /// The cache of a block device that is read by itself.
    public var isDevice = false
    /// Where it lies.
    public var place = LongPins.Place.anywhere
    /// The region of a user of an area.
    public var area = ""
    /// The place of the region's name.
    public var areaSpan: SourceSpan?
  }

  /// The kinds of holder, as plans write them.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// Memory of the kernel itself.
    case kernel
    /// Clean pages of files.
    case pageCache = "page-cache"
    /// Memory of processes.
    case processes
    /// Dirty pages of files.
    case writtenFiles = "written-files"
    /// A file system's own pages.
    case metadata
    /// Pins that stay.
    case longPins = "long-pins"
    /// I/O in flight.
    case shortPins = "short-pins"
    /// Another driver on an area.
    case areaUser = "area-user"

    /// The keys of the kind, beside `kind` and `name`.
    var keys: [String] {
      switch self {
      case .kernel: ["size", "share", "arrival"]
      case .pageCache: ["size", "share", "arrival", "exit", "mapped", "device"]
      case .processes: ["size", "share", "arrival", "exit", "locked", "shared", "place", "huge"]
      case .writtenFiles: ["size", "share", "arrival", "writeback", "clean", "journalled"]
      case .metadata: ["size", "share", "journalled"]
      case .longPins: ["pages", "size", "share", "place", "file", "arrival"]
      case .shortPins: ["size", "share", "place", "file", "rate", "pages", "hold", "distribution"]
      case .areaUser: ["area", "size", "count", "rate", "hold"]
      }
    }
  }
}

extension PressureFile {
  /// The pressure on a machine.
  ///
  /// - Parameters:
  ///   - memory: the page frames of the board's memory.
  ///   - pageSizeBytes: of the machine.
  public func pressure(memory: [PageRange], pageSizeBytes: UInt64) -> Pressure {
    let swapPages = swap.bytes / pageSizeBytes
    let configuration = MemoryConfiguration(
      ranges: memory, cpus: cpus, policy: policy, swapPages: swapPages, swapKind: swapKind,
      swapCompression: swapCompression)
    let cost = pageCopy.map { CostModel(microsecondsPerUnit: $0) } ?? CostModel()
    return Pressure(
      memory: configuration, holders: holders.map { $0.holder(pageSizeBytes: pageSizeBytes) }, cost: cost)
  }
}

extension PressureFile.Holder {
  /// The holder of the model.
  func holder(pageSizeBytes: UInt64) -> any Holder {
    let pages = { (bytes: UInt64) in bytes / pageSizeBytes + (bytes % pageSizeBytes == 0 ? 0 : 1) }
    let amount: PageAmount =
      switch self.amount {
      case .size(let size): .pages(pages(size.bytes))
      case .share(let share): .share(share)
      }
    let arriving = arrival / Double(pageSizeBytes)
    let leaving = exit / Double(pageSizeBytes)
    switch kind {
    case .kernel: return KernelMemory(amount, arrivalPerSecond: arriving, name: name)
    case .pageCache:
      return PageCache(
        amount, arrivalPerSecond: arriving, exitPerSecond: leaving, isMapped: isMapped, isDevice: isDevice,
        name: name)
    case .processes:
      return AnonymousMemory(
        amount, arrivalPerSecond: arriving, exitPerSecond: leaving, isLocked: isLocked, isShared: isShared,
        place: place, isHuge: isHuge, name: name)
    case .writtenFiles:
      return DirtyFiles(
        amount, arrivalPerSecond: arriving, writebackTime: time ?? .zero, cleanPart: clean,
        journalledPart: journalled, name: name)
    case .metadata:
      return FileSystemMetadata(
        amount, journalledPart: journalled ?? FileSystemMetadata.usualJournalledPart, name: name)
    case .longPins:
      let hasBuffer = self.amount != .size(ByteCount(0))
      return LongPins(
        pinned: count, buffer: hasBuffer ? amount : nil, place: place, isFile: isFile,
        arrivalPerSecond: arriving, name: name)
    case .shortPins:
      return ShortPins(
        buffer: amount, place: place, requestsPerSecond: arrival, pagesPerRequest: Int(min(count, 1 << 20)),
        hold: time ?? .zero, isExponential: isExponential, isFile: isFile, name: name)
    case .areaUser:
      var size: UInt64 = 0
      if case .size(let bytes) = self.amount { size = bytes.bytes }
      return AreaUser(
        area: area, pages: pages(size), count: Int(min(count, 100_000)), arrivalPerSecond: arrival,
        hold: time, name: name)
    }
  }
}
