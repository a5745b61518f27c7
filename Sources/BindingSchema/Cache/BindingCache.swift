import DTParse
import Glibc

/// Compiled bindings on disk, so that thousands of YAML files are read once and not at every run.
///
/// Two kinds of files lie in the folder. An *image* is called after the digest of the bindings that it was compiled
/// from and of the compiler's version, so it can never be stale. A *stamp* is called after the folders that were
/// named; it tells with sizes, times and inodes that no file has changed since, and which image belongs to them. Where
/// the stamp does not agree, the files are read and their digest decides: a fresh checkout of the same bindings finds
/// its image.
///
/// Every file is written under another name and renamed, so that runs at the same time do not disturb each other. A
/// file that cannot be written is not missed: the next run compiles again.
public struct BindingCache: Sendable {
  /// Where the files lie.
  public let folder: String

  private static let stampTitle = "dtheap stamp 1\n"
  private static let stampBytesMax = 64 << 20
  /// An older image that nobody has used for so long is removed when a new one comes.
  private static let daysKept = 30

  /// The cache in a folder, which is made when it is first written to.
  public init(folder: String) { self.folder = folder }

  /// The cache where the environment says: `DTHEAP_CACHE_DIR`, else `dtheap/bindings` in `XDG_CACHE_HOME`, else in
  /// `~/.cache`.
  ///
  /// - Returns: nil where no variable names an absolute path.
  public static func ofUser() -> BindingCache? {
    func value(_ name: String) -> String? {
      guard let text = getenv(name), text.pointee == UInt8(ascii: "/") else { return nil }
      return String(cString: text)
    }
    if let folder = value("DTHEAP_CACHE_DIR") { return BindingCache(folder: folder) }
    let base = value("XDG_CACHE_HOME") ?? value("HOME").map { FileSystem.join($0, ".cache") }
    return base.map { BindingCache(folder: FileSystem.join($0, "dtheap/bindings")) }
  }

  /// The digest that a stamp gives for the files, if none has changed since.
  func digest(for files: [UInt8], slot: String) -> String? {
    guard let stamp = MappedFile(path: path(slot, "stamp")), stamp.bytes.count <= Self.stampBytesMax else {
      return nil
    }
    let title = Array(Self.stampTitle.utf8)
    let headCount = title.count + 64 + 1
    guard stamp.bytes.count == headCount + files.count, stamp.bytes.prefix(title.count).elementsEqual(title)
    else {
      return nil
    }
    let isSame = files.withUnsafeBytes { listed in
      guard let noted = stamp.bytes.baseAddress, let start = listed.baseAddress else { return listed.isEmpty }
      return memcmp(start, noted + headCount, listed.count) == 0
    }
    guard isSame else { return nil }
    let digest = stamp.bytes[title.count..<title.count + 64]
    guard digest.allSatisfy(Self.isHexadecimal) else { return nil }
    return String(decoding: digest, as: UTF8.self)
  }

  /// Notes the digest of the files.
  func note(_ digest: String, for files: [UInt8], slot: String) {
    write(Array(Self.stampTitle.utf8) + Array(digest.utf8) + [0x0a] + files, to: path(slot, "stamp"))
  }

  /// The image that was compiled from the bindings of a digest.
  func image(_ digest: String) -> MappedFile? { MappedFile(path: path(digest, "image")) }

  /// Keeps an image.
  func keep(_ image: [UInt8], digest: String) {
    write(image, to: path(digest, "image"))
    removeUnused()
  }

  /// Forgets an image that cannot be read.
  func drop(_ digest: String) { unlink(path(digest, "image")) }

  private func path(_ name: String, _ kind: String) -> String { FileSystem.join(folder, "\(name).\(kind)") }

  private func write(_ bytes: [UInt8], to path: String) {
    makeFolder(folder)
    _ = FileSystem.write(bytes, to: path)
  }

  private func makeFolder(_ path: String) {
    if path.isEmpty || mkdir(path, 0o777) == 0 || errno != ENOENT { return }
    makeFolder(FileSystem.directory(of: path))
    mkdir(path, 0o777)
  }

  /// Removes images and stamps that were neither written nor, where the file system tells, read for a month.
  private func removeUnused() {
    guard let stream = opendir(folder) else { return }
    defer { closedir(stream) }
    let oldest = time(nil) - Self.daysKept * 24 * 3600
    while let item = readdir(stream) {
      let name = withUnsafeBytes(of: &item.pointee.d_name) { buffer in
        String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard name.hasSuffix(".image") || name.hasSuffix(".stamp") else { continue }
      var status = stat()
      guard fstatat(dirfd(stream), name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
      if max(status.st_mtim.tv_sec, status.st_atim.tv_sec) < oldest { unlinkat(dirfd(stream), name, 0) }
    }
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
  }
}
