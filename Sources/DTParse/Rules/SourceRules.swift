import Diagnostics

/// Rules about the text of a source: what cannot be read as devicetree source.
extension Rule {
  static let syntaxError = Rule(
    "DTH001", "syntax-error", .error,
    summary: "the text is no devicetree source",
    rationale: "dtc stops at the first syntax error and writes no blob.",
    badExample: "/dts-v1/;\n/ { a = <1> };\n",
    goodExample: "/dts-v1/;\n/ { a = <1>; };\n",
    references: ["dtc 1.8.1, dtc-parser.y", "Devicetree Specification v0.4, 6.2"])

  static let invalidToken = Rule(
    "DTH002", "invalid-token", .error,
    summary: "a number, a character or an escape is malformed",
    rationale: "dtc reports a lexical error and writes no blob.",
    badExample: "/dts-v1/;\n/ { a = <08>; };\n",
    goodExample: "/dts-v1/;\n/ { a = <8>; };\n",
    references: ["dtc 1.8.1, dtc-lexer.l", "Devicetree Specification v0.4, 6.2"])

  static let preprocessorError = Rule(
    "DTH003", "preprocessor-error", .error,
    summary: "the C preprocessor refuses the source",
    rationale: "Kernel builds run the C preprocessor before dtc; what it refuses is never compiled.",
    badExample: "/dts-v1/;\n#include \"no-such-file.dtsi\"\n/ { };\n",
    goodExample: "/dts-v1/;\n#define BASE 0x40000000\n/ { a = <BASE>; };\n",
    references: ["Linux 6.1, scripts/Makefile.lib, cmd_dtc"])

  static let missingInclude = Rule(
    "DTH004", "missing-include", .error,
    summary: "a file named by `/include/` or `/incbin/` cannot be read",
    rationale:
      "dtc stops. Files are looked for beside the including file, then in the `-I` folders in order.",
    badExample: "/dts-v1/;\n/include/ \"no-such-file.dtsi\"\n/ { };\n",
    goodExample: "/dts-v1/;\n/ { };\n",
    references: ["dtc 1.8.1, srcpos.c, srcfile_relative_open"])

  static let limitExceeded = Rule(
    "DTH005", "limit-exceeded", .error,
    summary: "the input nests deeper or is larger than any real tree",
    rationale:
      "The kernel unflattens at most 64 levels of nodes; other limits keep a hostile input from exhausting memory.",
    badExample: "/dts-v1/;\n" + String(repeating: "/ { n { ", count: 1)
      + String(repeating: "n { ", count: 70) + String(repeating: "}; ", count: 72) + "\n",
    goodExample: "/dts-v1/;\n/ { n { n { }; }; };\n",
    references: ["Linux 6.1, drivers/of/fdt.c, FDT_MAX_DEPTH"])

  static let misplacedProperty = Rule(
    "DTH006", "misplaced-property", .error,
    summary: "a property stands after a subnode",
    rationale: "Properties come first in a node; dtc refuses the source.",
    badExample: "/dts-v1/;\n/ { n { }; p; };\n",
    goodExample: "/dts-v1/;\n/ { p; n { }; };\n",
    references: ["dtc 1.8.1, dtc-parser.y, subnodes", "Devicetree Specification v0.4, 6.3"])

  static let missingVersionTag = Rule(
    "DTH007", "missing-version-tag", .error,
    summary: "`/dts-v1/;` is missing at the beginning",
    rationale: "dtc refuses a source that does not say its version.",
    badExample: "/ { };\n",
    goodExample: "/dts-v1/;\n/ { };\n",
    references: ["Devicetree Specification v0.4, 6.3"])

  static let invalidExpression = Rule(
    "DTH008", "invalid-expression", .error,
    summary: "an expression divides by zero",
    rationale:
      "Every branch of an expression is computed, also the one that `? :`, `&&` or `||` does not take.",
    badExample: "/dts-v1/;\n/ { a = <(1 ? 2 : 1 / 0)>; };\n",
    goodExample: "/dts-v1/;\n/ { a = <(1 ? 2 : 1 / 1)>; };\n",
    references: ["dtc 1.8.1, dtc-parser.y, integer_mul"])

  static let unterminatedComment = Rule(
    "DTH009", "unterminated-comment", .error,
    summary: "a comment is not closed",
    rationale: "The rest of the file would be lost; dtc refuses the source.",
    badExample: "/dts-v1/;\n/ { };\n/* open\n",
    goodExample: "/dts-v1/;\n/ { };\n/* closed */\n",
    references: ["dtc 1.8.1, dtc-lexer.l"])

  static let truncatedCell = Rule(
    "DTH010", "truncated-cell", .warning,
    summary: "a number does not fit in its array element and loses its upper bits",
    rationale:
      "The kernel sees another address or size than the one written. dtc 1.6.1 refuses, 1.8.1 warns and cuts.",
    badExample: "/dts-v1/;\n/ { a = <0x100000000>; };\n",
    goodExample: "/dts-v1/;\n/ { a = <0x1 0x00000000>; };\n",
    references: ["dtc 1.8.1, dtc-parser.y, arrayprefix"])

  static let shortIncbin = Rule(
    "DTH011", "short-incbin", .warning,
    summary: "`/incbin/` asks for more bytes than the file has",
    rationale: "dtc takes what is there without a word, and the value is shorter than asked for.",
    badExample: "/dts-v1/;\n/ { a = /incbin/(\"/dev/null\", 0, 4); };\n",
    goodExample: "/dts-v1/;\n/ { a = /incbin/(\"/dev/null\"); };\n",
    references: ["dtc 1.8.1, data.c, data_copy_file"])

  /// The rules about the text of a source.
  static let sourceRules: [Rule] = [
    syntaxError, invalidToken, preprocessorError, missingInclude, limitExceeded, misplacedProperty,
    missingVersionTag, invalidExpression, unterminatedComment, truncatedCell, shortIncbin,
  ]
}
