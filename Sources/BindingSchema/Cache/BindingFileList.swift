import DTParse
import Glibc

/// The YAML files below some folders, with what tells cheaply whether one has changed.
struct BindingFileList {
  /// A file.
  struct Entry: Hashable {
    /// The path: the folder as the user named it, and the rest of the way.
    var path: String
    /// Its size in bytes.
    var size: Int64
    /// When its content last changed, in nanoseconds of the epoch.
    var modified: Int64
    /// When anything about it last changed; no program can set it.
    var changed: Int64
    /// The number of its inode and of the device that holds it.
    var inode: UInt64
    var device: UInt64
  }

  /// Folders deeper than this are not looked into; a loop of links ends here at the latest.
  static let depthMax = 32
  /// More files than this are not bindings.
  static let countMax = 1 << 17

  /// The files in the order in which they count: by folder as named, then by path, byte by byte.
  private(set) var entries: [Entry] = []
  /// The folders and files that the user named and that cannot be read, with the reason.
  private(set) var failures: [(path: String, failure: FileSystem.Failure)] = []
  /// Whether there were more files than ``countMax``.
  private(set) var isCut = false

  /// Lists the files that `roots` name: a folder with all `.yaml` files below it, or a file by itself.
  /// - Complexity: O(*n* log *n*) in the number of files, with one system call each.
  init(roots: [String]) {
    for root in roots {
      var status = stat()
      guard stat(root, &status) == 0 else {
        failures.append((root, errno == ENOENT ? .notFound : .system(errno: errno)))
        continue
      }
      if status.st_mode & S_IFMT == S_IFDIR {
        let first = entries.count
        guard walk(root, depth: 0) else {
          failures.append((root, .system(errno: errno)))
          continue
        }
        entries[first...].sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
      } else {
        entries.append(Entry(path: root, status))
      }
    }
  }

  /// Adds the files below a folder; whether the folder could be opened.
  private mutating func walk(_ folder: String, depth: Int) -> Bool {
    guard let stream = opendir(folder) else { return false }
    defer { closedir(stream) }
    let descriptor = dirfd(stream)
    while let item = readdir(stream) {
      let name = withUnsafeBytes(of: &item.pointee.d_name) { buffer in
        String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self)
      }
      // A hidden folder holds what version control and editors keep.
      if name.hasPrefix(".") { continue }
      let type = Int32(item.pointee.d_type)
      let isYAML = name.utf8.suffix(5).elementsEqual(".yaml".utf8)
      guard isYAML || type == Int32(DT_DIR) || type == Int32(DT_LNK) || type == Int32(DT_UNKNOWN) else {
        continue
      }
      var status = stat()
      guard fstatat(descriptor, name, &status, 0) == 0 else { continue }
      let path = FileSystem.join(folder, name)
      if status.st_mode & S_IFMT == S_IFDIR {
        if depth < Self.depthMax { _ = walk(path, depth: depth + 1) }
      } else if isYAML, status.st_mode & S_IFMT == S_IFREG {
        guard entries.count < Self.countMax else {
          isCut = true
          return true
        }
        entries.append(Entry(path: path, status))
      }
    }
    return true
  }

  /// The list as bytes: equal exactly if no file came, went or changed.
  var serialized: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(entries.count * 160)
    for entry in entries {
      bytes += entry.path.utf8
      bytes.append(0)
      for word in [
        UInt64(bitPattern: entry.size), UInt64(bitPattern: entry.modified), UInt64(bitPattern: entry.changed),
        entry.inode, entry.device,
      ] {
        withUnsafeBytes(of: word.littleEndian) { bytes += $0 }
      }
    }
    return bytes
  }

  /// Whether a file changed so lately that the next change could bear the same time.
  ///
  /// - Parameter now: nanoseconds of the epoch when the list was made.
  func isRacy(now: Int64) -> Bool {
    // Coarser than the clock of any file system in use; FAT's, the worst, ticks every two seconds.
    let grace: Int64 = 3_000_000_000
    return entries.contains { max($0.modified, $0.changed) > now - grace }
  }
}

extension BindingFileList.Entry {
  init(path: String, _ status: stat) {
    self.init(
      path: path, size: Int64(status.st_size), modified: Self.nanoseconds(status.st_mtim),
      changed: Self.nanoseconds(status.st_ctim), inode: UInt64(status.st_ino), device: UInt64(status.st_dev))
  }

  private static func nanoseconds(_ time: timespec) -> Int64 {
    Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }
}
