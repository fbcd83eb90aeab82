internal import ArgumentParser
internal import SeqCore
internal import SeqKit

/// `seqkit corpus clusters`.
struct CorpusClusters: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clusters",
    abstract: "Sort words into clusters by their neighbours.",
    discussion: """
      The text needs no annotation; plain text is cut into words. Words are told apart in lower \
      case and with 0 for every digit: templates look them up by cluster(normal(form[0])). The \
      result has Brown's format, BITS TAB WORD TAB COUNT, for train --clusters.
      """)

  @Argument(help: "The files; - is standard input.")
  var files: [String]

  @Option(name: [.short, .long], help: "The file to write; - is standard output.")
  var output = "-"

  @Option(help: "The number of clusters.")
  var classes = 128

  @Option(help: "Leave out words that occur less often.")
  var minCount = 3

  @OptionGroup var input: InputOptions
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    if !(2...4096).contains(classes) {
      throw ValidationError("--classes is \(classes), and must be from 2 to 4096.")
    }
    if minCount < 1 { throw ValidationError("--min-count is \(minCount), and must be 1 or more.") }
  }

  func run() throws {
    let sink = try ByteSink(path: output)
    Interruption.remove(sink.temporaryPath)
    let entries = try KnowledgeFiles.clusterEntries(
      ofTextIn: files, classes: classes, minimumCount: minCount,
      format: { source in
        let options = input.options(columns: input.columns, for: source) { ["form", "rest*"] }
        return try misuse { try Formats.format(named: input.format, for: source, options) }
      },
      report: { round, moved in
        options.console.note("round \(round): \(counted(moved, "word")) moved")
      })
    if entries.isEmpty {
      options.console.warn("no word occurs \(minCount) times or more: the file is empty")
    }
    for entry in entries {
      try sink.write(Array("\(entry.bits)\t\(entry.word)\t\(entry.count)\n".utf8))
    }
    try sink.finish()
    Interruption.remove(nil)
  }
}
