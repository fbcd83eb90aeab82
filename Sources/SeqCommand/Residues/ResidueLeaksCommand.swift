internal import ArgumentParser
internal import SeqCore
internal import SeqKit
internal import SeqPack

/// `seqkit bio leaks`.
struct ResidueLeaksCommand<P: TaskPack>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "leaks",
      abstract: "List the pairs of records in two parts of a data set that share words.",
      discussion: """
        With --against, the records of FILE … are compared with those; else those of each file with \
        those of the files after it. The answer is a table: file, record, other file, other record, \
        shared words, lengths.
        """)
  }

  @Argument(help: "FASTA or three-line records, perhaps compressed.")
  var files: [String]

  @Option(parsing: .upToNextOption, help: "Files to compare those before with.")
  var against: [String] = []

  @Option(help: "How records are laid out: fasta or 3line. (default: looked at)", transform: choice)
  var layout: ResidueText.Layout?

  @Option(name: [.short, .long], help: "The file to write; - is standard output.")
  var output = "-"

  @Flag(help: "Fail if there is a pair.")
  var strict = false

  @OptionGroup var words: WordOptions
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    if against.isEmpty, files.count < 2 {
      throw ValidationError("Two files at least are compared; or name some behind --against.")
    }
  }

  func run() throws {
    let sink = try ByteSink(path: output)
    Interruption.remove(sink.temporaryPath)
    let first = try files.map { ($0, try read($0)) }
    let second = try against.map { ($0, try read($0)) }
    var text = "file\trecord\tother_file\tother_record\tshared_words\tlength\tother_length\n"
    var pairs = 0
    for (index, (file, records)) in first.enumerated() {
      for (other, others) in against.isEmpty ? Array(first[(index + 1)...]) : second {
        let leaks = SequenceLeak.between(
          records.map(\.letters), others.map(\.letters), wordLength: words.wordLength,
          minimum: words.minShared)
        for leak in leaks {
          let (a, b) = (records[leak.first], others[leak.second])
          text +=
            "\(file)\t\(a.name)\t\(other)\t\(b.name)\t\(leak.sharedWords)\t\(a.letters.count)\t"
            + "\(b.letters.count)\n"
        }
        pairs += leaks.count
        options.console.note(
          "\(file), \(other): \(grouped(leaks.count)) pairs share \(words.minShared) or more words of "
            + "\(words.wordLength) letters")
      }
    }
    try sink.write(Array(text.utf8))
    try sink.finish()
    Interruption.remove(nil)
    if strict, pairs > 0 { throw CommandFailure.leaks(pairs: pairs) }
  }

  private func read(_ path: String) throws -> [ResidueText] {
    try ResidueText.read(try ByteSource(path: path), layout: layout)
  }
}
