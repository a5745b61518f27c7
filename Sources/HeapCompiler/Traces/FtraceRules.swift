import Diagnostics

/// Rules about recordings of ftrace.
extension Rule {
  private static let goodRecording = """
    # tracer: nop
       camera-812     [001] .....    61.200314: cma_alloc_start: name=reserved count=16 align=4
       camera-812     [001] .....    61.200352: cma_alloc_finish: name=reserved pfn=0x70000 page=00000000c0f7a1d2 \
    count=16 align=4 errorno=0

    """

  private static let recordings = ["Linux 6.1, include/trace/events/cma.h", "Documentation/traces.md"]

  static let malformedFtraceLine = Rule(
    "DTH339", "malformed-ftrace-line", .error,
    summary: "an event of CMA is not written as the kernel writes it",
    rationale:
      "A request that is left out changes the answer of every later one. A last line that was cut off can be deleted.",
    badExample: goodRecording
      + "   camera-812     [001] .....    61.200360: cma_release: name=reserved pfn=0x70000 page=00000000c0f7a1\n",
    goodExample: goodRecording, references: recordings)

  static let ftraceWithoutRequests = Rule(
    "DTH340", "ftrace-without-requests", .error,
    summary: "a recording has no event of CMA",
    rationale: "There is nothing to replay; the events were not switched on, or nobody used an area.",
    badExample: """
      # tracer: nop
         camera-812     [001] d..2.    61.200314: sched_wakeup: comm=camera pid=813 prio=120 target_cpu=001

      """,
    goodExample: goodRecording, references: recordings)

  static let incompleteFtrace = Rule(
    "DTH341", "incomplete-ftrace", .warning,
    summary: "a recording lacks events",
    rationale:
      "Pages whose release was lost stay taken in the replay until they are given out again, so that it can fail where "
      + "the device did not.",
    badExample: goodRecording + "CPU:1 [LOST 12 EVENTS]\n",
    goodExample: goodRecording, references: recordings)

  /// The rules about recordings of ftrace.
  static let ftraceRules: [Rule] = [malformedFtraceLine, ftraceWithoutRequests, incompleteFtrace]
}
