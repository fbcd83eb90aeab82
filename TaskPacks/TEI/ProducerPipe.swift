internal import Glibc

/// Bytes that a producer pushes on a thread of its own, to be pulled as from a file.
///
/// The producer waits when a few pieces have not been pulled, and ends early when nobody can pull any
/// more. Its error reaches the reader behind the bytes before it.
final class ProducerPipe: @unchecked Sendable {
  private let state: State

  /// - Parameter produce: is handed a function that takes bytes.
  init(_ produce: @escaping (_ write: @escaping ([UInt8]) throws -> Void) throws -> Void) {
    state = State(produce)
  }

  deinit { state.abandon() }

  /// Fills a buffer; 0 is the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    try state.read(into: buffer)
  }

  /// What both sides share; the pipe itself belongs to the reader alone.
  private final class State: @unchecked Sendable {
    private struct Abandoned: Error {}
    private var produce: ((@escaping ([UInt8]) throws -> Void) throws -> Void)?
    private var pieces: [[UInt8]] = []
    private var done = 0
    private var isStarted = false
    private var isFinished = false
    private var isAbandoned = false
    private var failure: (any Error)?
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private static let limit = 8

    init(_ produce: @escaping (@escaping ([UInt8]) throws -> Void) throws -> Void) {
      self.produce = produce
      pthread_mutex_init(mutex, nil)
      pthread_cond_init(changed, nil)
    }

    deinit {
      pthread_cond_destroy(changed)
      pthread_mutex_destroy(mutex)
      changed.deallocate()
      mutex.deallocate()
    }

    private func locked<Result>(_ body: () throws -> Result) rethrows -> Result {
      pthread_mutex_lock(mutex)
      defer { pthread_mutex_unlock(mutex) }
      return try body()
    }

    func abandon() {
      locked {
        isAbandoned = true
        pthread_cond_broadcast(changed)
      }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
      start()
      return try locked {
        while pieces.isEmpty, !isFinished { pthread_cond_wait(changed, mutex) }
        guard let piece = pieces.first else {
          if let failure { throw failure }
          return 0
        }
        let count = min(buffer.count, piece.count - done)
        buffer.copyBytes(from: piece[done..<(done + count)])
        done += count
        if done == piece.count {
          pieces.removeFirst()
          done = 0
          pthread_cond_broadcast(changed)
        }
        return count
      }
    }

    private func start() {
      if isStarted { return }
      isStarted = true
      var attributes = pthread_attr_t()
      pthread_attr_init(&attributes)
      pthread_attr_setstacksize(&attributes, 16 << 20)
      pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
      defer { pthread_attr_destroy(&attributes) }
      var thread = pthread_t()
      let result = pthread_create(
        &thread, &attributes,
        { state in
          Unmanaged<State>.fromOpaque(state!).takeRetainedValue().run()
          return nil
        }, Unmanaged.passRetained(self).toOpaque())
      precondition(result == 0, "A thread could not be started.")
    }

    private func run() {
      var thrown: (any Error)?
      do {
        try produce?({ [unowned self] in try self.write($0) })
      } catch {
        if !(error is Abandoned) { thrown = error }
      }
      produce = nil
      locked {
        failure = thrown
        isFinished = true
        pthread_cond_broadcast(changed)
      }
    }

    private func write(_ bytes: [UInt8]) throws {
      if bytes.isEmpty { return }
      try locked {
        while pieces.count >= Self.limit, !isAbandoned { pthread_cond_wait(changed, mutex) }
        if isAbandoned { throw Abandoned() }
        pieces.append(bytes)
        pthread_cond_broadcast(changed)
      }
    }
  }
}
