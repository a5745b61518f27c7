import Glibc

/// Reading and writing of whole files.
public enum FileSystem {
  /// Why a file cannot be read or written.
  public enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
    case notFound
    case tooLarge(bytesMax: Int)
    case system(errno: Int32)

    /// The reason, in words.
    public var description: String {
      switch self {
      case .notFound: "no such file or directory"
      case .tooLarge(let bytesMax): "larger than \(bytesMax) bytes"
      case .system(let code): String(cString: strerror(code)).lowercased()
      }
    }
  }

  /// Reads a file, or standard input for the path `-`.
  /// - Parameters:
  ///   - path: the file's path.
  ///   - bytesMax: more bytes than this are an error.
  /// - Returns: the bytes, or why there are none.
  public static func read(_ path: String, bytesMax: Int) -> Result<[UInt8], Failure> {
    let isStandardInput = path == "-"
    let descriptor = isStandardInput ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return .failure(errno == ENOENT ? .notFound : .system(errno: errno)) }
    defer { if !isStandardInput { close(descriptor) } }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return .failure(.system(errno: errno)) }
    if status.st_mode & S_IFMT == S_IFDIR { return .failure(.system(errno: EISDIR)) }
    let isRegular = status.st_mode & S_IFMT == S_IFREG
    if isRegular, Int(status.st_size) > bytesMax { return .failure(.tooLarge(bytesMax: bytesMax)) }
    return readAll(descriptor, sizeHint: isRegular ? Int(status.st_size) : 64 << 10, bytesMax: bytesMax)
  }

  static func readAll(_ descriptor: Int32, sizeHint: Int, bytesMax: Int) -> Result<[UInt8], Failure> {
    var bytes: [UInt8] = []
    var capacity = sizeHint + 1
    while true {
      let chunk = capacity
      var failure: Int32 = 0
      var isEnd = false
      let part = Array<UInt8>(unsafeUninitializedCapacity: chunk) { buffer, count in
        while count < chunk {
          let got = Glibc.read(descriptor, buffer.baseAddress.map { $0 + count }, chunk - count)
          if got < 0, errno == EINTR { continue }
          if got < 0 { failure = errno }
          if got <= 0 {
            isEnd = true
            break
          }
          count += got
        }
      }
      if failure != 0 { return .failure(.system(errno: failure)) }
      if bytes.isEmpty { bytes = part } else { bytes.append(contentsOf: part) }
      if bytes.count > bytesMax { return .failure(.tooLarge(bytesMax: bytesMax)) }
      if isEnd { return .success(bytes) }
      capacity = max(bytes.count, 64 << 10)
    }
  }

  /// Writes a whole file: under another name first, renamed into place, so that no reader sees a part of
  /// it.
  ///
  /// The path `-` is standard output; a device is written as it is.
  public static func write(_ bytes: [UInt8], to path: String) -> Result<Void, Failure> {
    if path == "-" { return writeAll(bytes, STDOUT_FILENO) }
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      let descriptor = open(path, O_WRONLY | O_CLOEXEC)
      guard descriptor >= 0 else { return .failure(.system(errno: errno)) }
      defer { close(descriptor) }
      return writeAll(bytes, descriptor)
    }
    let temporary = "\(path).\(getpid()).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { return .failure(errno == ENOENT ? .notFound : .system(errno: errno)) }
    let written = writeAll(bytes, descriptor)
    guard close(descriptor) == 0, case .success = written, rename(temporary, path) == 0 else {
      let code = errno
      unlink(temporary)
      if case .failure(let failure) = written { return .failure(failure) }
      return .failure(.system(errno: code))
    }
    return .success(())
  }

  static func writeAll(_ bytes: [UInt8], _ descriptor: Int32) -> Result<Void, Failure> {
    bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        let wrote = Glibc.write(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done)
        if wrote < 0, errno == EINTR { continue }
        if wrote < 0 { return .failure(.system(errno: errno)) }
        done += wrote
      }
      return .success(())
    }
  }

  /// Whether there is a regular file at a path.
  public static func isFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// The path from the root, without symbolic links and `..`; nil where there is nothing.
  public static func absolutePath(of path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// The folder part of a path; empty for a bare name.
  public static func directory(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "" }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// `name` in `directory`; just `name` for an empty one.
  public static func join(_ directory: String, _ name: String) -> String {
    if directory.isEmpty { return name }
    return directory.utf8.last == UInt8(ascii: "/") ? directory + name : directory + "/" + name
  }
}
