internal import Glibc
internal import SeqCore

/// One line on standard error that says how far the work is; only on a terminal, never with
/// `--quiet`, and at most ten times a second.
package struct ProgressDisplay {
  /// A step of the work, as it stands.
  package struct State {
    /// Steps done and, if known, steps in all.
    var step: Int
    var steps: Int?
    /// What training minimizes; not shown if `nil`.
    var objective: Double?
    /// The score on the development data, with its name: `("dev accuracy", 0.953)`.
    var score: (name: String, value: Double)?
    /// Things (tokens, residues, frames) done in all since the start.
    var done: Int
    /// What the step is, if steps differ.
    var doing: String?

    package init(
      step: Int, steps: Int? = nil, objective: Double? = nil,
      score: (name: String, value: Double)? = nil, done: Int = 0,
      doing: String? = nil
    ) {
      self.step = step
      self.steps = steps
      self.objective = objective
      self.score = score
      self.done = done
      self.doing = doing
    }
  }

  private let title: String
  private let unit: String
  private let isShown: Bool
  private let palette: Palette
  private let start: ContinuousClock.Instant
  private var lastShown: ContinuousClock.Instant?

  /// - Parameters:
  ///   - title: what is done: `training`.
  ///   - unit: what is counted: `tokens`.
  init(_ title: String, unit: String, console: Console) {
    self.title = title
    self.unit = unit
    isShown = Terminal.errorsAreTerminal && !console.quiet
    palette = console.errors
    start = .now
  }

  /// Shows the state, unless one was shown a moment ago.
  mutating func update(_ state: State) {
    guard isShown else { return }
    let now = ContinuousClock.now
    if let lastShown, now - lastShown < .milliseconds(100) { return }
    lastShown = now
    let seconds = (now - start) / .seconds(1)
    let line = ProgressDisplay.line(title: title, unit: unit, state: state, seconds: seconds)
    let cut = String(line.prefix(max(20, Terminal.width(STDERR_FILENO) - 1)))
    write("\r\u{1B}[K" + palette.paint(cut, .dim), to: STDERR_FILENO)
  }

  /// Takes the line away, so that what follows starts on a clean one.
  func finish() {
    if isShown, lastShown != nil { write("\r\u{1B}[K", to: STDERR_FILENO) }
  }

  package static func line(title: String, unit: String, state: State, seconds: Double) -> String {
    var parts = ["\(title) \(state.step)" + (state.steps.map { "/\($0)" } ?? "")]
    if let doing = state.doing { parts.append(doing) }
    if let objective = state.objective { parts.append("objective \(decimal(objective, 2))") }
    if let score = state.score { parts.append("\(score.name) \(decimal(score.value * 100, 2)) %") }
    if state.done > 0, seconds > 0 {
      parts.append("\(grouped(Int(Double(state.done) / seconds))) \(unit)/s")
    }
    if let steps = state.steps, state.step > 0, state.step < steps {
      let left = seconds / Double(state.step) * Double(steps - state.step)
      parts.append("\(clock(left)) left")
    }
    return parts.joined(separator: "  ")
  }

  private static func clock(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded(.up))
    func two(_ n: Int) -> String { n < 10 ? "0\(n)" : "\(n)" }
    return whole >= 3600
      ? "\(whole / 3600):\(two(whole / 60 % 60)):\(two(whole % 60))"
      : "\(whole / 60):\(two(whole % 60))"
  }
}

/// A number with a fixed count of decimals, without Foundation's formatter.
package func decimal(_ value: Double, _ places: Int) -> String {
  guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
  let scale = pow(10, Double(places))
  let scaled = Int((abs(value) * scale).rounded())
  let sign = value < 0 && scaled != 0 ? "-" : ""
  let whole = "\(sign)\(scaled / Int(scale))"
  if places == 0 { return whole }
  let fraction = String(scaled % Int(scale))
  return "\(whole).\(String(repeating: "0", count: places - fraction.count))\(fraction)"
}
