internal import ArgumentParser
internal import SeqCore
internal import SeqKit
internal import SeqPack

/// `seqkit corpus agreement`.
struct CorpusAgreementCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "agreement",
    abstract: "Measure how far annotators agree, and list where they do not.",
    discussion: """
      Each file is one annotator's, with the same records in the same order; or one file has several \
      annotators' layers (--layers). Cohen's kappa is of two, Fleiss' kappa and Krippendorff's alpha \
      (nominal) of all; F1 of spans is given where labels tell spans. _ is no label.

      Labelled residues (header, sequence, labels) are told by their >; of frames an annotator is a \
      folder of NAME.txt with a label a frame, as groundTruth of a data set.
      """)

  @Argument(
    help: "Annotated files (folders of frames), one an annotator; or one file with --layers.")
  var files: [String]

  @Option(help: "The layer of labels. (default: the last)")
  var layer: String?

  @Option(help: "The annotators' layers of one file, such as anna,ben.")
  var layers: String?

  @Option(help: "A pack whose reader is used: a name or a folder.")
  var pack: String?

  @Option(help: "Disagreements to list; 0 for all.")
  var top = 20

  @OptionGroup var input: InputOptions
  @OptionGroup var answer: JSONOptions
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    let count = layers.map { InputOptions.names($0).count } ?? files.count
    if count < 2 {
      throw ValidationError(
        "agreement is between two annotators or more: two files, or --layers a,b.")
    }
    if layers != nil, files.count != 1 {
      throw ValidationError(
        "--layers names annotators of one file; \(counted(files.count, "file")) are given.")
    }
  }

  func run() throws {
    let agreement = try CorpusAgreement(annotators())
    let names = agreement.names
    var pairs: [(String, String, observed: Double?, kappa: Double?, f1: Double?)] = []
    for a in names.indices {
      for b in names.indices.dropFirst(a + 1) {
        pairs.append(
          (
            names[a], names[b], Agreement.observed(agreement.labels[a], agreement.labels[b]),
            Agreement.cohensKappa(agreement.labels[a], agreement.labels[b]),
            agreement.tellSpans
              ? Agreement.spanF1(agreement.spans[a], agreement.spans[b]) : nil
          ))
      }
    }
    let fleiss = Agreement.fleissKappa(agreement.labels)
    let alpha = Agreement.krippendorffsAlpha(agreement.labels)
    let shown = agreement.disagreements.prefix(top == 0 ? .max : top)
    if answer.json {
      func number(_ value: Double?) -> String { value.map { decimal($0, 6) } ?? "null" }
      print(
        "{\"records\":\(agreement.records),\"positions\":\(agreement.positions),"
          + "\"disagreements\":\(agreement.disagreements.count),\"fleiss_kappa\":\(number(fleiss)),"
          + "\"krippendorff_alpha\":\(number(alpha)),\"pairs\":["
          + pairs.map {
            "{\"a\":\(jsonString($0.0)),\"b\":\(jsonString($0.1)),\"observed\":\(number($0.observed)),"
              + "\"cohen_kappa\":\(number($0.kappa)),\"span_f1\":\(number($0.f1))}"
          }.joined(separator: ",") + "]}")
      for entry in shown {
        let labels = entry.labels.map { $0.map(jsonString) ?? "null" }.joined(separator: ",")
        print(
          "{\"file\":\(jsonString(entry.place.source)),\"line\":\(entry.place.line),"
            + "\"position\":\(entry.position),\"text\":\(jsonString(entry.text)),"
            + "\"labels\":[\(labels)]}")
      }
      return
    }
    func score(_ value: Double?) -> String { value.map { decimal($0, 4) } ?? "–" }
    print("\(counted(agreement.records, "record")), \(counted(agreement.positions, "position"))")
    print("Fleiss' kappa         \(score(fleiss))")
    print("Krippendorff's alpha  \(score(alpha))")
    for pair in pairs {
      print(
        "\(pair.0) and \(pair.1): observed \(score(pair.observed)), Cohen's kappa \(score(pair.kappa))"
          + (agreement.tellSpans ? ", F1 of spans \(score(pair.f1))" : ""))
    }
    guard !shown.isEmpty else { return }
    print("\n\(counted(agreement.disagreements.count, "position")) with different labels")
    for entry in shown {
      let labels = entry.labels.map { $0 ?? "–" }.joined(separator: " / ")
      print("  \(entry.place) position \(entry.position + 1): \(entry.text)  \(labels)")
    }
    let rest = agreement.disagreements.count - shown.count
    if rest > 0 { print("  … and \(grouped(rest)) more (--top)") }
  }

  private func annotators() throws -> [(name: String, records: [Record], layer: String)] {
    let pack = try pack.map { try OpenPack(namedPack($0)) }
    func records(_ file: String) throws -> [Record] {
      let (source, format) =
        try pack.map { try input.open(file, for: $0) } ?? input.open(file)
      var reader = RecordReader(source, as: format)
      var records: [Record] = []
      while let record = try reader.next() { records.append(record) }
      return records
    }
    func lastLayer(_ records: [Record]) throws -> String {
      if let layer { return layer }
      let first = records.first { $0.count > 0 }
      guard let name = first?.spanLayers.last?.name ?? first?.layers.last?.name else {
        throw ValidationError("which layer has the labels? Name it by --layer.")
      }
      return name
    }
    if let layers {
      let found = try records(files[0])
      return InputOptions.names(layers).map { ($0, found, $0) }
    }
    return try files.map { file in
      switch pack == nil ? try LabelledSequences.material(of: file) : .words {
      case .frames:
        return (file, try LabelledSequences.frames(inFolder: file), LabelledSequences.layer)
      case .residues:
        let found = try LabeledFile(try ByteSource(path: file)).records
        return (
          file, found.map { LabelledSequences.record($0, of: file) }, LabelledSequences.layer
        )
      case .words, .spans:
        let found = try records(file)
        return (file, found, try lastLayer(found))
      }
    }
  }
}
