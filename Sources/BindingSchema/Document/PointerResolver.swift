/// Follows many JSON pointers into one binding.
///
/// Members of large maps are looked up in an index, so that a hostile binding cannot make every reference cost a search
/// through thousands of members.
struct PointerResolver {
  private let root: SchemaValue
  /// Where the members of large maps stand, by the way to the map.
  private var indices: [[String]: [String: Int]] = [:]

  /// From how many members on a map is indexed.
  private static let membersLinearMax = 32

  /// Follows pointers into a value.
  init(_ root: SchemaValue) { self.root = root }

  /// What a pointer leads to; nil if there is nothing.
  /// - Complexity: O(n) in the number of steps, after the first way through a map.
  mutating func target(_ steps: [String]) -> SchemaValue? {
    guard steps.count <= Self.stepsMax else { return nil }
    var value = root
    for (depth, step) in steps.enumerated() {
      switch value.content {
      case .map(let map):
        guard let index = index(of: step, in: map, at: steps[..<depth]) else { return nil }
        value = map.members[index].value
      case .list(let list):
        guard let index = Int(step), list.indices.contains(index) else { return nil }
        value = list[index]
      default: return nil
      }
    }
    return value
  }

  /// More steps than a binding has levels after the fixups.
  private static let stepsMax = 4 * SchemaReader.depthMax

  private mutating func index(of key: String, in map: SchemaMap, at way: ArraySlice<String>) -> Int? {
    guard map.members.count > Self.membersLinearMax else { return map.index(of: key) }
    let way = Array(way)
    if indices[way] == nil {
      var index: [String: Int] = [:]
      for (at, member) in map.members.enumerated() { index[member.key] = at }
      indices[way] = index
    }
    return indices[way]?[key]
  }
}
