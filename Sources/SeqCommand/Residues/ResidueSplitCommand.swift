internal import ArgumentParser
internal import SeqCore
internal import SeqKit
internal import SeqPack

/// How words of sequences are compared.
struct WordOptions: ParsableArguments {
  @Option(
    name: [.customShort("k"), .long],
    help: ArgumentHelp("Letters of a word that counts as a leak.", valueName: "letters"))
  var wordLength = 20

  @Option(help: "Different words that two records must share to be reported.")
  var minShared = 1

  func validate() throws {
    if !(1...1000).contains(wordLength) {
      throw ValidationError("--word-length is \(wordLength), and must be 1 to 1000.")
    }
    if minShared < 1 {
      throw ValidationError("--min-shared is \(minShared), and must be positive.")
    }
  }
}

/// `seqkit bio split`.
struct ResidueSplitCommand<P: TaskPack>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "split",
      abstract: "Deal relatives out together to train, dev and test, or to folds.",
      discussion: """
        Records of FASTA or of three lines (header, sequence, labels) go to PREFIX.train.ENDING, \
        PREFIX.dev.ENDING and PREFIX.test.ENDING, or PREFIX.fold0.ENDING and so on, whole and in \
        their order. Clusters are never cut: those of a file by MMseqs2 or CD-HIT, or else of our \
        own, after which no two records of different parts share --cluster-shared words of \
        --cluster-word letters. That finds close relatives; clusters at 30 % identity or less need \
        one of those programs. What parts still have in common is reported (bio leaks).
        """)
  }

  @Argument(help: "FASTA or three-line records, perhaps compressed; - is standard input.")
  var file: String

  @Option(name: [.short, .long], help: "What the names of the parts begin with.")
  var output: String?

  @Option(help: "Parts of all residues, for train, dev and test; a part of 0 is not written.")
  var fractions = "0.8,0.1,0.1"

  @Option(help: "As many parts of one size, for cross-validation, instead of --fractions.")
  var folds: Int?

  @Option(help: "Clusters: MMseqs2's table (representative, member) or CD-HIT's .clstr.")
  var clusters: String?

  @Option(help: "Letters of a word of our own clusters. (default: 6, nucleotides 16)")
  var clusterWord: Int?

  @Option(help: "Shared words that put two records into one cluster.")
  var clusterShared = 3

  @Option(help: "How records are laid out: fasta or 3line. (default: looked at)", transform: choice)
  var layout: ResidueText.Layout?

  @Option(help: "A table of every record's cluster and part; - is standard output.")
  var report: String?

  @OptionGroup var words: WordOptions
  @OptionGroup var seeding: SeedOptions
  @OptionGroup var answer: JSONOptions
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    if let folds, !(2...1000).contains(folds) {
      throw ValidationError("--folds is \(folds), and must be 2 to 1000.")
    }
    if let clusterWord, !(1...1000).contains(clusterWord) {
      throw ValidationError("--cluster-word is \(clusterWord), and must be 1 to 1000.")
    }
    if clusterShared < 1 {
      throw ValidationError("--cluster-shared is \(clusterShared), and must be positive.")
    }
  }

  func run() throws {
    let console = options.console
    let numbers = try partFractions(fractions)
    let source = try ByteSource(path: file)
    let records = try ResidueText.read(source, layout: layout)
    let letters = records.map(\.letters)
    let clusters = try clusters(of: records, letters, console)
    let names = folds.map { (0..<$0).map { "fold\($0)" } } ?? ["train", "dev", "test"]
    let wanted = folds.map { [Double](repeating: 1, count: $0) } ?? numbers
    let parts = ClusterSplit.parts(
      clusters: clusters, sizes: letters.map(\.count), fractions: wanted, seed: seeding.seed)
    console.note(
      "\(source.name): \(counted(records.count, "record")) (\(records.first?.layout.rawValue ?? "fasta")) in "
        + "\(counted(Set(clusters).count, "cluster"))")
    let files = PartNames(
      of: file, prefix: output, usual: records.first?.layout == .threeLine ? ".3line" : ".fasta")
    let total = Double(max(letters.reduce(0) { $0 + $1.count }, 1))
    var lines: [String] = []
    for part in wanted.indices where wanted[part] > 0 {
      let chosen = records.indices.filter { parts[$0] == part }
      let sink = try ByteSink(path: files.name(of: names[part]))
      Interruption.remove(sink.temporaryPath)
      var output: [UInt8] = []
      for index in chosen { records[index].encode(into: &output) }
      try sink.write(output)
      try sink.finish()
      Interruption.remove(nil)
      let residues = chosen.reduce(0) { $0 + letters[$1].count }
      let count = Set(chosen.map { clusters[$0] }).count
      let share = Double(residues) / total
      console.note(
        "\(sink.name): \(counted(chosen.count, "record")), \(counted(count, "cluster")), "
          + "\(counted(residues, "residue")) (\(decimal(100 * share, 1)) %)")
      if abs(share - wanted[part] / wanted.reduce(0, +)) > 0.05 {
        console.warn(
          "\(sink.name) was to have \(decimal(100 * wanted[part] / wanted.reduce(0, +), 1)) % of the residues; "
            + "its clusters are too large for that")
      }
      lines.append(
        "{\"part\":\(jsonString(names[part])),\"file\":\(jsonString(sink.name)),\"records\":"
          + "\(chosen.count),\"clusters\":\(count),\"residues\":\(residues)}\n")
    }
    let leaks = leaks(letters, parts, wanted.count)
    console.note(
      "words of \(words.wordLength) letters in two parts: "
        + (leaks == 0 ? "none" : "\(grouped(leaks)) pairs of records; `bio leaks` lists them"))
    console.note("seed \(seeding.seed)")
    if answer.json {
      lines.append("{\"leaks\":\(leaks),\"word_length\":\(words.wordLength)}\n")
      write(lines.joined(), to: 1)
    }
    if let report { try writeReport(report, records, clusters, parts, names) }
  }

  /// The cluster of each record: of the file, or our own.
  private func clusters(
    of records: [ResidueText], _ letters: [[UInt8]], _ console: Console
  ) throws -> [Int] {
    guard let clusters else {
      var counts = [Int](repeating: 0, count: 256)
      for sequence in letters.prefix(1000) { for byte in sequence { counts[Int(byte)] += 1 } }
      let isNucleic = ResidueKind.suggested(by: counts).isNucleic
      return WordClusters.clusters(
        of: letters, wordLength: clusterWord ?? (isNucleic ? 16 : 6), minimum: clusterShared,
        distinctLetters: isNucleic ? 3 : 4)
    }
    let source = try ByteSource(path: clusters)
    let matching = ClusterNames(records.map(\.name))
    let result = matching.assign(try ClusterFile.read(source))
    if result.unknown > 0 {
      console.warn("\(clusters): names of no record: \(grouped(result.unknown))")
    }
    if result.ambiguous > 0 {
      console.warn(
        "\(clusters): names cut so that several records have them: \(grouped(result.ambiguous)); "
          + "`cd-hit -d 0` keeps names")
    }
    if result.alone > 0 {
      console.warn(
        "\(clusters): records in no cluster, each one of its own: \(grouped(result.alone))")
    }
    return result.clusters
  }

  /// Pairs of records of different parts that share words.
  private func leaks(_ letters: [[UInt8]], _ parts: [Int], _ count: Int) -> Int {
    var pairs = 0
    let sorted = (0..<count).map { part in
      letters.indices.filter { parts[$0] == part }.map { letters[$0] }
    }
    for second in 1..<max(count, 2) where second < count {
      pairs +=
        SequenceLeak.between(
          sorted[..<second].flatMap { $0 }, sorted[second], wordLength: words.wordLength,
          minimum: words.minShared
        ).count
    }
    return pairs
  }

  private func writeReport(
    _ path: String, _ records: [ResidueText], _ clusters: [Int], _ parts: [Int], _ names: [String]
  ) throws {
    let sink = try ByteSink(path: path)
    try sink.write(Array("record\tcluster\tpart\n".utf8))
    for (index, record) in records.enumerated() {
      try sink.write(
        Array(record.header.name) + "\t\(clusters[index])\t\(names[parts[index]])\n".utf8)
    }
    try sink.finish()
  }
}
