import Glibc

/// Files that are changed in place.
extension FileSystem {
  /// What tells a regular file from all others, by whatever name it goes; nil where there is none.
  public static func identity(of path: String) -> String? {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return "\(status.st_dev):\(status.st_ino)"
  }

  /// Why a file is not changed.
  public enum ReplaceFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// It does not have the bytes any more that it had.
    case changed
    /// It cannot be read or written.
    case system(Failure)

    /// The reason, in words.
    public var description: String {
      switch self {
      case .changed: "it has changed since it was read"
      case .system(let failure): failure.description
      }
    }
  }

  /// Replaces a file's bytes: whole or not at all, with the permissions that it has, and behind a symbolic link where
  /// the path is one.
  ///
  /// - Parameters:
  ///   - path: of a regular file.
  ///   - before: what the file must hold.
  ///   - after: what it holds then.
  /// - Throws: ``ReplaceFailure``; the file is as it was then.
  public static func replace(_ path: String, _ before: [UInt8], by after: [UInt8]) throws(ReplaceFailure) {
    guard let target = absolutePath(of: path) else { throw .system(.system(errno: errno)) }
    var status = stat()
    guard stat(target, &status) == 0 else { throw .system(.system(errno: errno)) }
    switch read(target, bytesMax: before.count) {
    case .success(let now) where now == before: break
    case .success, .failure(.tooLarge): throw .changed
    case .failure(let failure): throw .system(failure)
    }
    let temporary = "\(target).\(getpid()).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .system(.system(errno: errno)) }
    let written = writeAll(after, descriptor)
    let hasMode = fchmod(descriptor, status.st_mode & 0o7777) == 0
    guard close(descriptor) == 0, case .success = written, hasMode, rename(temporary, target) == 0 else {
      let code = errno
      unlink(temporary)
      if case .failure(let failure) = written { throw .system(failure) }
      throw .system(.system(errno: code))
    }
  }
}
