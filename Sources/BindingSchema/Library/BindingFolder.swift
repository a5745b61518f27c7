import DTParse
import Glibc

/// Finds the files of bindings.
enum BindingFolder {
  /// The deepest nesting of folders.
  static let depthMax = 64
  /// The most files of one run.
  static let filesMax = 100_000

  /// The files whose names end in `.yaml` under a folder, or the file itself.
  ///
  /// Names that begin with a point are passed over, and so is a folder that was seen before, through whatever link.
  /// - Returns: their paths in the order of their bytes, or why there are none.
  static func files(under path: String) -> Result<[String], FileSystem.Failure> {
    var status = stat()
    guard stat(path, &status) == 0 else {
      return .failure(errno == ENOENT ? .notFound : .system(errno: errno))
    }
    guard status.st_mode & S_IFMT == S_IFDIR else { return .success([path]) }
    var found: [String] = []
    var seen: Set<Identity> = [Identity(status)]
    if let code = walk(path, depth: 1, into: &found, &seen) { return .failure(.system(errno: code)) }
    found.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    return .success(found)
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
  private static func walk(
    _ folder: String, depth: Int, into found: inout [String], _ seen: inout Set<Identity>
  ) -> Int32? {
    guard depth <= depthMax, found.count < filesMax else { return nil }
    guard let stream = opendir(folder) else { return errno }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name.utf8.first != UInt8(ascii: ".") { names.append(name) }
    }
    // In a fixed order: which of two links to a folder is followed must not depend on the disk.
    names.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    for name in names {
      let path = FileSystem.join(folder, name)
      var status = stat()
      guard stat(path, &status) == 0 else { continue }
      if status.st_mode & S_IFMT == S_IFDIR {
        if seen.insert(Identity(status)).inserted { _ = walk(path, depth: depth + 1, into: &found, &seen) }
      } else if name.hasSuffix(".yaml"), status.st_mode & S_IFMT == S_IFREG, found.count < filesMax {
        found.append(path)
      }
    }
    return nil
  }
}
