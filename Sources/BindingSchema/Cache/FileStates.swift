import Glibc

/// The states of files, for telling whether any of them has changed.
struct FileStates {
  /// Coarser than the clock of any file system in use; FAT's, the worst, ticks every two seconds.
  private static let clockTick: Int64 = 3_000_000_000

  /// The paths and states as bytes: equal exactly if no file came, went or changed.
  private(set) var bytes: [UInt8] = []
  /// When a file changed last, in nanoseconds of the epoch.
  private var latest: Int64 = .min

  /// The states of the files that were found.
  /// - Complexity: O(*n*).
  init(_ entries: [BindingLibrary.Entry]) {
    bytes.reserveCapacity(entries.count * 160)
    for entry in entries {
      bytes += entry.path.utf8
      bytes.append(0)
      guard let state = entry.state else { continue }
      latest = max(latest, state.modified, state.changed)
      append(UInt64(bitPattern: state.size))
      append(UInt64(bitPattern: state.modified))
      append(UInt64(bitPattern: state.changed))
      append(state.inode)
      append(state.device)
    }
  }

  /// Whether a file has changed so lately that its next change could bear the same time.
  var isRacy: Bool {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return latest > Int64(now.tv_sec) &* 1_000_000_000 &+ Int64(now.tv_nsec) - Self.clockTick
  }

  private mutating func append(_ word: UInt64) {
    withUnsafeBytes(of: word.littleEndian) { bytes += $0 }
  }
}
