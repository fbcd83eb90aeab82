internal import Glibc
internal import SeqMath

/// Work on files that are independent of each other, several at once.
public enum FileWork {
  /// Calls `body` for each number below `count`, begun in order.
  ///
  /// - Returns: the results in order.
  /// - Throws: the error of the first file that has one; files behind it may have been done already.
  public static func map<Result: Sendable>(
    count: Int, threads: Int, _ body: (Int) throws -> Result
  ) throws -> [Result] {
    let slots = Slots<Result>(count)
    let workers = max(1, min(threads, count))
    inParallel(pieces: workers, threads: workers) { _ in
      while let index = slots.take() {
        do { slots.set(index, .success(try body(index))) } catch {
          slots.set(index, .failure(error))
        }
      }
    }
    return try slots.values()
  }

  private final class Slots<Value: Sendable>: @unchecked Sendable {
    private var results: [Swift.Result<Value, any Error>?]
    private var taken = 0
    private var hasFailed = false
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

    init(_ count: Int) {
      results = Array(repeating: nil, count: count)
      pthread_mutex_init(mutex, nil)
    }

    deinit {
      pthread_mutex_destroy(mutex)
      mutex.deallocate()
    }

    func take() -> Int? {
      pthread_mutex_lock(mutex)
      defer { pthread_mutex_unlock(mutex) }
      if taken >= results.count || hasFailed { return nil }
      taken += 1
      return taken - 1
    }

    func set(_ index: Int, _ result: Swift.Result<Value, any Error>) {
      pthread_mutex_lock(mutex)
      defer { pthread_mutex_unlock(mutex) }
      if case .failure = result { hasFailed = true }
      results[index] = result
    }

    func values() throws -> [Value] {
      try results.map { result in
        guard let result else { preconditionFailure("A failure before a result that is missing.") }
        return try result.get()
      }
    }
  }
}
