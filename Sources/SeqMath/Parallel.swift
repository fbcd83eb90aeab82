internal import Dispatch
internal import Synchronization

/// Runs `body` for each piece of work, on up to `threads` threads, and waits for all.
///
/// Threads take the next piece when they are done with one, so that a thread which the machine keeps
/// waiting holds up no more than its piece. Which thread runs a piece is not fixed: a result that must
/// not depend on the number of threads gives each piece an output of its own and joins them in order.
public func inParallel(pieces: Int, threads: Int, _ body: (Int) -> Void) {
  if threads <= 1 || pieces <= 1 {
    for piece in 0..<pieces { body(piece) }
    return
  }
  withoutActuallyEscaping(body) { body in
    // Pieces write to outputs of their own, which the compiler cannot see.
    nonisolated(unsafe) let body = body
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: min(threads, pieces)) { _ in
      while true {
        let piece = next.add(1, ordering: .relaxed).oldValue
        if piece >= pieces { return }
        body(piece)
      }
    }
  }
}
