internal import Dispatch

/// Runs `body` for each piece of work, on up to `threads` threads, and waits for all.
///
/// Which thread runs a piece is not fixed: a result that must not depend on the number of threads
/// gives each piece an output of its own and joins them in order.
public func inParallel(pieces: Int, threads: Int, _ body: (Int) -> Void) {
  if threads <= 1 || pieces <= 1 {
    for piece in 0..<pieces { body(piece) }
    return
  }
  let workers = min(threads, pieces)
  withoutActuallyEscaping(body) { body in
    // Pieces write to outputs of their own, which the compiler cannot see.
    nonisolated(unsafe) let body = body
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      for piece in stride(from: worker, to: pieces, by: workers) { body(piece) }
    }
  }
}
