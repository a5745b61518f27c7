import Glibc

/// A file in memory that is read as it is touched, not when it is opened.
///
/// The cache's files are only ever replaced as a whole, so that a mapping never sees one change or shrink.
final class MappedFile: @unchecked Sendable {
  /// The bytes, valid as long as the object is.
  let bytes: UnsafeRawBufferPointer

  /// Maps a regular file; nil where there is none or it is empty.
  init?(path: String) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0,
      let start = mmap(nil, Int(status.st_size), PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED
    else { return nil }
    bytes = UnsafeRawBufferPointer(start: start, count: Int(status.st_size))
  }

  deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }
}
