internal import CProcess
internal import Glibc

/// The small process that starts a measured one, waits for it and writes down what it took.
///
/// It is this program again, under a first argument that no command has; it does nothing else, so
/// that its memory, in which the child's peak begins, stays small.
package enum Launcher {
  /// The first argument that asks for it.
  package static let word = "__measure"

  nonisolated(unsafe) private static var child: pid_t = 0
  nonisolated(unsafe) private static var isLate = false

  /// A shell that starts the command behind `--` in the background, with its own input, and ends. The
  /// command's peak begins with the shell's, which is small.
  private static let shell = ["/bin/sh", "-c", "exec 3<&0; \"$@\" <&3 3<&- &", "--"]

  /// Does its work if `arguments` (with the program's name) ask for it.
  ///
  /// - Returns: the status to exit with; `nil` if something else is asked.
  package static func answer(_ arguments: [String]) -> Int32? {
    guard arguments.count > 9, arguments[1] == word else { return nil }
    let (result, folder, timeout) = (arguments[2], arguments[3], Double(arguments[7]) ?? 3600)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_addopen(&actions, 0, arguments[4], O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, arguments[5], O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    posix_spawn_file_actions_addopen(&actions, 2, arguments[6], O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    // A group of its own, so that all of it can be ended.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    posix_spawnattr_setpgroup(&attributes, 0)
    let fromShell = arguments[8] == "shell"
    let words = (fromShell ? shell : []) + arguments[9...]
    var pointers: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
    pointers.append(nil)

    guard chdir(folder) == 0 else {
      return fail(result, arguments[6], "\(folder): \(String(cString: strerror(errno)))")
    }
    // What the shell leaves behind becomes our child.
    if fromShell { _ = seqkit_adopt_orphans() }
    let begin = now()
    let failure = posix_spawnp(&child, words[0], &actions, &attributes, pointers, environ)
    guard failure == 0 else {
      return fail(result, arguments[6], "\(words[0]): \(String(cString: strerror(failure)))")
    }
    signal(SIGALRM) { _ in
      Launcher.isLate = true
      kill(-Launcher.child, SIGKILL)
    }
    // What ends us ends the child: it has left our group.
    for number in [SIGINT, SIGTERM, SIGHUP] {
      signal(number) { number in
        kill(-Launcher.child, SIGKILL)
        _exit(128 + number)
      }
    }
    alarm(UInt32(min(max(timeout.rounded(.up), 1), 4e9)))
    var status: Int32 = 0
    var usage = rusage()
    while wait4(child, &status, 0, &usage) < 0, errno == EINTR {}
    // The shell has ended at once, and its child is ours by now; it is still in the shell's group.
    if fromShell { while wait4(-1, &status, 0, &usage) < 0, errno == EINTR {} }
    let wall = now() - begin
    return write(result, status: isLate ? 124 : Self.status(status), wall: wall, usage)
  }

  private static func fail(_ result: String, _ messages: String, _ reason: String) -> Int32 {
    if let file = fopen(messages, "w") {
      fputs(reason + "\n", file)
      fclose(file)
    }
    return write(result, status: 127, wall: 0, rusage())
  }

  /// The status of a process as shells have it: 128 + n for signal n.
  static func status(_ status: Int32) -> Int32 {
    let signal = status & 0x7F
    return signal == 0 ? status >> 8 & 0xFF : 128 + signal
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  private static func write(
    _ path: String, status: Int32, wall: Double, _ usage: rusage
  ) -> Int32 {
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
    guard let file = fopen(path, "w") else { return 1 }
    var own = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &own)
    let cpu = seconds(usage.ru_utime) + seconds(usage.ru_stime)
    fputs(
      "{\"status\":\(status),\"wall\":\(wall),\"cpu\":\(cpu),\"peak\":\(usage.ru_maxrss * 1024),"
        + "\"floor\":\(own.ru_maxrss * 1024)}\n",
      file)
    return fclose(file) == 0 ? 0 : 1
  }
}
