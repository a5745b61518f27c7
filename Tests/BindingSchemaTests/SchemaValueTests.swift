import BindingSchema
import Testing

@Suite struct SchemaValueTests {
  @Test func copyOfAPartIsIndependent() {
    var map = SchemaMap()
    map["interrupts"] = SchemaValue(.integer(1))
    map["interrupts-extended"] = map["interrupts"]
    map["interrupts"]?.content = .integer(2)
    #expect(map["interrupts-extended"]?.integer == 1)
  }

  @Test func membersKeepTheOrderOfTheFile() {
    var map = SchemaMap()
    for key in ["b", "a", "c"] { map[key] = SchemaValue(.null) }
    map["a"] = nil
    map["b"] = SchemaValue(.bool(true))
    #expect(map.members.map(\.key) == ["b", "c"])
  }
}
