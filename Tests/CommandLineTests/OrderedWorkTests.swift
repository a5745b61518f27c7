import Testing

@testable import dtheap

@Suite struct OrderedWorkTests {
  struct Refusal: Error {}

  @Test(arguments: [1, 2, 3, 16]) func resultsComeInOrder(jobs: Int) throws {
    var used: [Int] = []
    try OrderedWork.run(
      count: 500, jobs: jobs,
      worker: {
        { index in
          // The first of each ten takes longest, so that later results are ready before it.
          var sum = index
          for step in 0..<(index % 10 == 0 ? 50_000 : 50) { sum = sum &* 31 &+ step }
          return (index, sum)
        }
      }, use: { index, result in used.append(index == result.0 ? index : -1) })
    #expect(used == Array(0..<500))
  }

  @Test func noInputIsNoWork() throws {
    try OrderedWork.run(count: 0, jobs: 4, worker: { { $0 } }, use: { _, _ in throw Refusal() })
  }

  @Test(arguments: [1, 4]) func aRefusedResultEndsTheWork(jobs: Int) {
    var used = 0
    #expect(throws: Refusal.self) {
      try OrderedWork.run(
        count: 1000, jobs: jobs, worker: { { $0 } },
        use: { index, _ in
          used += 1
          if index == 7 { throw Refusal() }
        })
    }
    #expect(used == 8)
  }
}
