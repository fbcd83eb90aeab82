internal import ArgumentParser
internal import SeqCore
internal import SeqKit

/// How sequences are read.
struct ResidueInputOptions: ParsableArguments {
  @Option(
    name: [.customShort("t"), .customLong("type")],
    help: "What the letters are: auto, protein, dna or rna.")
  var type: ResidueType = .auto

  @Option(help: "Illegal letters: error, mask (by X or N) or skip.")
  var illegal: IllegalChoice = .error

  /// The options of a reader.
  var options: FASTAOptions { options(type.kind) }

  /// The options of a reader of sequences whose kind is known.
  func options(_ kind: ResidueKind?) -> FASTAOptions {
    var options = FASTAOptions()
    options.kind = kind
    options.illegal = illegal.letters
    return options
  }

  /// What the letters are: as told, or by the first of them.
  func kind(of source: ByteSource) -> ResidueKind {
    type.kind ?? FASTAReader.detectedKind(of: source)
  }
}

/// `--type`.
enum ResidueType: String, ExpressibleByArgument, CaseIterable, Sendable {
  case auto, protein, dna, rna

  var kind: ResidueKind? { ResidueKind(rawValue: rawValue) }
}

/// `--illegal`.
enum IllegalChoice: String, ExpressibleByArgument, CaseIterable, Sendable {
  case error, mask, skip

  var letters: FASTAOptions.IllegalLetters {
    switch self {
    case .error: .error
    case .mask: .mask
    case .skip: .skip
    }
  }
}

extension FASTACounts {
  /// What a user should know of how a file was read: a sentence each.
  func warnings(source: String) -> [String] {
    var sentences: [String] = []
    func add(_ count: Int, _ one: String, _ many: String) {
      if count > 0 {
        sentences.append("\(source): \(count == 1 ? one : "\(grouped(count)) \(many)")")
      }
    }
    add(
      illegalLetters, "an illegal letter was masked or skipped",
      "illegal letters were masked or skipped")
    add(
      spaces, "a space inside a sequence was passed over",
      "spaces inside sequences were passed over")
    add(
      comments, "a line that begins with ; was passed over",
      "lines that begin with ; were passed over")
    add(emptyRecords, "a record has no residue", "records have no residue")
    add(
      unnamedRecords, "a record has no name and is called unnamed_N after its number",
      "records have no name and are called unnamed_N after their numbers")
    if let first = firstDuplicate {
      let name = String(decoding: first.name, as: UTF8.self)
      add(
        duplicateNames,
        "the name \(name) at line \(grouped(first.lineNumber)) was used before",
        "names were used before, the first of them \(name) at line \(grouped(first.lineNumber))"
      )
    }
    add(
      uncomparedNames, "a name was not compared with those before it",
      "names were not compared with those before them")
    return sentences
  }
}
