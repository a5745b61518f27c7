import Testing

@testable import DTParse

@Suite struct NameTableTests {
  @Test func equalNamesHaveEqualIndices() {
    var table = NameTable()
    let first = table.intern("reg")
    for index in 0..<5000 { _ = table.intern("name-\(index)") }
    #expect(table.intern("reg") == first)
    #expect(table.lookUp("name-4999").map { table.string($0) } == "name-4999")
    #expect(table.lookUp("absent") == nil)
    #expect(table.intern("") == .empty)
  }
}
