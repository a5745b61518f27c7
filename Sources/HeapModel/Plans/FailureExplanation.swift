/// Why a heap refused a buffer: found by looking at the machine right after it did, and by asking again without pins.
struct FailureExplanation {
  let cause: FailureCause
  let why: String

  /// Explains the refusal that `system` has just given.
  init(
    of instance: BufferInstance, refusal: HeapRefusal, effort: HeapEffort, on system: HeapSystem
  ) {
    let heap = system.heaps[instance.heap]
    if instance.size.bytes == 0 {
      (cause, why) = (.emptyRequest, "`\(instance.name)` asks for 0 bytes, which no heap gives")
    } else if let area = heap.area {
      (cause, why) = AreaShortage(instance, area, on: system).explain(refusal, effort)
    } else {
      (cause, why) = MemoryShortage(heap, system.machine).explain(instance, refusal)
    }
  }
}
