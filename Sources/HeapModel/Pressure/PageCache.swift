/// Clean pages of files: anyone who needs their place drops them.
public struct PageCache: Holder {
  /// The name.
  public let name: String
  private var pages: LentPages

  /// A holder of clean pages.
  ///
  /// - Parameters:
  ///   - amount: at the start.
  ///   - arrivalPerSecond: pages read, each second.
  ///   - exitPerSecond: pages whose files are deleted, each second.
  ///   - isMapped: whether processes have the pages mapped.
  ///   - hasBuffers: whether the file system keeps buffer heads for them.
  ///   - isDevice: whether they are of a block device that is read by itself, and so never lie in an area.
  ///   - name: for reports.
  public init(
    _ amount: PageAmount, arrivalPerSecond: Double = 0, exitPerSecond: Double = 0, isMapped: Bool = false,
    hasBuffers: Bool = false, isDevice: Bool = false, name: String = "page cache"
  ) {
    self.name = name
    pages = LentPages(
      amount,
      of: PageLot(
        isDevice ? .deviceCache : .cleanFile, holder: name, isMapped: isMapped, hasBuffers: hasBuffers),
      arrivalPerSecond: arrivalPerSecond, exitPerSecond: exitPerSecond)
  }

  /// See ``Holder/start(on:random:)``.
  public mutating func start(on machine: inout Machine, random: inout SplitMix64) {
    pages.start(on: &machine)
  }

  /// See ``Holder/advance(to:on:random:)``.
  public mutating func advance(
    to time: SimulationTime, on machine: inout Machine, random: inout SplitMix64
  ) {
    pages.advance(to: time, on: &machine, random: &random)
  }
}
