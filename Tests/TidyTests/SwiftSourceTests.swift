import Testing

/// The checks themselves: what they find and what they leave alone.
@Suite struct SwiftSourceTests {
  @Test(arguments: [
    ("let a = b!", true), ("let a = b![0]", true), ("f(a!)", true), ("a!.b()", true), ("let a: Int!", true),
    ("d[1]!.x", true), ("f()!", true), ("try! f()", true), ("a as! B", true), ("\"\\(a!)\"", true),
    ("a?.b!.c", true),
    ("a! + b", true),
    ("!a", false), ("f(!a)", false), ("a != b", false), ("a!=b", false), ("\"a!\"", false),
    ("// a! b", false),
    ("/* a! */", false), ("#if !os(Linux)", false), ("try? f()", false), ("\"\"\"\n a! b\n\"\"\"", false),
    ("#\"a\"! \"#", false), ("x = [!a]", false), ("#/a!b/#", false),
  ])
  func forcedUnwrapsAreFound(code: String, isFound: Bool) {
    #expect(SwiftSource(code).forcedUnwraps.isEmpty == !isFound)
  }

  @Test func onlyCommentsPostponeWork() {
    let word = "TO" + "DO"
    #expect(SwiftSource("a // \(word): b").postponedWork == [.init(line: 1, what: word)])
    #expect(SwiftSource("a\n/* x /* \(word) */\n*/").postponedWork.map(\.line) == [2])
    #expect(SwiftSource("let a = \"\(word)\"").postponedWork.isEmpty)
    #expect(SwiftSource("// \(word)S").postponedWork.isEmpty)
  }

  @Test func functionsAreMeasured() {
    let body = String(repeating: "  a\n", count: 5)
    func lengths(_ text: String) -> [String] { SwiftSource(text).longFunctions(limit: 6).map(\.what) }
    #expect(lengths("func f() {\n\(body)}") == ["func f has 7 lines"])
    #expect(
      lengths("func f(\n  a: Int = { 3 }()\n) -> Int\nwhere A: B {\n\(body)}") == ["func f has 10 lines"])
    #expect(lengths("  init?(a: Int) {\n\(body)  }") == ["init? has 7 lines"])
    #expect(lengths("  subscript(a: Int) -> Int {\n\(body)  }") == ["subscript has 7 lines"])
    #expect(lengths("func f() {\n  \"}\\(a { \"}\" })\" // }\n\(body)}") == ["func f has 8 lines"])
    #expect(lengths("protocol P {\n  func f()\n  func g() -> Int\n}\n\(body)\(body)").isEmpty)
    #expect(lengths("struct S {\n  func f() { a }\n\(body)\(body)}").isEmpty)
    #expect(lengths("let a = S.init(3)\n\(body)\(body)").isEmpty)
    #expect(
      lengths("func f() {\n  func g() {\n\(body)  }\n}") == ["func f has 9 lines", "func g has 7 lines"])
  }

  @Test func linesAndImportsAreRead() {
    #expect(SwiftSource("ab\nabcd\n").longLines(limit: 3) == [.init(line: 2, what: "4 columns")])
    let text =
      "import A\n@testable import B\npublic import struct C.D\n// import E\nlet a = \"\"\"\n  import F\n  \"\"\"\n"
    #expect(SwiftSource(text).imports == ["A", "B", "C"])
  }
}
