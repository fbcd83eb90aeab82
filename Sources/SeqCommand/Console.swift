internal import Glibc
internal import TEIPack

/// What a person sees: messages on standard error, colours where they are wanted.
struct Console: Sendable {
  /// Nothing but errors is said.
  let quiet: Bool
  /// How to colour what goes to standard output.
  let output: Palette
  /// How to colour what goes to standard error.
  let errors: Palette

  init(quiet: Bool, color: ColorChoice) {
    self.quiet = quiet
    output = Palette(enabled: Terminal.wantsColor(STDOUT_FILENO, choice: color))
    errors = Palette(enabled: Terminal.wantsColor(STDERR_FILENO, choice: color))
  }

  /// Says something that is good to know; silent with `--quiet`.
  func note(_ text: String) {
    if !quiet { writeLine(text) }
  }

  /// Says that something was changed, skipped or doubtful; silent with `--quiet`.
  func warn(_ text: String) {
    if !quiet { writeLine(errors.paint("warning: ", .yellow) + text) }
  }

  /// Says what the import of TEI read and left out, if there was any; silent with `--quiet`.
  func tell(_ imports: ImportReports) {
    guard let report = imports.sum else { return }
    // They have their place and the word warning in them, as errors do.
    for warning in report.warnings { note(warning) }
    for line in report.lines { note(line) }
  }

  private func writeLine(_ text: String) {
    write("seqkit: " + text + "\n", to: STDERR_FILENO)
  }
}

/// Writes text to one of the process's outputs, unbuffered; what cannot be written is lost.
func write(_ text: String, to file: Int32) {
  var text = text
  text.withUTF8 { bytes in
    var written = 0
    while written < bytes.count {
      let count = Glibc.write(file, bytes.baseAddress! + written, bytes.count - written)
      if count < 0 && errno != EINTR { return }
      written += max(0, count)
    }
  }
}

/// Facts about the terminal.
enum Terminal {
  static var inputIsTerminal: Bool { isatty(STDIN_FILENO) == 1 }
  static var outputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
  static var errorsAreTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// Columns of the terminal behind `file`; `COLUMNS` or 80 where it is none.
  static func width(_ file: Int32 = STDOUT_FILENO) -> Int {
    var size = winsize()
    if ioctl(file, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
    return getenv("COLUMNS").flatMap { Int(String(cString: $0)) }.map { max(20, $0) } ?? 80
  }

  /// Help is set no wider than reads well.
  static var helpWidth: Int { min(100, width()) }

  /// `NO_COLOR` (no-color.org) and `TERM=dumb` turn `auto` off.
  static func wantsColor(_ file: Int32, choice: ColorChoice) -> Bool {
    switch choice {
    case .always: return true
    case .never: return false
    case .auto:
      if let value = getenv("NO_COLOR"), value.pointee != 0 { return false }
      if let term = getenv("TERM"), strcmp(term, "dumb") == 0 { return false }
      return isatty(file) == 1
    }
  }
}

/// Colours text, or leaves it as it is.
struct Palette: Sendable {
  let enabled: Bool

  /// Escape codes, SGR numbers.
  enum Color: UInt8, Sendable, CaseIterable {
    case bold = 1
    case dim = 2
    case red = 31
    case green = 32
    case yellow = 33
    case blue = 34
    case magenta = 35
    case cyan = 36
  }

  func paint(_ text: String, _ color: Color) -> String {
    enabled ? "\u{1B}[\(color.rawValue)m\(text)\u{1B}[0m" : text
  }
}
