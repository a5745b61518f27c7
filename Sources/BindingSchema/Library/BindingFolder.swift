import DTParse
import Glibc

/// What tells cheaply whether a file has changed.
public struct FileState: Hashable, Sendable {
  /// Its length in bytes.
  let size: Int64
  /// When its content changed last, in nanoseconds of the epoch.
  let modified: Int64
  /// When anything about it changed last; unlike the time of its content, no program can set it.
  let changed: Int64
  /// The number of its inode, and the device that holds it.
  let inode: UInt64
  let device: UInt64

  init(_ status: stat) {
    func nanoseconds(_ time: timespec) -> Int64 { Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec) }
    size = Int64(status.st_size)
    modified = nanoseconds(status.st_mtim)
    changed = nanoseconds(status.st_ctim)
    inode = UInt64(status.st_ino)
    device = UInt64(status.st_dev)
  }
}

/// Finds the files of bindings.
struct BindingFolder {
  /// A file.
  struct File {
    let path: String
    let state: FileState
  }

  /// The deepest nesting of folders.
  static let depthMax = 64
  /// The most files of one run.
  static let filesMax = 100_000

  private var found: [File] = []
  private var seen: Set<Identity> = []

  /// The files whose names end in `.yaml` under a folder, or the file itself.
  ///
  /// Names that begin with a point are passed over, and so is a folder that was seen before, through whatever link.
  /// - Returns: the files in the order of their paths' bytes, or why there are none.
  /// - Complexity: O(*n* log *n*), with one system call for each file.
  static func files(under path: String) -> Result<[File], FileSystem.Failure> {
    var status = stat()
    guard stat(path, &status) == 0 else {
      return .failure(errno == ENOENT ? .notFound : .system(errno: errno))
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      return .success([File(path: path, state: FileState(status))])
    }
    var folder = BindingFolder()
    folder.seen = [Identity(status)]
    if let code = folder.walk(path, depth: 1) { return .failure(.system(errno: code)) }
    folder.found.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    return .success(folder.found)
  }

  /// What tells a folder from all others.
  private struct Identity: Hashable {
    let device: UInt64
    let number: UInt64

    init(_ status: stat) {
      device = UInt64(status.st_dev)
      number = UInt64(status.st_ino)
    }
  }

  /// Adds the files of a folder and of those in it.
  /// - Returns: why the folder cannot be read; nil where it can. What cannot be read deeper down is passed over.
  private mutating func walk(_ folder: String, depth: Int) -> Int32? {
    guard depth <= Self.depthMax, found.count < Self.filesMax else { return nil }
    guard let stream = opendir(folder) else { return errno }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      if let name = Self.name(of: &entry.pointee) { names.append(name) }
    }
    // In a fixed order: which of two links to a folder is followed must not depend on the disk.
    names.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    for name in names {
      var status = stat()
      guard fstatat(dirfd(stream), name, &status, 0) == 0 else { continue }
      let path = FileSystem.join(folder, name)
      if status.st_mode & S_IFMT == S_IFDIR {
        if seen.insert(Identity(status)).inserted { _ = walk(path, depth: depth + 1) }
      } else if name.hasSuffix(".yaml"), status.st_mode & S_IFMT == S_IFREG, found.count < Self.filesMax {
        found.append(File(path: path, state: FileState(status)))
      }
    }
    return nil
  }

  /// The name of what may be a binding or a folder; nil for what cannot be either.
  private static func name(of entry: inout dirent) -> String? {
    let isPlainFile = Int32(entry.d_type) == Int32(DT_REG)
    return withUnsafeBytes(of: &entry.d_name) { bytes in
      let name = bytes.prefix { $0 != 0 }
      if name.first == UInt8(ascii: ".") || isPlainFile && !name.suffix(5).elementsEqual(".yaml".utf8) {
        return nil
      }
      return String(decoding: name, as: UTF8.self)
    }
  }
}
