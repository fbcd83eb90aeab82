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
  }

  /// Whether the work should stop at the next good place.
  package static var requested: Bool { flag.load(ordering: .relaxed) }
}
