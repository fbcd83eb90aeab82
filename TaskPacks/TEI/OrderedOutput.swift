internal import Glibc
internal import SeqFormats

/// Brings the outputs of files that are read side by side into the files' order.
///
/// The first file that is not done writes straight to the sink; the others keep their output until it
/// is their turn, and wait when they have kept too much.
final class OrderedOutput: @unchecked Sendable {
  private let sink: ByteSink
  private let limit: Int
  private var turn = 0
  private var taken = 0
  private var kept: [Int: [UInt8]] = [:]
  private var finished: Set<Int> = []
  private var failure: (any Error)?
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  /// - Parameter limit: the bytes that a file may keep before it waits.
  init(_ sink: ByteSink, limit: Int = 16 << 20) {
    self.sink = sink
    self.limit = limit
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  /// Another file has failed: nothing more is to be written.
  struct Stopped: Error {}

  /// Writes the output of a file.
  ///
  /// - Throws: what the sink throws; `Stopped` after that, or after another file failed.
  func write(_ bytes: [UInt8], of file: Int) throws {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    if failure != nil { throw Stopped() }
    if file == turn {
      try send(bytes)
      return
    }
    kept[file, default: []] += bytes
    while file != turn, failure == nil, kept[file, default: []].count > limit {
      pthread_cond_wait(changed, mutex)
    }
    if failure != nil { throw Stopped() }
  }

  /// The next file to read, each once, in order; `nil` when all are taken or one has failed.
  ///
  /// Files are begun in order, so the file whose turn it is is always being read.
  func take(of count: Int) -> Int? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    if taken >= count || failure != nil { return nil }
    taken += 1
    return taken - 1
  }

  /// Notes that a file's output is complete, or why it is not.
  func finish(_ file: Int, error: (any Error)?) {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    if let error, failure == nil, !(error is Stopped) { failure = error }
    finished.insert(file)
    while failure == nil, finished.contains(turn) {
      finished.remove(turn)
      turn += 1
      if let bytes = kept.removeValue(forKey: turn) {
        do { try send(bytes) } catch { failure = error }
      }
    }
    pthread_cond_broadcast(changed)
  }

  /// Why the work stopped, if it did.
  var error: (any Error)? { failure }

  private func send(_ bytes: [UInt8]) throws {
    do { try sink.write(bytes) } catch {
      failure = error
      throw error
    }
  }
}
