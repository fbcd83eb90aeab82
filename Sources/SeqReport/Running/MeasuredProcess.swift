internal import FoundationEssentials
internal import Glibc
internal import SeqCore

/// A child process and what it took.
///
/// The child is started by a second, small process of this program (``Launcher``): Linux lets a
/// child's peak memory begin with that of the process which starts it, and this one may be large.
struct MeasuredProcess {
  /// Program and arguments; a program without a slash is looked for on PATH.
  var arguments: [String]
  /// The folder that it runs in.
  var folder: String
  /// The file that it reads; nothing if `nil`.
  var input: String?
  /// The file that its standard output goes to; nowhere if `nil`.
  var output: String?
  /// Where its messages are kept while it runs.
  var errors: String
  /// Seconds after which it is ended.
  var timeout: Double
  /// Whether it is started by way of a shell: slower by the shell's own start, but the peak of a
  /// process smaller than the launcher is told then, too.
  var fromShell = false

  /// What a process took.
  struct Usage: Codable {
    /// How it ended: 0 for success, 128 + n for signal n, 124 for too long.
    var status: Int32
    var wall: Double
    var cpu: Double
    /// The most memory resident at once, in bytes; not below ``floor``.
    var peak: Int
    /// The peak of the launcher, below which that of its child cannot be told.
    var floor = 0

    /// Whether the peak says nothing of the child.
    var isPeakOfLauncher: Bool { peak <= floor }
  }

  /// Runs the process to its end.
  ///
  /// - Parameter launcher: the path of a program that answers to ``Launcher/word``.
  /// - Throws: `ReportError.process` with the last line that it wrote if it fails.
  func run(launcher: String) throws -> Usage {
    let result = errors + ".usage"
    let words =
      [
        launcher, Launcher.word, result, folder, input ?? "/dev/null", output ?? "/dev/null",
        errors,
        "\(timeout)", fromShell ? "shell" : "direct",
      ] + arguments
    let status = try Self.wait(for: words)
    defer { unlink(result) }
    let command = Self.shortName(arguments)
    guard status == 0, let data = try? Data(contentsOf: URL(filePath: result)),
      let usage = try? JSONDecoder().decode(Usage.self, from: data)
    else {
      throw ReportError.process(command: command, problem: "cannot be started: \(lastLine())")
    }
    switch usage.status {
    case 0: return usage
    case 124:
      throw ReportError.process(
        command: command, problem: "ended after \(Figures.seconds(timeout)), which was the limit")
    case 127:
      throw ReportError.process(command: command, problem: "cannot be started: \(lastLine())")
    case 129...:
      throw ReportError.process(
        command: command, problem: "ended by signal \(usage.status - 128): \(lastLine())")
    default:
      throw ReportError.process(
        command: command, problem: "ended with status \(usage.status): \(lastLine())")
    }
  }

  /// The program and its verbs, for sentences about it.
  private static func shortName(_ words: [String]) -> String {
    let program = words[0].fileName
    return ([program] + words.dropFirst().prefix(2)).joined(separator: " ")
  }

  /// What a program said last, usage and its other indented lines aside, without the full stop.
  private func lastLine() -> String {
    guard let data = try? Data(contentsOf: URL(filePath: errors)) else { return "without a word" }
    let lines = String(decoding: data.suffix(4096), as: UTF8.self).split(
      whereSeparator: \.isNewline)
    let said = lines.last { !$0.hasPrefix(" ") && !$0.hasPrefix("Usage:") } ?? lines.last
    guard let line = said?.prefix(300) else { return "without a word" }
    return String(line.hasSuffix(".") ? line.dropLast() : line)
  }

  /// Starts a process and waits for it, without a shell.
  private static func wait(for words: [String]) throws -> Int32 {
    var pointers: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    var process: pid_t = 0
    let failure = posix_spawn(&process, words[0], nil, nil, pointers, environ)
    guard failure == 0 else {
      throw ReportError.process(command: words[0], problem: String(cString: strerror(failure)))
    }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 {
      guard errno == EINTR else {
        throw ReportError.process(command: words[0], problem: String(cString: strerror(errno)))
      }
    }
    return Launcher.status(status)
  }

  /// A command as a shell would take it.
  static func line(_ words: [String]) -> String {
    words.map { word in
      let isPlain = word.unicodeScalars.allSatisfy {
        ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
          || "-_./,:=+@%{}".unicodeScalars.contains($0)
      }
      if isPlain && !word.isEmpty { return word }
      return "'"
        + word.split(separator: "'", omittingEmptySubsequences: false).joined(
          separator: "'\\''") + "'"
    }.joined(separator: " ")
  }
}
