/// Bounds on what an input may ask for, so that none can exhaust the stack, the memory or the patience.
public struct DTParseLimits: Sendable {
  /// Levels of nodes below which nothing is read; the root is level 1.
  ///
  /// The kernel unflattens at most 64 (drivers/of/fdt.c, `FDT_MAX_DEPTH`).
  public var nestingMax = 64
  /// Levels of `/include/` (dtc: 200).
  public var includeDepthMax = 200
  /// Bytes of source, of included files and of `/incbin/` data together.
  public var inputBytesMax = 256 << 20
  /// Parentheses and unary operators inside each other in an expression.
  public var expressionNestingMax = 128
  /// Findings of one input that are kept; those beyond are counted.
  public var findingsMax = 100
  /// Bytes of a character literal, which is one character with its escape.
  public var characterLiteralBytesMax = 4096

  /// Bytes of all values of a tree together; a blob's offsets have 31 bits.
  static let valueBytesMax = 1 << 30
  /// Bytes of the name of a property in a blob.
  static let nameBytesMax = 4096

  /// The default bounds.
  public init() {}
}
