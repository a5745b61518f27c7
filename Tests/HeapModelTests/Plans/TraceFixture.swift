import Foundation
import HeapModel

/// The trace format, as far as the fixtures use it.
struct TraceFixture: Decodable {
  struct Area: Decodable {
    let name: String
    let basePFN: UInt64
    let pages: UInt64
  }

  struct HeapEntry: Decodable {
    let name: String
    let area: String
    let variant: String
    let chunkOrder: Int
    let passes: Int?
  }

  struct Operation: Decodable {
    let op: String
    let heap: String?
    let area: String?
    let id: Int64?
    let bytes: UInt64?
    let count: UInt64?
    let alignOrder: Int?
    let offset: UInt64?
    let result: Int32?
    let pages: [[UInt64]]?
    let attempts: UInt64?
    let cmaCalls: UInt64?
    let used: UInt64?
  }

  struct Unreadable: Error {
    let what: String
  }

  let title: String
  let pageSize: UInt64
  let pageblockOrder: Int
  let maxOrder: Int
  let areas: [Area]
  let heaps: [HeapEntry]
  let operations: [Operation]

  /// The names of the fixtures, without their extension, in alphabetical order.
  static let names: [String] = {
    let files = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
    return (files ?? []).filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
  }()

  private static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures/traces")

  static func trace(named name: String) throws -> Trace {
    let data = try Data(contentsOf: folder.appendingPathComponent("\(name).json"))
    return try JSONDecoder().decode(TraceFixture.self, from: data).trace()
  }

  func trace() throws -> Trace {
    let geometry = MemoryGeometry(
      pageSizeBytes: pageSize, pageblockOrder: pageblockOrder, maxOrder: maxOrder)
    guard let geometry else { throw Unreadable(what: "page sizes") }
    let machine = MachineConfiguration(
      geometry: geometry,
      areas: areas.map { AreaConfiguration(name: $0.name, base: PageFrame($0.basePFN), pages: $0.pages) })
    let heaps = try heaps.map { entry in
      guard let variant = ChunkVariant(name: entry.variant, passes: entry.passes ?? 2) else {
        throw Unreadable(what: entry.variant)
      }
      return HeapConfiguration(
        name: entry.name, area: entry.area, kind: .chunk(variant, chunkOrder: entry.chunkOrder))
    }
    return Trace(
      title: title, system: HeapSystemConfiguration(machine: machine, heaps: heaps),
      operations: try operations.map { try $0.operation() })
  }
}

extension TraceFixture.Operation {
  func operation() throws -> TraceOperation {
    let ranges = try pages?.map { pair in
      guard pair.count == 2, let range = PageRange(first: PageFrame(pair[0]), count: pair[1]) else {
        throw TraceFixture.Unreadable(what: "pages")
      }
      return range
    }
    let recorded = TraceAnswer(
      result: result, pages: ranges, attempts: attempts, rangeCalls: cmaCalls, used: used)
    return TraceOperation(try action(), recorded: recorded)
  }

  private func action() throws -> TraceAction {
    switch (op, id, area, offset) {
    case ("alloc", let id?, _, _):
      if let heap, let bytes { return .allocate(heap: heap, id: id, bytes: bytes) }
    case ("cmaAlloc", let id?, let area?, _):
      if let count, let alignOrder {
        return .allocateRange(area: area, id: id, count: count, alignOrder: alignOrder)
      }
    case ("free", let id?, _, _): return .free(id: id)
    case ("freePart", let id?, _, _):
      if let count { return .freePart(id: id, count: count) }
    case ("pin", _, let area?, let offset?): return .pin(area: area, offset: offset)
    case ("unpin", _, let area?, let offset?): return .unpin(area: area, offset: offset)
    default: break
    }
    throw TraceFixture.Unreadable(what: op)
  }
}
