/// Why an image cannot be used.
public enum ImageRefusal: Error, Hashable, Sendable {
  /// It is shorter than it says or than anything can be.
  case truncated
  /// It is no image, or one of another version.
  case foreign
  /// Its bytes are not those that were written.
  case damaged
}

/// Compiled bindings, ready to validate against: an image in memory or in a mapped file.
///
/// Nothing is parsed or copied. Opening costs one pass over the bytes for the checksum; after that no offset is
/// trusted either, so that not even an image made by hand can make a read leave it.
public final class CompiledBindings: Sendable {
  /// The image, which lives as long as this does.
  private let storage: ImageStorage
  let view: ImageView

  /// Opens an image that is in memory.
  /// - Throws: ``ImageRefusal`` if it is none of this version or was changed.
  /// - Complexity: O(size).
  public convenience init(_ image: [UInt8]) throws(ImageRefusal) {
    try self.init(storage: ImageStorage(copying: image))
  }

  /// Opens an image in foreign memory, such as a mapped file, without copying it.
  /// - Parameters:
  ///   - image: the bytes, aligned to 4 at least, which must not change while `owner` lives.
  ///   - owner: what keeps the memory alive.
  /// - Throws: ``ImageRefusal`` if it is none of this version or was changed.
  /// - Complexity: O(size).
  public convenience init(
    _ image: UnsafeRawBufferPointer, keptAliveBy owner: any AnyObject & Sendable
  ) throws(ImageRefusal) {
    try self.init(storage: ImageStorage(borrowing: image, owner: owner))
  }

  /// Opens an image that was made in this run.
  convenience init(own image: [UInt8]) {
    do {
      try self.init(image)
    } catch {
      preconditionFailure("an image that was just made is refused: \(error)")
    }
  }

  private init(storage: ImageStorage) throws(ImageRefusal) {
    view = try ImageView(storage.bytes)
    self.storage = storage
  }

  /// A binding as the image knows it.
  public struct Document: Hashable, Sendable {
    /// Its `$id` without the trailing `#`.
    public var id: String
    /// The file that it was read from.
    public var path: String
  }

  /// The bindings in rising order of their `$id`.
  public var documents: [Document] { (0..<view.header(.documentCount)).map { document($0) } }

  func document(_ index: UInt32) -> Document {
    let entry = view.document(index)
    return Document(id: view.string(view[entry]), path: view.string(view[entry &+ 1]))
  }

  /// Every compatible string that some binding writes out, in alphabetical order.
  public var documentedCompatibles: [String] {
    let start = view.header(.documented)
    return (0..<view.header(.documentedCount)).map { view.string(view[start &+ $0]) }
  }

  /// The paths of the files that could not be read or used when the image was made, in the order in which they were
  /// to be read.
  var leftOut: [String] {
    let start = view.header(.leftOut)
    return (0..<view.header(.leftOutCount)).map { view.string(view[start &+ $0]) }
  }
}

/// The memory of an image.
private final class ImageStorage: @unchecked Sendable {
  // Unchecked because of the pointer; the memory is never written after `init`.
  let bytes: UnsafeRawBufferPointer
  private let owned: UnsafeMutableRawBufferPointer?
  private let owner: (any AnyObject & Sendable)?

  init(copying image: [UInt8]) {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(image.count, 8), alignment: 8)
    image.withUnsafeBytes { memory.copyMemory(from: $0) }
    owned = memory
    owner = nil
    bytes = UnsafeRawBufferPointer(rebasing: memory[..<image.count])
  }

  init(borrowing image: UnsafeRawBufferPointer, owner: any AnyObject & Sendable) {
    bytes = image
    owned = nil
    self.owner = owner
  }

  deinit { owned?.deallocate() }
}

/// The words and strings of an image; every read is held against the bounds and gives 0 outside.
struct ImageView: @unchecked Sendable {
  // Unchecked because of the pointers into memory that nobody writes.
  private let base: UnsafePointer<UInt32>
  private let words: UnsafePointer<UInt32>
  private let bytes: UnsafePointer<UInt8>
  private let wordCount: UInt32
  private let byteCount: UInt32
  private let ends: UInt32
  /// How many strings there are.
  let stringCount: UInt32

  init(_ image: UnsafeRawBufferPointer) throws(ImageRefusal) {
    guard image.count >= ImageLayout.headerBytes, let start = image.baseAddress else { throw .truncated }
    guard UInt(bitPattern: start) % 4 == 0 else { throw .foreign }
    let header = start.assumingMemoryBound(to: UInt32.self)
    func field(_ field: ImageLayout.Header) -> UInt32 { UInt32(littleEndian: header[field.rawValue]) }
    guard UInt64(field(.magicLow)) | UInt64(field(.magicHigh)) << 32 == ImageLayout.magic,
      field(.version) == ImageLayout.version
    else { throw .foreign }
    let size = ImageLayout.headerBytes + 4 * Int(field(.wordCount)) + Int(field(.byteCount))
    guard size == image.count else { throw .truncated }
    guard ImageHash.image(image) == UInt64(field(.checksumLow)) | UInt64(field(.checksumHigh)) << 32 else {
      throw .damaged
    }
    base = header
    words = header + ImageLayout.headerBytes / 4
    wordCount = field(.wordCount)
    byteCount = field(.byteCount)
    bytes = UnsafeRawPointer(words + Int(wordCount)).assumingMemoryBound(to: UInt8.self)
    ends = field(.stringEnds)
    stringCount = field(.stringCount)
    guard UInt64(ends) + UInt64(stringCount) <= UInt64(wordCount),
      UInt64(field(.hashSlots)) + UInt64(field(.hashMask)) < UInt64(wordCount),
      (field(.hashMask) &+ 1).nonzeroBitCount == 1,
      ImageLayout.Header.counts.allSatisfy({ field($0) <= wordCount })
    else { throw .damaged }
  }

  /// A number of the header.
  func header(_ field: ImageLayout.Header) -> UInt32 { UInt32(littleEndian: base[field.rawValue]) }

  /// A word; 0 outside of the image.
  @inline(__always)
  subscript(index: UInt32) -> UInt32 { index < wordCount ? UInt32(littleEndian: words[Int(index)]) : 0 }

  /// A word that says how much follows it: never more than there is, so that every loop over it ends soon.
  @inline(__always)
  func count(_ index: UInt32) -> UInt32 { min(self[index], wordCount) }

  /// Where the entry of a binding begins in the table of documents.
  func document(_ index: UInt32) -> UInt32 {
    header(.documents) &+ index &* UInt32(ImageLayout.documentWords)
  }

  /// The schema of a binding as a whole.
  func root(ofDocument index: UInt32) -> UInt32 { self[document(index) &+ 2] }

  /// The schema that says for which nodes a binding holds; `none` where the compatible string alone picks it.
  func select(ofDocument index: UInt32) -> UInt32 { self[document(index) &+ 3] }

  /// The words of a program; empty if they are not all in the image.
  @inline(__always)
  func program(at start: UInt32, count: UInt32) -> UnsafeBufferPointer<UInt32> {
    guard UInt64(start) + UInt64(count) <= UInt64(wordCount) else {
      return UnsafeBufferPointer(start: nil, count: 0)
    }
    return UnsafeBufferPointer(start: words + Int(start), count: Int(count))
  }

  /// The bytes of a string; empty for one that is not there.
  @inline(__always)
  func stringBytes(_ id: UInt32) -> UnsafeBufferPointer<UInt8> {
    guard id < stringCount else { return UnsafeBufferPointer(start: nil, count: 0) }
    let start = id == 0 ? 0 : self[ends &+ id &- 1]
    let end = self[ends &+ id]
    guard start <= end, end <= byteCount else { return UnsafeBufferPointer(start: nil, count: 0) }
    return UnsafeBufferPointer(start: bytes + Int(start), count: Int(end - start))
  }

  /// A string as text.
  func string(_ id: UInt32) -> String { String(decoding: stringBytes(id), as: UTF8.self) }

  /// The number of a string; nil if the image has no such string.
  /// - Complexity: O(length).
  func lookUp(_ name: UnsafeBufferPointer<UInt8>) -> UInt32? {
    let mask = header(.hashMask)
    let slots = header(.hashSlots)
    var slot = ImageHash.name(name) & mask
    var probes: UInt32 = 0
    while probes <= mask {
      let entry = self[slots &+ slot]
      if entry == 0 { return nil }
      if isEqual(stringBytes(entry &- 1), name) { return entry &- 1 }
      slot = (slot &+ 1) & mask
      probes &+= 1
    }
    return nil
  }

  @inline(__always)
  private func isEqual(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Bool {
    guard a.count == b.count else { return false }
    for index in 0..<a.count where a[index] != b[index] { return false }
    return true
  }

  /// Looks for a key among sorted entries of `width` words whose first word is the key.
  /// - Returns: the entry's place; nil if there is none.
  @inline(__always)
  func search(_ key: UInt32, from start: UInt32, count: UInt32, width: UInt32) -> UInt32? {
    var low: UInt32 = 0
    var high = count
    while low < high {
      let middle = low &+ (high &- low) / 2
      let entry = start &+ middle &* width
      let found = self[entry]
      if found == key { return entry }
      if found < key { low = middle &+ 1 } else { high = middle }
    }
    return nil
  }
}
