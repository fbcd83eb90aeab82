internal import ArgumentParser
internal import SeqCore
internal import SeqKit
internal import SeqPack

/// How files of labelled residues are read.
struct LabeledInputOptions: ParsableArguments {
  @Option(
    help: "The files' layout: auto, 3line (header, sequence, labels) or tsv (a row a residue).")
  var layout: LabelLayout = .auto

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "GFF3 files whose features label the sequences of the FASTA files, one for each in order.",
      valueName: "gff3"))
  var annotations: [String] = []

  @Option(
    help: ArgumentHelp(
      "With --annotations, which feature types give which labels.", valueName: "TYPE=X,…"))
  var features: String?

  @Option(
    help: ArgumentHelp("With --annotations, the label of all other residues.", valueName: "X"))
  var rest = "n"

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Labels that say nothing, or none; their residues are left out.", valueName: "letters"))
  var unassessed = "-U"

  @Option(
    help: ArgumentHelp("Labels that are taken for others, as h=H,b=B.", valueName: "X=Y,…"))
  var merge: String?

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Only records with this word in their header; may be repeated, and all must be there.",
      valueName: "word"))
  var only: [String] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "A file of names, one a line: their records are left out.", valueName: "file"))
  var exclude: [String] = []

  func validate() throws {
    _ = try mergedLabels()
    if !annotations.isEmpty { _ = try featureLabels() }
    if annotations.isEmpty, features != nil {
      throw ValidationError("--features goes with --annotations.")
    }
  }

  /// `--unassessed`.
  var unassessedLabels: Set<UInt8> { unassessed == "none" ? [] : Set(unassessed.utf8) }

  /// `--merge`.
  func mergedLabels() throws -> [UInt8: UInt8] {
    try pairs(merge, option: "merge").reduce(into: [:]) { result, pair in
      guard pair.0.utf8.count == 1 else {
        throw ValidationError("--merge: \"\(pair.0)\" is no label; labels are single letters.")
      }
      result[pair.0.utf8.first!] = pair.1
    }
  }

  private func featureLabels() throws -> AnnotatedSequenceReader.Labels {
    guard let features, rest.utf8.count == 1 else {
      throw ValidationError(
        "--annotations needs --features TYPE=X,… (as CDS=C,intron=I) and --rest of one letter.")
    }
    let types = try pairs(features, option: "features")
    return .init(
      types: Dictionary(types, uniquingKeysWith: { $1 }), rest: rest.utf8.first!)
  }

  private func pairs(_ text: String?, option: String) throws -> [(String, UInt8)] {
    try (text ?? "").split(separator: ",").map { part in
      let sides = part.split(separator: "=", omittingEmptySubsequences: false)
      guard sides.count == 2, !sides[0].isEmpty, sides[1].utf8.count == 1 else {
        throw ValidationError(
          "--\(option): \"\(part)\" is not of the form NAME=X with one letter X.")
      }
      return (String(sides[0]), sides[1].utf8.first!)
    }
  }

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - index: its number among the files, for `--annotations`.
  ///   - isReference: whether `--annotations` and `--only` are about this file.
  func read(
    _ path: String, _ index: Int = 0, input: ResidueInputOptions, console: Console,
    isReference: Bool = true
  ) throws -> LabeledFile {
    let source = try ByteSource(path: path)
    let leftOut = try excludedNames()
    func isKept(_ record: LabeledResidues) -> Bool {
      let words = record.header.line.split { $0 == 0x20 || $0 == 0x09 }.map {
        String(decoding: $0, as: UTF8.self)
      }
      return (!isReference || only.allSatisfy(words.contains)) && !leftOut.contains(record.name)
    }
    if isReference, !annotations.isEmpty {
      guard index < annotations.count else {
        throw ValidationError("there are more files than --annotations; each file needs one.")
      }
      let kind = input.kind(of: source)
      var file = LabeledFile(path: path, kind: kind)
      var reader = try AnnotatedSequenceReader(
        fasta: source, annotations: try ByteSource(path: annotations[index]),
        labels: try featureLabels(), options: input.options(kind))
      while let record = try reader.next() {
        if isKept(record) { file.records.append(record) }
      }
      for (type, count) in reader.passedOver.sorted(by: { $0.key < $1.key }) {
        console.note("\(annotations[index]): \(grouped(count)) features \(type) were passed over")
      }
      return file
    }
    let file = try LabeledFile(
      source, layout: layout, kind: input.type.kind, masksIllegal: input.illegal == .mask,
      keeping: isKept)
    if file.masked > 0 {
      console.warn("\(path): \(counted(file.masked, "illegal letter")) masked")
    }
    return file
  }

  private func excludedNames() throws -> Set<String> {
    var names: Set<String> = []
    for path in exclude {
      var lines = LineReader(try ByteSource(path: path))
      while let line = try lines.next() {
        let word = line.prefix { $0 != 0x20 && $0 != 0x09 }
        if !word.isEmpty { names.insert(String(decoding: word, as: UTF8.self)) }
      }
    }
    return names
  }
}

/// The names of the bundled models for residues.
let bundledResidueModels = ["secondary-structure", "membrane-topology", "worm-genes"]

/// A model for residues: a file, or a bundled one by its name.
func residueModel<P: TaskPack>(_ name: String, of pack: P.Type) throws -> ResidueModel {
  if !name.contains("/"), !name.contains("."),
    let path = try? ResourceFinder().path(.models, name + ".safetensors", pack: P.resources)
  {
    return try ResidueModel(path: path)
  }
  do {
    return try ResidueModel(path: name)
  } catch let error where !name.contains("/") && !name.contains(".") {
    let known = bundledResidueModels
    throw ValidationError(
      "\(error) The bundled models are \(known.dropLast().joined(separator: ", ")) and \(known.last!)."
        + (nearestName(to: name, among: known).map { " Is \($0) meant?" } ?? ""))
  }
}
