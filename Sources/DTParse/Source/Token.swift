import Diagnostics

/// The kinds of tokens of the devicetree language.
enum TokenKind: UInt8 {
  case endOfFile
  /// A number; its value is the token's.
  case integer
  /// A character literal; its value is the token's.
  case character
  /// A string; its bytes are those of the token without the quotes.
  case string
  /// `name:`; the text is without the colon.
  case label
  /// `&name`; the text is without `&`.
  case reference
  /// `&{/path}` or `&{name/path}`; the text is what stands between the braces.
  case pathReference
  /// A node's or property's name; the text is without a leading backslash.
  case name
  /// Two hexadecimal digits; their value is the token's.
  case byte
  case versionTag, plugin, memreserve, bits, deleteProperty, deleteNode, omitIfNoReference, incbin
  case shiftLeft, shiftRight, lessOrEqual, greaterOrEqual, equal, notEqual, and, or
  /// A single byte, whose value is the token's.
  case punctuation
}

/// A token: its kind, its bytes, and its number where it has one.
struct Token {
  var kind: TokenKind
  /// Set if a lexical error was reported for it.
  var isBad = false
  /// The file that holds it.
  var file: SourceFileID
  var start: UInt32
  var end: UInt32
  /// The bytes that matter: a name, a label, a string's inside.
  var textStart: UnsafePointer<UInt8>
  var textCount: Int
  var value: UInt64

  @inline(__always) var span: SourceSpan { SourceSpan(file: file, start: start, end: end) }
  @inline(__always) var text: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: textStart, count: textCount)
  }

  @inline(__always)
  func isPunctuation(_ character: UInt8) -> Bool { kind == .punctuation && value == UInt64(character) }
}
