import Glibc

/// Work on many inputs at the same time whose results are used one after the other, in the order of the inputs.
///
/// What is printed is so the same with any number of threads. No more than a few results per thread wait to be used,
/// so that memory does not grow with the number of inputs.
enum OrderedWork {
  /// How many results may wait for their turn, for each thread.
  private static let waitingPerThread = 4
  /// The stack of a thread: as large as that of the main thread, because the same code runs on it.
  private static let stackBytes = 8 << 20

  /// How many threads the machine runs at the same time.
  static var processorCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// Works on every number below `count`, and calls `use` with the results in rising order on the calling thread.
  ///
  /// - Parameters:
  ///   - count: how many inputs there are.
  ///   - jobs: how many threads work; with 1 all is done on the calling thread.
  ///   - worker: called once on each thread; gives what makes the result of an input there, with a state of its own.
  ///   - use: takes a result. What it throws ends the work, and results that are not used by then are dropped.
  static func run<Result: Sendable>(
    count: Int, jobs: Int, worker: @escaping @Sendable () -> (Int) -> Result,
    use: (Int, Result) throws -> Void
  ) throws {
    let threadCount = min(jobs, count)
    guard threadCount > 1 else {
      let work = worker()
      for index in 0..<count { try use(index, work(index)) }
      return
    }
    let queue = WorkQueue(count: count, waitingMax: threadCount * waitingPerThread, worker: worker)
    let threads = (0..<threadCount).compactMap { _ in start { queue.serve() } }
    defer {
      queue.stop()
      for thread in threads { pthread_join(thread, nil) }
    }
    // A system that gives no thread at all leaves the work to this one.
    if threads.isEmpty {
      let work = worker()
      for index in 0..<count { try use(index, work(index)) }
      return
    }
    for index in 0..<count { try use(index, queue.take(index)) }
  }

  /// Starts a thread; nil where the system gives none.
  private static func start(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, stackBytes)
    var thread = pthread_t()
    let box = Unmanaged.passRetained(ThreadBody(body))
    let failure = pthread_create(
      &thread, &attributes,
      { argument in
        guard let argument else { return nil }
        Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, box.toOpaque())
    guard failure == 0 else {
      box.release()
      return nil
    }
    return thread
  }
}

/// What a thread does.
private final class ThreadBody: Sendable {
  let run: @Sendable () -> Void
  init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

/// The inputs that threads take and the results that wait for their turn.
private final class WorkQueue<Result: Sendable>: Sendable {
  private struct State {
    /// The first input that no thread has taken.
    var next = 0
    /// How many results were used.
    var used = 0
    var isStopped = false
    var results: [Int: Result] = [:]
  }

  /// What a thread is to do.
  private enum Assignment {
    case work(Int)
    case end
  }

  private let count: Int
  private let waitingMax: Int
  private let worker: @Sendable () -> (Int) -> Result
  private let monitor = Monitor(State())

  init(count: Int, waitingMax: Int, worker: @escaping @Sendable () -> (Int) -> Result) {
    self.count = count
    self.waitingMax = waitingMax
    self.worker = worker
  }

  /// Makes results until there is nothing left to do.
  func serve() {
    let work = worker()
    while case .work(let index) = nextAssignment() {
      let result = work(index)
      monitor.change { $0.results[index] = result }
    }
  }

  /// The next input, once there is room for its result.
  private func nextAssignment() -> Assignment {
    monitor.wait { state in
      guard !state.isStopped, state.next < count else { return .end }
      guard state.next < state.used + waitingMax else { return nil }
      defer { state.next += 1 }
      return .work(state.next)
    }
  }

  /// The result of an input, once it is there.
  func take(_ index: Int) -> Result {
    monitor.wait { state in
      guard let result = state.results.removeValue(forKey: index) else { return nil }
      state.used += 1
      return result
    }
  }

  /// Ends the threads after the input that each is at.
  func stop() { monitor.change { $0.isStopped = true } }
}
