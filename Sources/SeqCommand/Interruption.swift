internal import Glibc
internal import Synchronization

/// Ctrl-C, as a flag that long work looks at between two steps.
///
/// The first SIGINT or SIGTERM after `arm()` sets the flag, so that training can finish its step and
/// keep a checkpoint; a second one ends the process as usual.
package enum Interruption {
  // A signal handler can reach nothing but a global.
  private static let flag = Atomic<Bool>(false)

  /// Catches the signals from now on.
  package static func arm() {
    flag.store(false, ordering: .relaxed)
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { _ in Interruption.flag.store(true, ordering: .relaxed)
    }
    action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND)) | SA_RESTART
    sigemptyset(&action.sa_mask)
    sigaction(SIGINT, &action, nil)
    sigaction(SIGTERM, &action, nil)
    admit([SIGINT, SIGTERM])
  }

  /// Lets signals in that the program that started us has blocked.
  private static func admit(_ signals: [Int32]) {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in signals { sigaddset(&set, signal) }
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
  }

  /// Whether the work should stop at the next good place.
  package static var requested: Bool { flag.load(ordering: .relaxed) }

  /// Paths of unfinished files: a list that only grows at its head, so that the handler can walk it
  /// whatever the threads do. A file that is finished has its path's first byte set to 0.
  private static let unfinished = Atomic<UInt>(0)

  private struct Node {
    var path: UnsafeMutablePointer<CChar>
    var next: UInt
  }

  /// An unfinished file, removed if SIGINT, SIGTERM or SIGHUP ends the process.
  package final class Unfinished: Sendable {
    private nonisolated(unsafe) let node: UnsafeMutablePointer<Node>

    /// Notes a file.
    package init(_ path: String) {
      node = .allocate(capacity: 1)
      node.initialize(to: Node(path: strdup(path), next: 0))
      while true {
        let head = Interruption.unfinished.load(ordering: .sequentiallyConsistent)
        node.pointee.next = head
        let (isDone, _) = Interruption.unfinished.compareExchange(
          expected: head, desired: UInt(bitPattern: node), ordering: .sequentiallyConsistent)
        if isDone { break }
      }
      Interruption.removeAtEnd()
    }

    /// The file is finished. The few bytes of its path are left to the end of the process.
    package func forget() { node.pointee.path.pointee = 0 }
  }

  /// The file of ``remove(_:)``.
  private static let single = Atomic<UInt>(0)

  /// Removes an unfinished file if SIGINT, SIGTERM or SIGHUP ends the process from now on. Another
  /// call forgets the earlier file.
  package static func remove(_ path: String?) {
    let earlier = single.exchange(0, ordering: .sequentiallyConsistent)
    if let earlier = UnsafeRawPointer(bitPattern: earlier) {
      Unmanaged<Unfinished>.fromOpaque(earlier).takeRetainedValue().forget()
    }
    guard let path else { return }
    let file = Unmanaged.passRetained(Unfinished(path)).toOpaque()
    single.store(UInt(bitPattern: file), ordering: .sequentiallyConsistent)
  }

  private static func removeAtEnd() {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { signal in
      var address = Interruption.unfinished.load(ordering: .sequentiallyConsistent)
      while let node = UnsafeMutablePointer<Node>(bitPattern: address) {
        if node.pointee.path.pointee != 0 { unlink(node.pointee.path) }
        address = node.pointee.next
      }
      // The default action, which SA_RESETHAND has put back, ends the process as is usual.
      raise(signal)
    }
    action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND))
    sigemptyset(&action.sa_mask)
    let signals = [SIGINT, SIGTERM, SIGHUP]
    for signal in signals { sigaction(signal, &action, nil) }
    admit(signals)
  }
}
