import Synchronization

/// Gives the text of files that line markers name, each read at most once.
public final class OriginalSources: Sendable {
  private let read: @Sendable (String) -> [UInt8]?
  private let cache = Mutex<[String: SourceFile?]>([:])

  /// Uses `read` to get a file's bytes; nil means that it cannot be read.
  public init(read: @escaping @Sendable (String) -> [UInt8]?) { self.read = read }

  /// The file called `name`, or nil if it cannot be read.
  public func file(_ name: String) -> SourceFile? {
    cache.withLock { files in
      if let known = files[name] { return known }
      let file = read(name).map { SourceFile(name: name, bytes: $0) }
      files[name] = .some(file)
      return file
    }
  }
}
