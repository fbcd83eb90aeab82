internal import FoundationEssentials
internal import Glibc
internal import SeqKit

/// The training log: a JSON object a line, written as training goes, so that it can be followed.
final class TrainingJournal {
  private let path: String
  private let descriptor: Int32

  init(path: String) throws {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    if descriptor < 0 {
      throw FormatError.cannotOpen(path: path, reason: String(cString: strerror(errno)))
    }
  }

  deinit { close(descriptor) }

  private struct Line: Encodable {
    var iteration: Int
    var objective: Double
    var devAccuracy: Double?
    var positions: Int
    var seconds: Double
    var cpuSeconds: Double
  }

  func add(_ progress: TrainingLoop.Progress, seconds: Double) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let line = Line(
      iteration: progress.iteration, objective: progress.objective,
      devAccuracy: progress.developmentAccuracy, positions: progress.positions, seconds: seconds,
      cpuSeconds: processSeconds())
    write(String(decoding: try encoder.encode(line), as: UTF8.self) + "\n", to: descriptor)
  }
}

/// Removes a file that is no longer needed; it may be missing.
func removeFile(_ path: String) { unlink(path) }

/// The CPU time of this process so far, of all threads, in seconds.
private func processSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
