extension Simulation {
  /// The run as a trace: its allocations and releases in order, with the model's answers.
  ///
  /// Only a run on an idle machine can be recorded: a trace has no holders beside its heaps.
  ///
  /// A buffer has the number of its place in the report, from 1. Of one that was refused nothing is given back.
  ///
  /// - Parameter title: of the trace.
  /// - Returns: a trace that replays with the same answers.
  public func trace(titled title: String) -> Trace {
    var system = start
    var live: [Int: HeapBuffer] = [:]
    var operations: [TraceOperation] = []
    operations.reserveCapacity(timeline.events.count)
    for (_, event) in timeline.events {
      switch event {
      case .allocate(let number):
        let instance = timeline.instances[number]
        let given = system.allocate(instance.size.bytes, fromHeapAt: instance.heap)
        var answer = TraceAnswer(result: 0, pages: [], rangeCalls: given.effort.rangeCalls)
        switch given.outcome {
        case .success(let buffer):
          live[number] = buffer
          answer.pages = buffer.pages.ranges
        case .failure(let refusal): answer.result = refusal.error.rawValue
        }
        let heap = system.heaps[instance.heap]
        answer.used = heap.area.map { system.machine[$0].usedPages }
        let action = TraceAction.allocate(heap: heap.name, id: Int64(number) + 1, bytes: instance.size.bytes)
        operations.append(TraceOperation(action, recorded: answer))
      case .free(let number):
        guard let buffer = live.removeValue(forKey: number) else { continue }
        let heap = timeline.instances[number].heap
        system.release(buffer, toHeapAt: heap)
        let used = system.heaps[heap].area.map { system.machine[$0].usedPages }
        operations.append(
          TraceOperation(.free(id: Int64(number) + 1), recorded: TraceAnswer(result: 0, used: used)))
      }
    }
    return Trace(title: title, system: self.system, operations: operations)
  }
}
