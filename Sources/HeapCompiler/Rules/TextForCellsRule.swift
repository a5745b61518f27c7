import DTParse
import Diagnostics

/// DTH220: a string stands where the kernel reads cells.
enum TextForCellsRule: LintRule {
  static let rule = Rule(
    "DTH220", "text-for-cells", .error,
    summary: "a string stands where cells belong",
    rationale: """
      The blob does not say what a value is: the kernel reads the characters as a number. `size = "64M"` has four \
      bytes and is 0x36344d00, 867 MiB; text of another length makes the kernel drop the region.
      """,
    badExample: ExampleBoard.with(
      regions: """
        pool {
        \tcompatible = "shared-dma-pool";
        \treusable;
        \tsize = "64M";
        };
        """),
    goodExample: ExampleBoard.with(
      regions: """
        pool {
        \tcompatible = "shared-dma-pool";
        \treusable;
        \tsize = <0x4000000>;
        };
        """),
    references: ["Linux 6.1 drivers/of/of_reserved_mem.c, __reserved_mem_alloc_size"])

  private static let regionProperties = [
    "reg", "size", "alignment", "alloc-ranges", "chunk-order", "memory-region",
  ]
  private static let userProperties = [
    "memory-region", "alignment", "chunk-order", "dma-heap,alignment", "dma-heap,protection_id",
  ]

  static func check(_ context: LintContext, into sink: inout LintSink) {
    for region in context.regions { check(region.node, regionProperties, context, &sink) }
    for user in context.users where context.region(of: user.node) == nil {
      check(user.node, user.isChunkHeap ? userProperties : ["memory-region"], context, &sink)
    }
  }

  private static func check(
    _ node: Node, _ names: [String], _ context: LintContext, _ sink: inout LintSink
  ) {
    for name in names {
      guard let property = node[name], let text = text(in: property) else { continue }
      var finding = finding(
        "`\(name)` of `\(node.name)` is the text `\(text.value)`, not cells", on: node, name, at: text.span)
      if let number = property.number {
        finding.notes = [
          "\(context.kernel) reads its \(property.byteCount) bytes as \(Text.hexAndSize(number))"
        ]
      } else {
        finding.notes = [
          "\(context.kernel) finds \(Text.count(property.byteCount, "byte")), which are no number"
        ]
      }
      if name == "memory-region" {
        finding.help = "write the region's label: `memory-region = <&label>;`"
      } else if let value = value(of: text.value, name, node, context) {
        finding.help = "write `\(name) = \(value);`"
        if property.string == text.value, property.parts.count == 1,
          let edit = property.replacement(by: value)
        {
          finding.fixes = [FixIt(title: "write `\(value)`", edits: [edit])]
        }
      } else {
        finding.help = "write numbers in angle brackets"
      }
      sink.report(finding, on: node)
    }
  }

  /// The first string of a value: as the source wrote it, or in a blob what can hardly be anything else.
  private static func text(in property: Property) -> (value: String, span: SourceSpan?)? {
    if !property.tree.isBlob {
      guard let part = property.parts.first(where: { $0.kind == .string }) else { return nil }
      let bytes = property.bytes.dropFirst(part.offset).prefix { $0 != 0 }
      return (String(decoding: bytes, as: UTF8.self), part.span)
    }
    return property.withBytes { bytes in
      guard bytes.count >= 3, bytes[bytes.count - 1] == 0 else { return nil }
      let text = bytes.dropLast()
      func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
      func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte | 0x20) }
      guard text.allSatisfy({ isDigit($0) || isLetter($0) || $0 == 0x2d || $0 == 0x2c || $0 == 0x5f }),
        text.contains(where: isLetter)
      else { return nil }
      return (String(decoding: text, as: UTF8.self), nil)
    }
  }

  /// The number that a text means, as cells; nil where it is no number, or the property takes more than one.
  private static func value(of text: String, _ name: String, _ node: Node, _ context: LintContext) -> String?
  {
    guard name != "reg", name != "alloc-ranges", let bytes = size(in: text) else { return nil }
    let isRegion = context.region(of: node) != nil
    let cells =
      !isRegion
      ? 1 : name == "size" ? context.rootCells.size : name == "alignment" ? context.rootCells.address : 1
    switch cells {
    case 1: return bytes <= 0xffff_ffff ? "<\(Text.hex(bytes))>" : nil
    case 2: return "<\(Text.hex(bytes >> 32)) \(Text.hex(bytes & 0xffff_ffff))>"
    default: return nil
    }
  }

  /// The number of bytes that a text such as `64M` means; nil where it is no size.
  private static func size(in text: String) -> UInt64? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let unit = text.dropFirst(digits.count).uppercased()
    let shifts: [String: UInt64] = [
      "": 0, "B": 0, "K": 10, "KB": 10, "KIB": 10, "M": 20, "MB": 20, "MIB": 20, "G": 30, "GB": 30, "GIB": 30,
    ]
    guard let number = UInt64(digits), let shift = shifts[unit], number > 0, number < 1 << 32 else {
      return nil
    }
    return number << shift
  }
}
