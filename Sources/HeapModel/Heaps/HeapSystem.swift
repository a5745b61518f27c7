/// A machine and the heaps on it, as a plan or a trace finds them.
public struct HeapSystemConfiguration: Hashable, Sendable {
  /// The machine.
  public var machine: MachineConfiguration
  /// The heaps; names are unique.
  public var heaps: [HeapConfiguration]

  /// Keeps the parts as they are; ``HeapSystem/init(_:)`` checks them.
  public init(machine: MachineConfiguration, heaps: [HeapConfiguration]) {
    self.machine = machine
    self.heaps = heaps
  }
}

/// One heap of a system.
public struct HeapConfiguration: Hashable, Sendable {
  /// The name, unique in the system.
  public var name: String
  /// The name of its area; nil for a heap of all memory, which has none.
  public var area: String?
  /// What kind of heap it is.
  public var kind: HeapKind

  /// Keeps the parts as they are; ``HeapSystem/init(_:)`` checks them.
  public init(name: String, area: String?, kind: HeapKind) {
    self.name = name
    self.area = area
    self.kind = kind
  }
}

/// Why a system of heaps cannot be built.
public enum HeapSystemError: Error, Hashable, Sendable {
  /// The machine cannot be built.
  case machine(MachineError)
  /// Two heaps have this name.
  case duplicateHeap(String)
  /// The heap names an area that the machine does not have.
  case unknownArea(heap: String, area: String)
  /// The heap's chunk order is outside 0 to ``MemoryGeometry/orderMax``.
  case badChunkOrder(heap: String, order: Int)
  /// The heap takes pages of all memory, and the machine has areas alone.
  case noMemory(heap: String)
  /// The order of the pool is none of the page allocator's, or its marks do not rise.
  case badPool(heap: String)
}

/// A machine with its heaps, running.
public struct HeapSystem: Sendable {
  /// The machine as it is now.
  public private(set) var machine: Machine
  /// The heaps as they are now, in the order of the configuration.
  public private(set) var heaps: [any Heap]
  /// The place of each heap by its name.
  private let places: [String: Int]

  /// A system with no buffers.
  ///
  /// - Throws: ``HeapSystemError``: what is wrong with the first part that cannot be built.
  public init(_ configuration: HeapSystemConfiguration) throws(HeapSystemError) {
    do {
      machine = try Machine(configuration.machine)
    } catch {
      throw .machine(error)
    }
    heaps = []
    var places: [String: Int] = [:]
    for heap in configuration.heaps {
      guard places.updateValue(heaps.count, forKey: heap.name) == nil else { throw .duplicateHeap(heap.name) }
      heaps.append(try Self.makeHeap(heap, on: &machine))
    }
    self.places = places
  }

  private static func makeHeap(
    _ heap: HeapConfiguration, on machine: inout Machine
  ) throws(HeapSystemError) -> any Heap {
    if !heap.kind.hasArea { return try makeHeapWithoutArea(heap, on: &machine) }
    guard let area = heap.area.flatMap({ machine.area(named: $0) }) else {
      throw .unknownArea(heap: heap.name, area: heap.area ?? "")
    }
    switch heap.kind {
    case .chunk(let variant, let order):
      guard (0...MemoryGeometry.orderMax).contains(order) else {
        throw .badChunkOrder(heap: heap.name, order: order)
      }
      return ChunkHeap(name: heap.name, area: area, chunkOrder: order, strategy: variant.strategy)
    case .cma(let alignOrderMax):
      return CMAHeap(name: heap.name, area: area, alignOrderMax: alignOrderMax)
    case .repeated(let blockBytes, let alignOrderMax):
      return RepeatedBlockHeap(
        name: heap.name, area: area, geometry: machine.geometry, blockBytes: blockBytes,
        alignOrderMax: alignOrderMax)
    case .compoundPool, .system: throw .noMemory(heap: heap.name)
    }
  }

  private static func makeHeapWithoutArea(
    _ heap: HeapConfiguration, on machine: inout Machine
  ) throws(HeapSystemError) -> any Heap {
    guard machine.lendsPages else { throw .noMemory(heap: heap.name) }
    guard case .compoundPool(let settings) = heap.kind else { return SystemHeap(name: heap.name) }
    guard settings.isValid(on: machine.geometry) else { throw .badPool(heap: heap.name) }
    return CompoundPagePoolHeap(name: heap.name, settings: settings, on: &machine)
  }

  /// Whether a heap may have a thread: none with an area does.
  var hasWorkers: Bool { heaps.contains { $0.area == nil } }

  /// Lets the threads of heaps work, as when time passes; their work is not that of a request.
  ///
  /// - Returns: the blocks of pages that changed hands.
  mutating func runWorkers() -> UInt64 {
    let before = machine.work
    let blocks = heaps.indices.reduce(0) { $0 + heaps[$1].runWorker(on: &machine) }
    machine.background.add(machine.work.since(before))
    machine.work = before
    return blocks
  }

  /// The place in ``heaps`` of the heap of a name.
  ///
  /// - Complexity: O(1).
  public func heap(named name: String) -> Int? { places[name] }

  /// Allocates a buffer from a heap.
  ///
  /// - Parameters:
  ///   - bytes: the length asked for.
  ///   - heap: the place in ``heaps``.
  /// - Returns: the buffer, or why there is none.
  public mutating func allocate(_ bytes: UInt64, fromHeapAt heap: Int) -> HeapAnswer {
    let before = machine.work
    var answer = heaps[heap].allocate(bytes, on: &machine)
    answer.effort.work = machine.work.since(before)
    return answer
  }

  /// Gives a whole buffer back to the heap that gave it out.
  public mutating func release(_ buffer: HeapBuffer, toHeapAt heap: Int) {
    heaps[heap].release(buffer, on: &machine)
  }

  /// Gives the first pages of a buffer back.
  ///
  /// - Returns: nil when it is done, `invalidArgument` where the buffer holds fewer pages.
  public mutating func release(
    first count: UInt64, of buffer: inout HeapBuffer, toHeapAt heap: Int
  ) -> KernelError? {
    heaps[heap].release(first: count, of: &buffer, on: &machine)
  }

  /// Runs operations on the machine itself, beside the heaps.
  public mutating func withMachine<Answer>(_ body: (inout Machine) -> Answer) -> Answer { body(&machine) }
}
