import Glibc

/// What tells cheaply whether files have changed: their sizes, times and inodes.
struct FileStates {
  /// Coarser than the clock of any file system in use; FAT's, the worst, ticks every two seconds.
  private static let clockTick: Int64 = 3_000_000_000

  /// The paths and states as bytes: equal exactly if no file came, went or changed.
  private(set) var bytes: [UInt8] = []
  /// When a file changed last, in nanoseconds of the epoch.
  private var latest: Int64 = .min
  /// When the states were taken.
  private let taken: Int64

  /// Takes the states of files; one that is not there has a state of its own.
  /// - Complexity: O(*n*), with one system call for each.
  init(paths: [String]) {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    taken = Self.nanoseconds(now)
    bytes.reserveCapacity(paths.count * 160)
    for path in paths {
      bytes += path.utf8
      bytes.append(0)
      var status = stat()
      guard stat(path, &status) == 0 else { continue }
      // The time of the last change of anything about the file cannot be set by a program, that of its content can.
      let modified = Self.nanoseconds(status.st_mtim)
      let changed = Self.nanoseconds(status.st_ctim)
      latest = max(latest, modified, changed)
      append(UInt64(truncatingIfNeeded: status.st_size))
      append(UInt64(bitPattern: modified))
      append(UInt64(bitPattern: changed))
      append(UInt64(status.st_ino))
      append(UInt64(status.st_dev))
    }
  }

  /// Whether a file changed so lately that its next change could bear the same time.
  var isRacy: Bool { latest > taken - Self.clockTick }

  private mutating func append(_ word: UInt64) {
    withUnsafeBytes(of: word.littleEndian) { bytes += $0 }
  }

  private static func nanoseconds(_ time: timespec) -> Int64 {
    Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }
}
