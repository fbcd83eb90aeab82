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

  /// Paths of unfinished files; written before the handler can run, read by it alone.
  private static let unfinished = Atomic<UInt>(0)

  /// Removes an unfinished file if SIGINT, SIGTERM or SIGHUP ends the process from now on. Another
  /// call forgets the earlier file.
  package static func remove(_ path: String?) {
    guard let path, let copy = strdup(path) else {
      unfinished.store(0, ordering: .sequentiallyConsistent)
      return
    }
    // The few bytes of an earlier path are left to the end of the process: the handler may read them.
    unfinished.store(UInt(bitPattern: copy), ordering: .sequentiallyConsistent)
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { signal in
      let address = Interruption.unfinished.load(ordering: .sequentiallyConsistent)
      if let path = UnsafePointer<CChar>(bitPattern: address) { unlink(path) }
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
