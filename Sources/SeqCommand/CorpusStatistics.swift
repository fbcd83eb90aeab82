internal import ArgumentParser
internal import SeqFormats

/// `seqkit corpus stats`.
struct CorpusStatistics: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats", abstract: "Count records, words, labels and duplicates.")

  @Argument(help: "Files to count; - is standard input.")
  var files: [String] = ["-"]

  @Option(help: "Labels to show of each layer; 0 shows all.")
  var top = 20

  @OptionGroup var input: InputOptions
  @OptionGroup var answer: JSONOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    for file in files {
      let (source, format) = try input.open(file)
      let statistics = try Corpus.statistics(of: source, as: format)
      print(
        answer.json ? json(source.name, format.name, statistics) : text(source.name, statistics))
    }
  }

  private func text(_ name: String, _ statistics: Corpus.Statistics) -> String {
    let mean = Double(statistics.positions) / Double(max(statistics.records, 1))
    var lines = [
      name,
      "  records     \(statistics.records)",
      "  documents   \(statistics.documents == 0 ? "not marked" : "\(statistics.documents)")",
      "  positions   \(statistics.positions)",
      "  types       \(statistics.types)",
      "  duplicates  \(statistics.duplicates) records",
      "  length      \(rounded(mean)) on average, median \(statistics.length(at: 0.5)), "
        + "95 % up to \(statistics.length(at: 0.95)), longest \(statistics.length(at: 1))",
    ]
    for layer in statistics.labels {
      lines.append("  \(layer.name): \(layer.counts.count) labels")
      let shown = top == 0 ? layer.counts[...] : layer.counts.prefix(top)
      let width = shown.map(\.label.count).max() ?? 0
      for count in shown {
        let padding = String(repeating: " ", count: width - count.label.count)
        let share = 100 * Double(count.count) / Double(max(statistics.positions, 1))
        lines.append("    \(count.label)\(padding)  \(count.count)  \(rounded(share)) %")
      }
      if shown.count < layer.counts.count {
        lines.append("    and \(layer.counts.count - shown.count) more (--top 0 shows all)")
      }
    }
    return lines.joined(separator: "\n")
  }

  private func rounded(_ number: Double) -> String {
    let tenths = Int((number * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }

  private func json(_ name: String, _ format: String, _ statistics: Corpus.Statistics) -> String {
    let lengths = statistics.lengths.sorted { $0.key < $1.key }
      .map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
    let labels = statistics.labels.map { layer in
      let counts = layer.counts.map { "\(jsonString($0.label)):\($0.count)" }
      return "\(jsonString(layer.name)):{\(counts.joined(separator: ","))}"
    }.joined(separator: ",")
    return
      "{\"file\":\(jsonString(name)),\"format\":\"\(format)\",\"records\":\(statistics.records),"
      + "\"documents\":\(statistics.documents),\"positions\":\(statistics.positions),"
      + "\"types\":\(statistics.types),\"duplicates\":\(statistics.duplicates),"
      + "\"lengths\":{\(lengths)},\"labels\":{\(labels)}}"
  }
}
