import Testing

@testable import Diagnostics

@Suite struct SourceSpanTests {
  @Test func spansOfOneFileJoin() {
    let file = SourceFileID(rawValue: 0)
    let joined = SourceSpan(file: file, start: 4, end: 6).extended(
      to: SourceSpan(file: file, start: 1, end: 5))
    #expect(joined == SourceSpan(file: file, start: 1, end: 6))
  }
}
