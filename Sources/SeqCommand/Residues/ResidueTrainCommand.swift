internal import ArgumentParser
internal import Glibc
internal import SeqCore
internal import SeqKit
internal import SeqPack

/// `seqkit bio train`.
struct ResidueTrainCommand<P: TaskPack>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "train", abstract: "Train a model on labelled sequences.",
      discussion: """
        Input is three lines a record (header, sequence, labels), a table with a row a residue, or \
        FASTA with the features of a GFF3 file. A small convolutional network learns the labels; a \
        grammar (--grammar topology, genes, chain, segments or a file) says which may follow which, \
        and how long they last is learnt. The model labels with `bio tag --model`.

          seqkit bio train --train train.3line.gz --dev dev.3line.gz -o my.model
          seqkit bio tag --model my.model proteins.fa
        """)
  }

  @Option(parsing: .upToNextOption, help: "Labelled files to learn from.")
  var train: [String]

  @Option(
    parsing: .upToNextOption,
    help: "Labelled files to choose the epoch by and to tune decoding on.")
  var dev: [String] = []

  @Option(name: [.short, .long], help: "The model file to write.")
  var output: String

  @OptionGroup var labels: LabeledInputOptions
  @OptionGroup var input: ResidueInputOptions

  @Option(
    help: """
      Which labels may follow which: none, chain (steps have scores), segments (lengths too), \
      topology, genes, or a grammar file.
      """)
  var grammar = "none"

  @Option(
    help: """
      What counts: residues or segments. It decides the usual decoder and what decoding is tuned \
      for. (default: as the grammar says, else residues)
      """, transform: choice)
  var metric: ResidueMetric?

  @Option(
    help: "How the model chooses labels: posterior or viterbi. (default: by --metric)",
    transform: choice)
  var decoder: ResidueDecoder?

  @Option(
    help: ArgumentHelp(
      "Weights of decoding instead of tuned ones, as content=0.5,signal=1,prior=0.5,grammar=1,within=1.",
      valueName: "NAME=W,…"))
  var weights: String?

  @Option(
    help: """
      What the network reads of a residue: one-hot, blosum62, scales, composition, 3-mers, ends, \
      separated by commas.
      """)
  var encode = "one-hot,composition,ends"

  @Option(help: "Channels of a layer.")
  var channels = 64

  @Option(help: "The distance of the three taps of each layer, separated by commas.")
  var dilations = "1,2,4,8,16"

  @Option(help: "The probability that a value is hidden while learning.")
  var dropout: Float = 0.1

  @Option(help: "Passes over the training files.")
  var epochs = 12

  @Option(help: "Adam's step size; it falls to 0 along half a cosine.")
  var rate: Float = 2e-3

  @Option(help: "Sequences a step.")
  var batch = 16

  @Option(help: "The share of each weight that is taken away in a step, times the rate.")
  var weightDecay: Float = 0.01

  @Option(
    help: ArgumentHelp(
      "What labels are called in feature tables, as H=alpha_helix.", valueName: "X=NAME,…"))
  var call: String?

  @OptionGroup var identity: ModelIdentityOptions

  @OptionGroup var seeding: SeedOptions
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    for (name, value) in [("channels", channels), ("epochs", epochs), ("batch", batch)]
    where value < 1 {
      throw ValidationError("--\(name) is \(value), and must be 1 or more.")
    }
    if !(0..<1).contains(dropout) {
      throw ValidationError("--dropout is \(dropout), and must be from 0 to below 1.")
    }
    if !(rate > 0 && rate.isFinite) {
      throw ValidationError("--rate is \(rate), and must be above 0.")
    }
    _ = try layerDistances()
    _ = try groups()
    _ = try decodingWeights()
    _ = try calledNames()
  }

  private func layerDistances() throws -> [Int] {
    let values = dilations.split(separator: ",").map { Int($0) ?? 0 }
    guard !values.isEmpty, values.allSatisfy({ (1...4096).contains($0) }) else {
      throw ValidationError(
        "--dilations is \(dilations); numbers from 1 to 4,096 are expected, as in 1,2,4,8.")
    }
    return values
  }

  private func groups() throws -> [ResidueEncoder.Group] {
    try encode.split(separator: ",").map { word in
      if let group = ResidueEncoder.Group(rawValue: String(word)) { return group }
      let known = ResidueEncoder.Group.allCases.map(\.rawValue)
      throw ValidationError(
        "--encode: \"\(word)\" is none of \(known.joined(separator: ", "))."
          + (nearestName(to: String(word), among: known).map { " Is \($0) meant?" } ?? ""))
    }
  }

  private func calledNames() throws -> [String: String] {
    try (call ?? "").split(separator: ",").reduce(into: [:]) { result, part in
      let sides = part.split(separator: "=", omittingEmptySubsequences: false)
      guard sides.count == 2, sides[0].utf8.count == 1, !sides[1].isEmpty else {
        throw ValidationError("--call: \"\(part)\" is not of the form X=NAME.")
      }
      result[String(sides[0])] = String(sides[1])
    }
  }

  private func decodingWeights() throws -> DecodingWeights? {
    guard let weights else { return nil }
    guard let result = DecodingWeights(parsing: weights) else {
      throw ValidationError(
        "--weights is \(weights); expected is content=W,signal=W,prior=W,grammar=W,within=W, any of them."
      )
    }
    return result
  }

  func run() throws {
    let console = options.console
    seeding.announce(on: console)
    let files = try train.enumerated().map {
      try labels.read($1, $0, input: input, console: console)
    }
    let development = try dev.enumerated().map {
      try labels.read($1, train.count + $0, input: input, console: console)
    }
    let kind = files[0].kind
    for file in files + development where file.kind != kind {
      throw ResidueModelError.kind(
        source: file.path, found: "\(file.kind)", expected: "\(kind)")
    }
    let records = files.flatMap(\.records)
    var training = ResidueTraining(kind: kind)
    training.unassessed = labels.unassessedLabels
    training.merged = try labels.mergedLabels()
    training.encoder.groups = try groups()
    if let fault = training.encoder.fault { throw ValidationError("--encode: \(fault).") }
    training.grammar = try residueGrammar(
      grammar, labels: labelsOccurring(in: records, training), of: P.self)
    training.metric =
      metric ?? (training.grammar?.segments.isEmpty == false ? .segments : .residues)
    training.decoder = decoder
    training.weights = try decodingWeights()
    training.channels = channels
    training.dilations = try layerDistances()
    training.dropout = dropout
    training.options.epochs = epochs
    training.options.rate = rate
    training.options.batch = batch
    training.options.weightDecay = weightDecay
    training.options.seed = seeding.seed
    training.names = try calledNames()
    training.name = identity.name(ofOutput: output)
    training.version = identity.modelVersion
    training.licence = identity.license
    training.description = identity.about
    training.threads = options.threadCount

    let epochTotal = epochs
    var display = ProgressDisplay("training", unit: "residues", console: console)
    let result = try training.run(
      on: records, development: development.flatMap(\.records), files: train,
      prepared: { data in
        console.note(
          "\(counted(data.records, "record")), \(counted(data.residues, "residue")), "
            + "\(grouped(data.unassessed)) of them unassessed; labels \(data.labels)"
            + (data.classes.count == data.labels.utf8.count
              ? "" : ", \(data.classes.count) classes"))
        console.note(
          "a network of \(grouped(data.parameters)) weights, "
            + "\(grouped(data.multiplications)) multiplications a residue")
        if data.illegal > 0 {
          console.warn(
            "\(counted(data.illegal, "record")) against the grammar, which learns nothing of them"
          )
        }
      },
      report: { epoch in
        display.update(
          .init(
            step: epoch.number, steps: epochTotal, objective: epoch.loss,
            score: epoch.score.map { ("dev", $0) }, done: epoch.positions))
        console.note(
          "epoch \(epoch.number) of \(epochTotal): loss \(decimal(epoch.loss, 4))"
            + (epoch.score.map { ", dev \(decimal($0 * 100, 2)) % of classes" } ?? ""))
        return true
      })
    if let tuned = result.tuned {
      console.note(
        "decoding tuned on dev: \(tuned.weights), score \(decimal(tuned.score, 4))")
    }
    try result.model.network.write(to: output)
    console.note(
      "\(output): weights of epoch \(result.epoch); labels are chosen by "
        + "\(result.model.facts.decoder.rawValue)")
  }

  private func labelsOccurring(
    in records: [LabeledResidues], _ training: ResidueTraining
  ) -> [UInt8] {
    var found: Set<UInt8> = []
    for record in records { found.formUnion(record.labels) }
    return Set(
      found.subtracting(training.unassessed).map { training.merged[$0] ?? $0 }
    ).sorted()
  }
}

/// `--grammar`: by its kind, a bundled name, or a file.
func residueGrammar<P: TaskPack>(
  _ name: String, labels: [UInt8], of pack: P.Type
) throws -> LabelGrammar? {
  switch name {
  case "none": return nil
  case "chain", "segments":
    return try LabelGrammar(
      parsing: LabelGrammar.chain(of: labels, longest: name == "chain" ? nil : 60), source: name)
  default:
    let path =
      name.contains("/") || name.contains(".")
      ? name : try ResourceFinder().path(.grammars, name + ".grammar", pack: P.resources)
    let text = String(decoding: try ByteSource(path: path).readAll(), as: UTF8.self)
    return try LabelGrammar(parsing: text, source: path)
  }
}
