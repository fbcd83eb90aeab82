internal import ArgumentParser

/// `seqkit man-page`: the manual page in man(7) form, made from the commands themselves.
struct ManualPage: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "man-page", abstract: "Print the manual page, in man(7) form.",
    shouldDisplay: false)

  func run() throws {
    print(ManualWriter(programName: Root.context.programName).page(), terminator: "")
  }
}

/// Sets help screens as a manual page.
///
/// The parser's help has a fixed layout (`OVERVIEW:`, `USAGE:`, then sections of two columns). Asked
/// for without line breaks, each entry is one line, which becomes one tagged paragraph.
struct ManualWriter {
  let programName: String

  func page() -> String {
    var text = """
      .TH \(programName.uppercased()) 1 "" "seqkit \(version)" "User Commands"
      .SH NAME
      \(escape(programName)) \\- tag sequences: words, residues, frames, log fields

      """
    text += section(of: Root.self, title: nil)
    for command in Root.configuration.subcommands where command.configuration.shouldDisplay {
      let name = "\(programName) \(command._commandName)"
      text += ".SH \(escape(name.uppercased()))\n" + section(of: command, title: name)
      for verb in command.configuration.subcommands where verb.configuration.shouldDisplay {
        let name = "\(name) \(verb._commandName)"
        text += ".SS \(escape(name))\n" + section(of: verb, title: name)
      }
    }
    text += """
      .SH EXIT STATUS
      0 done; 1 failed (bad data, a gate not met); 2 misused.
      .SH ENVIRONMENT
      .TP
      .B NO_COLOR
      Turns colours off unless \\-\\-color asks for them.
      .TP
      .B SEQTAG_RESOURCES
      The folder of bundled models and manifests, if it is not found beside the program.

      """
    return text
  }

  private func section(of command: any ParsableCommand.Type, title: String?) -> String {
    let help = Root.helpMessage(for: command, columns: 1_000_000)
    var text = ""
    for line in help.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("OVERVIEW: ") {
        text += title == nil ? ".SH DESCRIPTION\n" : ""
        text += escape(line.dropFirst("OVERVIEW: ".count)) + "\n"
      } else if line.hasPrefix("USAGE: ") {
        text += ".PP\n.B \(escape(line.dropFirst("USAGE: ".count)))\n"
      } else if line.hasSuffix(":"), line == line.uppercased() {
        text += ".PP\n\(escape(line.lowercased().capitalizedFirst))\n"
      } else if line.hasPrefix("  See '") {
        continue
      } else if line.hasPrefix("  ") {
        text += entry(line)
      } else {
        text += line.isEmpty ? ".PP\n" : escape(line) + "\n"
      }
    }
    return text
  }

  /// `  -q, --quiet             Say nothing but errors.` as a tagged paragraph; examples, which have
  /// no second column, as they are.
  private func entry(_ line: Substring) -> String {
    let column = 26
    let label = line.prefix(column)
    if label.count == column, label.last == " ", label.hasPrefix("  "), !label.hasPrefix("   ") {
      return ".TP\n.B \(escape(trimmed(label)))\n\(escape(line.dropFirst(column)))\n"
    }
    // A long label is followed by its text at once: `--label <label> Text`.
    let words = trimmed(line)
    if words.hasPrefix("-"), let end = words.lastIndex(of: ">"),
      words[end...].dropFirst().first == " "
    {
      return ".TP\n.B \(escape(words[...end]))\n\(escape(words[end...].dropFirst(2)))\n"
    }
    return ".nf\n    \(escape(words))\n.fi\n"
  }

  private func trimmed(_ text: Substring) -> Substring {
    var text = text.drop { $0 == " " }
    while text.last == " " { text.removeLast() }
    return text
  }

  private func escape(_ text: some StringProtocol) -> String {
    var escaped = ""
    for character in text {
      switch character {
      case "\\": escaped += "\\e"
      case "-": escaped += "\\-"
      case ".", "'":
        escaped += escaped.isEmpty ? "\\&\(character)" : String(character)
      default: escaped.append(character)
      }
    }
    return escaped
  }
}

extension String {
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
