internal import ArgumentParser
internal import SeqCore
internal import SeqKit
internal import SeqPack

/// Labelling by a model instead of searching for motifs.
struct LearnedTagOptions: ParsableArguments {
  @Option(
    name: [.short, .long],
    help: """
      Label every residue by a model instead: a file, or a bundled one by name \
      (secondary-structure, membrane-topology, worm-genes).
      """)
  var model: String?

  @Option(
    help: """
      With --model, how labels are chosen: posterior (the likeliest at each residue) or viterbi \
      (the best path of the grammar). (default: the model's)
      """, transform: choice)
  var decoder: ResidueDecoder?

  @Flag(help: "With --model, write probabilities: columns of tsv, scores of gff3, bed and jsonl.")
  var probabilities = false

  func validate() throws {
    if model == nil, decoder != nil { throw ValidationError("--decoder goes with --model.") }
    if model == nil, probabilities { throw ValidationError("--probabilities goes with --model.") }
  }

  /// Opens the model; `nil` if none is asked for.
  func prepare<P: TaskPack>(
    _ format: HitFormatName?, width: Int?, toView: Bool, _ options: GlobalOptions, of pack: P.Type
  ) throws -> LearnedTag? {
    guard let name = self.model else { return nil }
    let model = try residueModel(name, of: P.self)
    let facts = model.facts
    let types = facts.names.reduce(into: [UInt8: String]()) { $0[$1.key.utf8.first!] = $1.value }
    let (labels, kind) = (model.labels, facts.encoder.kind)
    let written: any LabelFormat
    switch format ?? (toView ? .view : .threeLine) {
    case .threeLine: written = ThreeLineLabels()
    case .tsv: written = LabelTable(labels: labels, probabilities: probabilities)
    case .gff3:
      written = LabelSegmentsGFF3(
        labels: labels, types: types, kind: kind, probabilities: probabilities)
    case .bed:
      written = LabelSegmentsBED(
        labels: labels, names: types, kind: kind, probabilities: probabilities)
    case .jsonl: written = LabelLines(labels: labels, probabilities: probabilities)
    case .stockholm: written = StockholmLabels(feature: kind.isNucleic ? "label" : "SS")
    case .view:
      let fitting = max(10, (Terminal.width() - HitView.margin) / 10 * 10)
      written = LabelView(
        labels: labels, width: width ?? fitting, palette: options.console.output)
    }
    return LearnedTag(name: name, model: model, decoder: decoder, format: written)
  }
}

/// A model that is ready to label files.
struct LearnedTag {
  let name: String
  let model: ResidueModel
  let decoder: ResidueDecoder?
  let format: any LabelFormat

  /// Labels one file.
  func label(
    _ path: String, _ input: ResidueInputOptions, _ output: inout ResidueOutput,
    _ options: GlobalOptions
  ) throws {
    let source = try ByteSource(path: path)
    let kind = input.kind(of: source)
    let expected = model.facts.encoder.kind
    guard kind.isNucleic == expected.isNucleic else {
      throw ResidueModelError.kind(source: source.name, found: "\(kind)", expected: "\(expected)")
    }
    let tagging = ResidueTagging(model, decoder: decoder, format: format)
    let reader = FASTAReader(source, options: tagging.readerOptions(input.options(kind)))
    try output.begin(format.begin)
    let summary = try tagging.run(reader, to: output.sink, threads: options.threadCount)
    let console = options.console
    let used = decoder ?? model.facts.decoder
    console.note(
      "\(source.name): \(counted(summary.records, "record")), \(counted(summary.residues, "residue")) "
        + "labelled by \(name), chosen by \(used.rawValue)")
    let shares = model.labels.map { label in
      let share = Double(summary.counts[Int(label)]) / Double(max(summary.residues, 1))
      return "\(Character(Unicode.Scalar(label))) \(decimal(share * 100, 1)) %"
    }
    console.note("labels: " + shares.joined(separator: ", "))
    output.warn(reader.counts.warnings(source: source.name), on: console)
  }
}
