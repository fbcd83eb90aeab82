internal import Dispatch
internal import Glibc

/// Takes items one after another, works on several at a time, and hands on the results in the order of
/// the items.
///
/// At most four items a thread are on their way, so memory is bounded.
///
/// - Parameters:
///   - next: gives the next item, `nil` at the end; called by one thread at a time.
///   - work: works on an item; called by several threads at a time.
///   - finish: is handed the results, in order, by one thread at a time.
/// - Throws: what `next` throws, after everything before it was finished; what `finish` throws.
public func inOrder<Item, Result>(
  threads: Int, next: () throws -> Item?, work: (Item) -> Result, finish: (Result) throws -> Void
) throws {
  if threads <= 1 {
    while let item = try next() { try finish(work(item)) }
    return
  }
  try withoutActuallyEscaping(next) { next in
    try withoutActuallyEscaping(work) { work in
      try withoutActuallyEscaping(finish) { finish in
        let queue = OrderedQueue(limit: 4 * threads, next: next, work: work, finish: finish)
        // The queue's lock guards what threads share, which the compiler cannot see.
        nonisolated(unsafe) let shared = queue
        DispatchQueue.concurrentPerform(iterations: threads) { _ in shared.run() }
        if let failure = queue.failure { throw failure }
      }
    }
  }
}

/// What the threads of `inOrder` share. `lock` guards everything but the call of `work`.
private final class OrderedQueue<Item, Result> {
  private let limit: Int
  private let next: () throws -> Item?
  private let work: (Item) -> Result
  private let finish: (Result) throws -> Void
  private let reading = Mutex()
  private let writing = Mutex()

  // Guarded by `reading`.
  private var taken = 0
  private var isAtEnd = false
  // Guarded by `writing`.
  private var finished = 0
  private var waiting: [Int: Result] = [:]
  private var stopped = false
  private(set) var failure: (any Error)?

  init(
    limit: Int, next: @escaping () throws -> Item?, work: @escaping (Item) -> Result,
    finish: @escaping (Result) throws -> Void
  ) {
    self.limit = limit
    self.next = next
    self.work = work
    self.finish = finish
  }

  func run() {
    while let (number, item) = take() { give(work(item), number) }
  }

  private func take() -> (Int, Item)? {
    reading.lock()
    defer { reading.unlock() }
    writing.lock()
    while taken - finished >= limit, !stopped { writing.wait() }
    let stopped = self.stopped
    writing.unlock()
    if stopped || isAtEnd { return nil }
    do {
      guard let item = try next() else {
        isAtEnd = true
        return nil
      }
      taken += 1
      return (taken - 1, item)
    } catch {
      // What was taken before is still finished.
      isAtEnd = true
      writing.lock()
      failure = failure ?? error
      writing.unlock()
      return nil
    }
  }

  private func give(_ result: Result, _ number: Int) {
    writing.lock()
    defer { writing.unlock() }
    waiting[number] = result
    while !stopped, let result = waiting.removeValue(forKey: finished) {
      do {
        try finish(result)
      } catch {
        failure = error
        stopped = true
      }
      finished += 1
    }
    writing.wakeAll()
  }
}

/// A lock with a condition to wait for.
private final class Mutex {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    pthread_cond_destroy(condition)
    mutex.deallocate()
    condition.deallocate()
  }

  func lock() { pthread_mutex_lock(mutex) }
  func unlock() { pthread_mutex_unlock(mutex) }
  /// Lets others in until one of them calls `wakeAll`.
  func wait() { pthread_cond_wait(condition, mutex) }
  func wakeAll() { pthread_cond_broadcast(condition) }
}
