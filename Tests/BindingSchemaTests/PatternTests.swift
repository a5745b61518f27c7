import BindingSchema
import Foundation
import TestSupport
import Testing

/// Whether a pattern is found in a text.
private func search(_ pattern: String, in text: [UInt8]) throws -> Bool {
  let program = try RegularExpression.compile(pattern)
  return program.withUnsafeBufferPointer { program in
    text.withUnsafeBufferPointer { RegularExpression.search(program, in: $0) }
  }
}

private func search(_ pattern: String, in text: String) throws -> Bool {
  try search(pattern, in: Array(text.utf8))
}

/// A pattern, texts that hold it, and texts that do not, each verified with Python 3.11.
struct PatternCase: CustomTestStringConvertible {
  let pattern: String
  let found: [String]
  let missing: [String]
  var testDescription: String { pattern }

  init(_ pattern: String, _ found: [String], _ missing: [String]) {
    self.pattern = pattern
    self.found = found
    self.missing = missing
  }

  static let all = [
    PatternCase("core", ["core", "score-1"], ["cor", "CORE", ""]),
    PatternCase("^core", ["core", "core-domain"], ["score", "\ncore"]),
    PatternCase("core$", ["core", "score", "core\n"], ["core\n\n", "cores"]),
    PatternCase("^core$", ["core", "core\n"], ["core-core", "score", "core\n\n", "cor"]),
    PatternCase("^core\\Z", ["core"], ["core\n", "core-core"]),
    PatternCase("^aa$", ["aa"], ["a", "aaa"]),
    PatternCase("", ["", "x"], []),
    PatternCase("^$", ["", "\n"], ["a", "\n\n"]),
    PatternCase("^abc,.*", ["abc,", "abc,d"], ["xabc,d", "abc"]),
    PatternCase("^.*@[0-4],[a-f0-9]+$", ["x@4,af", "@0,0"], ["x@5,af", "x@4,"]),
    PatternCase("^port@[7-9]|1[1-2]$", ["port@7x", "x12", "11\n"], ["xport@7", "12x"]),
    PatternCase("^(.*-)?gpios?$", ["gpio", "reset-gpios"], ["gpioss", "xgpio"]),
    PatternCase("(?<!,nr)-gpios?$", ["x-gpio", "nr-gpios", "-gpio"], ["a,nr-gpios", "x-gpiosa"]),
    PatternCase("(^(?!opp)).*-hz$", ["max-hz", "xopp-hz"], ["opp-hz", "max-hz-x"]),
    PatternCase("(?<!(ab,cd|efghi))-ms$", ["x-ms", "fghi-ms"], ["ab,cd-ms", "efghi-ms"]),
    PatternCase("(?=.*a)(?=.*b)^.{3}$", ["abc", "xba"], ["aac", "ab", "abcd"]),
    PatternCase("(?<=(?<!x)a)b", ["ab", "yab"], ["xab", "b"]),
    PatternCase("a(?!b(?=c))", ["ab", "ax", "abd"], ["abc"]),
    PatternCase("^rv(?:64|32)i(?:_[a-z]+)*$", ["rv64i", "rv32i_zba_zbb"], ["rv16i", "rv64i_"]),
    PatternCase("^pwm@[1-9]+?$", ["pwm@12"], ["pwm@10"]),
    PatternCase("^[0-9a-f]{1,2}$", ["0", "ff", "ff\n"], ["", "fff"]),
    PatternCase("^x{2,}y{,2}z{0}$", ["xx", "xxxyy"], ["x", "xxyyy", "xxz"]),
    PatternCase("a{1,x}{b", ["a{1,x}{b"], ["ab"]),
    PatternCase("[]a][^]b]", ["]c", "aa"], ["]]", "ab"]),
    PatternCase("[a\\]\\-z-]", ["]", "-", "z"], ["b", "\\"]),
    PatternCase("^[\\d_]+\\s\\S$", ["1_2 x", "\u{663}\u{2003}y"], ["1_2x", "a b"]),
    PatternCase("(?a)^\\d$", ["3"], ["\u{663}"]),
    PatternCase("\\bgpio\\b", ["gpio", "a-gpio-b"], ["a_gpio", "gpios"]),
    PatternCase("\\B", ["ab"], ["", "a"]),
    PatternCase("^.$", ["é", "\u{1f600}", "a\n"], ["éé", "\n", ""]),
    PatternCase("^[à-ö]+$", ["éè"], ["e", "ÿ"]),
    PatternCase("^[^a]$", ["é", "\n", "b"], ["a", "ab"]),
    PatternCase("(?i)^Mbps[k-s]$", ["mBPSK", "MBPS\u{17f}", "mbps\u{212a}"], ["mbpst"]),
    PatternCase("(?m)^b$", ["a\nb\nc", "b"], ["ab\nbc"]),
    PatternCase("(?s)a.b", ["a\nb"], ["ab"]),
    PatternCase("a(?-s:.)b|(?s:c.d)", ["a.b", "c\nd"], ["a\nb"]),
    PatternCase("(?P<name>a)(?#not b)+$", ["aaa"], ["aab"]),
    PatternCase("\\x41\\u00e9\\103\\0\\t\\.", ["AéC\0\t."], ["AéC\0\tx"]),
    PatternCase("(a*)*b", ["b", "aab"], ["a"]),
    PatternCase("(?:^|,)x(?:,|$)", ["x", "a,x,b", "x\n"], ["ax", "xb"]),
    PatternCase("x^", [], ["x", "x\n"]),
    PatternCase("\\n^", [], ["\n", "\na"]),
    PatternCase("a$\\n", ["a\n"], ["a", "a\nb"]),
    PatternCase("(?!)", [], ["", "a"]),
  ]
}

@Suite struct PatternTests {
  @Test(arguments: PatternCase.all) func searches(_ item: PatternCase) throws {
    for text in item.found { #expect(try search(item.pattern, in: text), "\(text.debugDescription)") }
    for text in item.missing { #expect(try !search(item.pattern, in: text), "\(text.debugDescription)") }
  }

  /// What Python's `re` says of generated patterns (`scripts/pattern-cases.py`).
  @Test func agreesWithPython() throws {
    let path = "\(URL(fileURLWithPath: #filePath).deletingLastPathComponent().path)/Fixtures/patterns.jsonl"
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    var comparedCount = 0
    for line in lines {
      let row = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [Any])
      let pattern = try #require(row.first as? String)
      guard let verdicts = row.last as? [[Any]] else {
        #expect(throws: RegularExpressionProblem.self, "\(pattern)") {
          _ = try RegularExpression.compile(pattern)
        }
        continue
      }
      do {
        for verdict in verdicts {
          let text = try #require(verdict.first as? String)
          let isFound = try search(pattern, in: text)
          #expect(isFound == verdict.last as? Bool, "\(pattern.debugDescription) in \(text.debugDescription)")
          comparedCount += 1
        }
      } catch let problem as RegularExpressionProblem {
        #expect(problem.message.hasSuffix("is not supported"), "\(pattern.debugDescription): \(problem)")
      }
    }
    #expect(comparedCount > 5000)
  }

  @Test(arguments: [
    ("a(b", 1, "missing ), unterminated subpattern"),
    ("é)b", 1, "unbalanced parenthesis"),
    ("ab[cd", 2, "unterminated character set"),
    ("a[b-", 1, "unterminated character set"),
    ("[z-a]", 1, "bad character range"),
    ("[\\d-a]", 1, "bad character range"),
    ("*a", 0, "nothing to repeat"),
    ("a|{2}", 2, "nothing to repeat"),
    ("^*", 1, "nothing to repeat"),
    ("ab**", 3, "multiple repeat"),
    ("a*+", 2, "possessive repetition is not supported"),
    ("a{3,2}", 1, "min repeat greater than max repeat"),
    ("a\\", 1, "bad escape (end of pattern)"),
    ("a\\q", 1, "bad escape \\q"),
    ("\\x4", 0, "incomplete escape"),
    ("(a)\\1", 3, "a back reference is not supported"),
    ("(?P<n>a)(?P=n)", 8, "a back reference is not supported"),
    ("(a)?(?(1)b)", 4, "a condition on a group is not supported"),
    ("(?>a)", 0, "an atomic group is not supported"),
    ("\\N{DIGIT ONE}", 0, "a character by its name is not supported"),
    ("a(?i)", 1, "global flags not at the start of the expression"),
    ("(?x)a", 2, "the flag x is not supported"),
    ("(?z)a", 2, "unknown extension after (?"),
    ("(?i)[a-é]", 4, "ignoring case outside of ASCII is not supported"),
    ("x(?<=a|bc)", 1, "look-behind requires fixed-width pattern"),
    ("(?P<1a>b)", 4, "bad character in group name"),
    ("a{9999999999}", 1, "the repetition is too large"),
    ("(?#", 0, "missing ), unterminated comment"),
  ]) func refuses(_ pattern: String, offset: Int, message: String) {
    #expect(throws: RegularExpressionProblem(offset: offset, message: message)) {
      _ = try RegularExpression.compile(pattern)
    }
  }

  /// Patterns that make a search with going back take 2^n steps, or a program of a million states.
  @Test(.endsInTime) func takesBoundedTime() throws {
    let long = String(repeating: "a", count: 30_000)
    for pattern in [
      "(a+)+$", "(a|a)*b", "(a*)*b", "^(a|aa)+$", "(.*)(.*)(.*)(.*)x$", "(?=(a+)+b)", "(?<!(?=a*b)a)c",
      "((a{0,20}){0,20})x", "(?:a?){500}x", "(\\b|a)*b",
    ] {
      #expect(try !search(pattern, in: long + "!"), "\(pattern)")
    }
    for pattern in [
      "((a{1000}){1000}){1000}", "^(((a?){99}){99}){99}$", String(repeating: "(", count: 100_000),
      String(repeating: "(?:a|", count: 5000), String(repeating: "(?=", count: 5000),
      String(repeating: "a", count: 100_000), String(repeating: "(?:^|$|\\b|)", count: 40) + "(?:a?){1000}b",
    ] {
      #expect(throws: RegularExpressionProblem.self, "\(pattern.prefix(40))") {
        _ = try RegularExpression.compile(pattern)
      }
    }
  }

  /// Beyond 64 states the sets are arrays.
  @Test func largePatternsWork() throws {
    #expect(try search("^(?:[a-z]{1,70}-){2}(?:x|yy){3}$", in: "abc-defg-xyyx"))
    #expect(try !search("^(?:[a-z]{1,70}-){2}(?:x|yy){3}$", in: "abc-defg-xyx"))
    #expect(try search("(?<=a{70})b", in: String(repeating: "a", count: 70) + "b"))
    #expect(try !search("(?<=a{70})b", in: String(repeating: "a", count: 69) + "b"))
    let words = (0..<200).map { "word\($0)" }
    #expect(
      try search(
        "^(\(words.joined(separator: "|")))(,(\(words.joined(separator: "|"))))?$", in: "word199,word7"))
  }

  /// A text longer than what the inline memory for look-arounds holds.
  @Test func looksAroundInLongTexts() throws {
    let long = String(repeating: "ab", count: 10_000)
    #expect(try search("(?<=a)b(?!a)", in: long))
    #expect(try !search("(?<=b)b(?!a)", in: long))
  }

  /// Each wrong byte is one scalar, whichever way the text is read.
  @Test func takesBytesThatAreNoUTF8() throws {
    for bytes: [UInt8] in [[0xff, 0x80], [0xc3, 0x28], [0xe2, 0x82], [0xed, 0xa0], [0xc0, 0xaf]] {
      #expect(try search("^..\\Z", in: bytes), "\(bytes)")
      #expect(try search("^(?=..\\Z)", in: bytes), "\(bytes)")
    }
  }

  /// A damaged program may answer wrongly; it must answer.
  @Test(.endsInTime) func survivesDamage() throws {
    var state: UInt64 = 1
    func random(below bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let text = Array("abc-reset-gpios\n\u{e9}".utf8)
    for pattern in ["^(.*-)?gpios?$", "(?<!,nr)-gpios?$", "^[a-zé]{1,80}@(?=\\bx)", "^abc", "(a|bc)\\W+$"] {
      let program = try RegularExpression.compile(pattern)
      for _ in 0..<2000 {
        var damaged = program
        for _ in 0...random(below: 3) {
          let values: [UInt32] = [0, 1, .max, 0x7fff_ffff, UInt32(random(below: program.count))]
          damaged[random(below: program.count)] = values[random(below: values.count)]
        }
        if random(below: 4) == 0 { damaged.removeLast(random(below: program.count)) }
        damaged.withUnsafeBufferPointer { damaged in
          text.withUnsafeBufferPointer { _ = RegularExpression.search(damaged, in: $0) }
        }
      }
    }
  }
}
