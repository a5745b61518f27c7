import Testing

@testable import HeapModel

@Suite struct UnitsTests {
  @Test func addressesCompareByValue() { #expect(PhysicalAddress(1) < PhysicalAddress(2)) }
}
