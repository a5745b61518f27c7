import Glibc

/// A state that several threads share, one at a time, and can wait for to become what they need.
///
/// Of the system's threads, because the standard library's `Mutex` cannot wait for a condition, and on Linux the thread
/// sanitizer does not see that it locks.
final class Monitor<State>: @unchecked Sendable {
  private var state: State
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  /// A monitor of a state that no one else has.
  init(_ state: sending State) {
    self.state = state
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  /// Changes the state; everyone who waits looks at it again.
  func change(_ body: (inout State) -> Void) {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    body(&state)
    pthread_cond_broadcast(changed)
  }

  /// Waits until `body` gives a value; what it did to the state by then is seen by everyone who waits.
  ///
  /// - Parameter body: called again after every change, with the state locked. It changes nothing when it gives nil.
  func wait<Value: Sendable>(for body: (inout State) -> Value?) -> Value {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let value = body(&state) {
        pthread_cond_broadcast(changed)
        return value
      }
      pthread_cond_wait(changed, mutex)
    }
  }
}
