internal import FoundationEssentials

extension Explanation {
  /// The explanation for people: the label, the runner-up and what spoke for each.
  ///
  /// - Parameter top: how many contributions to show; the others are summed up in one line.
  public func text(layer: String, top: Int = 10) -> String {
    var lines = ["\(position + 1) \(form)  \(layer)"]
    lines += describe(chosen, mark: "=", top: top)
    if let runnerUp {
      lines += describe(runnerUp, mark: "≠", top: top)
      let difference = chosen.pathScore - runnerUp.pathScore
      lines.append("  \(chosen.label) wins by \(decimals(difference)) over the whole sentence")
    }
    return lines.joined(separator: "\n") + "\n\n"
  }

  private func describe(_ one: Case, mark: String, top: Int) -> [String] {
    let probability = one.probability.map { "  p \(decimals($0))" } ?? ""
    var lines = ["  \(mark) \(one.label)  \(decimals(one.score))\(probability)"]
    for contribution in one.contributions.prefix(top) {
      lines.append("    \(decimals(contribution.weight, width: 9))  \(contribution.name)")
    }
    let rest = one.contributions.dropFirst(top)
    if !rest.isEmpty {
      let sum = rest.reduce(0) { $0 + $1.weight }
      lines.append("    \(decimals(sum, width: 9))  \(rest.count) more")
    }
    return lines
  }

  private func decimals(_ value: Float, width: Int = 0) -> String {
    let scaled = Int((abs(Double(value)) * 1000).rounded())
    let fraction = String(scaled % 1000)
    let text =
      (value < 0 && scaled > 0 ? "-" : "+") + "\(scaled / 1000)."
      + String(repeating: "0", count: 3 - fraction.count) + fraction
    return String(repeating: " ", count: max(0, width - text.count)) + text
  }

  /// The explanation as a line of JSON.
  public func json(layer: String) throws -> String {
    struct Line: Encodable {
      var position: Int
      var form: String
      var layer: String
      var chosen: Case
      var runnerUp: Case?
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let line = Line(
      position: position, form: form, layer: layer, chosen: chosen, runnerUp: runnerUp)
    return String(decoding: try encoder.encode(line), as: UTF8.self) + "\n"
  }
}
