/// What a page that is in use is used for, as far as an allocation that needs its place cares.
public enum PageClass: UInt8, Hashable, Sendable, CaseIterable {
  /// A page of a file whose content is on the disk too: it can be dropped.
  case cleanFile
  /// A page of a file that has to be written before it can be dropped; it can be copied elsewhere as it is.
  case dirtyFile
  /// A page of a file on its way to the disk.
  case writeback
  /// A page of a process without a file; it can be copied, and swapped where there is swap.
  case anonymous
  /// A page of shared memory or tmpfs.
  case sharedMemory
  /// A page of a block device's own cache, where file systems keep their metadata.
  case metadata
  /// A page of a block device that a program reads by itself, past any file system: it can be dropped, and it is asked
  /// for among the kernel's own pages, so that it never lies in an area.
  case deviceCache
  /// A page of compressed ones, of swap that lies in memory: it can be copied elsewhere.
  case compressed
  /// A page of the kernel itself: a slab, a page table, a pipe. Nothing moves it.
  case unmovable

  /// The name in reports.
  public var name: String {
    switch self {
    case .cleanFile: "clean page cache"
    case .dirtyFile: "dirty page cache"
    case .writeback: "page cache under writeback"
    case .anonymous: "anonymous memory"
    case .sharedMemory: "shared memory"
    case .metadata: "file system metadata"
    case .deviceCache: "block device cache"
    case .compressed: "compressed swap"
    case .unmovable: "kernel memory"
    }
  }
}

/// What holds a page beside those that use it, so that it cannot be copied.
public enum PageReference: Hashable, Sendable {
  /// Nothing.
  case none
  /// A reference that ends by itself: direct or asynchronous I/O in flight, a page in a pipe.
  case short
  /// A reference that stays until its holder gives it up: a pin of a driver.
  case long
  /// The journal of the file system keeps the page's buffers.
  case journal
}

/// What is the same for many pages of one holder: a page's state is the number of its lot.
public struct PageLot: Hashable, Sendable {
  /// What the pages are used for.
  public var pageClass: PageClass
  /// The name of the holder, for a failure's reason.
  public var holder: String
  /// What holds them beside their users.
  public var reference: PageReference
  /// Whether processes have the pages mapped; a mapped file page costs more to drop.
  public var isMapped: Bool
  /// Whether the pages are locked in memory: they are moved, never swapped.
  public var isLocked: Bool
  /// Whether the pages have buffer heads, which makes them dearer to drop.
  public var hasBuffers: Bool
  /// Whether the file system journals the pages' content (`data=journal`): a dirty one has to be written before it can
  /// be copied.
  public var isJournalled: Bool
  /// Whether they are huge pages, which are asked for and freed as a whole. A huge page that has to make room is copied
  /// or swapped page by page.
  public var isHuge: Bool
  /// Whether a guaranteed area keeps them for itself: no reclaimer looks for them.
  public var isKept = false

  /// A lot; nothing holds its pages unless told otherwise.
  public init(
    _ pageClass: PageClass, holder: String, reference: PageReference = .none, isMapped: Bool = false,
    isLocked: Bool = false, hasBuffers: Bool = false, isJournalled: Bool = false, isHuge: Bool = false
  ) {
    self.pageClass = pageClass
    self.holder = holder
    self.reference = reference
    self.isMapped = isMapped
    self.isLocked = isLocked
    self.hasBuffers = hasBuffers
    self.isJournalled = isJournalled
    self.isHuge = isHuge
  }

  /// Whether the pages are on the lists of the reclaimer and can be taken off them to be moved.
  ///
  /// An anonymous page with one reference more than its users is passed over at once: it is not tried, and the test
  /// of the range finds it.
  ///
  /// - Source: Linux 6.1 mm/compaction.c, isolate_migratepages_block.
  public var canBeIsolated: Bool {
    switch pageClass {
    case .unmovable: false
    case .anonymous: reference == .none
    default: true
    }
  }

  /// Whether a range allocation and the reclaimer may drop the pages.
  ///
  /// - Source: Linux 6.1 mm/vmscan.c, reclaim_clean_pages_from_list.
  public var canBeDropped: Bool {
    (pageClass == .cleanFile || pageClass == .deviceCache) && reference == .none
  }

  /// Whether the reclaimer can write the pages to their files and drop them then.
  public var canBeWritten: Bool { pageClass == .dirtyFile && reference == .none }

  /// Whether the pages can be written to swap.
  public var canBeSwapped: Bool {
    (pageClass == .anonymous || pageClass == .sharedMemory) && reference == .none && !isLocked
  }

  /// What it takes to copy one page.
  var migrationStep: MemoryStep {
    switch pageClass {
    case .anonymous: isLocked ? .migrateLocked : .migrateAnonymous
    case .sharedMemory, .compressed: .migrateShared
    case .dirtyFile where isJournalled: .migrateJournalled
    default: .migrateFile
    }
  }

  /// What it takes to drop one page.
  var dropStep: MemoryStep { hasBuffers ? .dropBuffered : isMapped ? .dropMapped : .dropClean }
}

/// The number of a lot in a ``PageMap``; 0 is no lot: a page that is free, or that a contiguous allocation holds.
public struct LotNumber: Hashable, Sendable {
  /// From 0 to 255.
  public let number: UInt8

  /// No lot.
  public static let none = LotNumber(number: 0)
}
