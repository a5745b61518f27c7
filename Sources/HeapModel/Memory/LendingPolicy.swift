/// Who may use the free pages of contiguous areas: the part of the page allocator in which kernels differ most.
///
/// Every policy is one type.
public protocol LendingPolicy: Sendable {
  /// The name, as plans write it.
  var name: String { get }

  /// Where a page is looked for.
  ///
  /// - Parameters:
  ///   - request: what the page is for.
  ///   - free: the free pages of the zone at this moment.
  /// - Returns: the order of the lists, and for how many pages it is good.
  func sources(for request: PageRequest, free: FreePageCounts) -> PageSources

  /// Whether freed pages of an area share the per-CPU lists of movable pages.
  var sharesPerCPULists: Bool { get }

  /// Whether freed huge pages of an area share the per-CPU list of movable ones.
  var sharesHugeLists: Bool { get }

  /// Whether the area is a zone of its own with its own watermarks, so that its free pages do not keep the rest of
  /// memory from being reclaimed.
  var isOwnZone: Bool { get }

  /// Whether the area only keeps clean pages that the reclaimer has dropped, which are evicted without a copy.
  var keepsDroppedPages: Bool { get }
}

extension LendingPolicy {
  /// They do, in kernels without lists of their own for areas.
  public var sharesPerCPULists: Bool { true }
  /// They do, in every kernel that has been released.
  public var sharesHugeLists: Bool { true }
  /// It is not, in kernels after 2018.
  public var isOwnZone: Bool { false }
  /// It does not, in kernels that lend pages out.
  public var keepsDroppedPages: Bool { false }
}

/// What a page is asked for.
public struct PageRequest: Hashable, Sendable {
  /// The lists that the page comes from.
  public var type: MigrateType
  /// What it will be used for.
  public var pageClass: PageClass
  /// Whether it will be pinned for long, so that it must not lie in an area.
  public var isLongTerm: Bool
  /// Whether areas come first, whatever the policy.
  public var prefersArea = false
  /// Whether it is to copy another page to, for a range that is being allocated.
  public var isCopy = false

  /// A request for pages of a class; movable unless the class is the kernel's own.
  public init(_ pageClass: PageClass, isLongTerm: Bool = false) {
    self.pageClass = pageClass
    self.isLongTerm = isLongTerm
    type = pageClass == .unmovable || pageClass == .deviceCache ? .unmovable : .movable
  }
}

/// The free pages of a zone.
public struct FreePageCounts: Hashable, Sendable {
  /// All that someone may have.
  public let all: Int
  /// Those of contiguous areas among them.
  public let area: Int
}

/// The order in which lists are looked at.
public struct PageSources: Hashable, Sendable {
  /// The lists.
  public enum Order: Hashable, Sendable {
    /// Those of the own type alone.
    case own
    /// The own, and the area's when nothing is left.
    case ownThenArea
    /// The area's, and the own when nothing is left.
    case areaThenOwn
  }

  /// The order.
  public let order: Order
  /// The number of pages after which to ask again, from 1.
  public let pages: Int

  /// An order that is good for a number of pages.
  public init(_ order: Order, pages: Int = .max) {
    self.order = order
    self.pages = max(pages, 1)
  }
}
