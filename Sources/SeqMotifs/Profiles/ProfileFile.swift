internal import SeqCore

/// Reads and writes profiles in HMMER's text format, versions 3/a to 3/f
/// (`Docs/Formats/profiles.md`), in which Pfam and other collections come.
///
/// Our calibration stands in a comment (`COM`), which HMMER passes over.
public enum ProfileFile {
  /// The profiles of a file, in its order. Those of other programs are not calibrated.
  ///
  /// - Throws: `MotifError.libraryLine` with the line, or `.noMotifs`.
  public static func read(_ bytes: [UInt8], source: String) throws -> [ProfileModel] {
    let text = String(decoding: bytes, as: UTF8.self)
    var reader = ProfileReader(source: source)
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      try reader.take(line)
    }
    try reader.endFile()
    if reader.models.isEmpty {
      throw MotifError.noMotifs(
        source: source, hint: "Profiles of HMMER 3 and of `bio profile` begin with HMMER3/.")
    }
    return reader.models
  }

  /// The text of a profile.
  public static func text(of model: ProfileModel) -> String {
    let letters = model.alphabet.letters.map { String(Unicode.Scalar($0)) }
    var text = "HMMER3/f [seqkit bio profile]\nNAME  \(model.label.name)\n"
    if !model.label.summary.isEmpty { text += "DESC  \(model.label.summary)\n" }
    text += "LENG  \(model.length)\n"
    text += "ALPH  \(model.kind == .protein ? "amino" : model.kind == .rna ? "RNA" : "DNA")\n"
    text += "RF    no\nMM    no\nCONS  yes\nCS    no\nMAP   no\n"
    if model.sequenceCount > 0 {
      text += "NSEQ  \(model.sequenceCount)\nEFFN  \(decimals(model.effectiveCount, 6))\n"
    }
    if let calibration = model.calibration {
      for (name, gumbel) in [("viterbi", calibration.viterbi), ("forward", calibration.forward)] {
        text +=
          "COM   [1] seqkit glocal \(name) location \(decimals(gumbel.location, 6)) decay "
          + "\(decimals(gumbel.decay, 6)) length \(calibration.length)\n"
      }
    }
    func column(_ value: Double) -> String {
      let number = value > 0 ? decimals(-logarithm(value), 5) : "*"
      return String(repeating: " ", count: max(1, 9 - number.count)) + number
    }
    func row(_ values: [Double]) -> String { values.map(column).joined() }
    text +=
      "HMM     "
      + letters.map { String(repeating: " ", count: 8) + $0 }.joined()
      + "\n" + String(repeating: " ", count: 8)
      + ["m->m", "m->i", "m->d", "i->m", "i->i", "d->m", "d->d"].map { "     " + $0 }.joined()
      + "\n"
    let margin = String(repeating: " ", count: 8)
    text += margin + row(model.inserts[0]) + "\n" + margin + row(model.transitions[0].values) + "\n"
    let consensus = model.consensus
    for node in 0..<model.length {
      let number = String(node + 1)
      text +=
        String(repeating: " ", count: 7 - min(number.count, 7)) + number + " "
        + row(model.matches[node]) + "      - " + String(Unicode.Scalar(consensus[node]))
        + " - - -\n"
      text += margin + row(model.inserts[node + 1]) + "\n"
      text += margin + row(model.transitions[node + 1].values) + "\n"
    }
    return text + "//\n"
  }

  /// A number with a fixed count of decimals.
  private static func decimals(_ value: Double, _ places: Int) -> String {
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    let scaled = Int((abs(value) * scale).rounded())
    let fraction = String(scaled % Int(scale))
    return (value < 0 && scaled > 0 ? "-" : "") + "\(scaled / Int(scale))."
      + String(repeating: "0", count: places - fraction.count) + fraction
  }
}

/// Collects the lines of one profile after another.
private struct ProfileReader {
  let source: String
  private(set) var models: [ProfileModel] = []
  private var line = 0

  private enum Place {
    case outside, heading, steps
    /// Rows of numbers, so many until now.
    case rows(Int)
  }
  private var place = Place.outside
  private var label = MotifLabel(name: "")
  private var kind: ResidueKind?
  private var length: Int?
  private var counts = (sequences: 0, effective: 0.0)
  private var gumbels: [String: ProfileCalibration.Gumbel] = [:]
  private var calibrationLength = 0
  private var matches: [[Double]] = []
  private var inserts: [[Double]] = []
  private var transitions: [ProfileModel.Transitions] = []

  init(source: String) { self.source = source }

  private func fault(_ problem: String) -> MotifError {
    .libraryLine(source: source, line: line, problem: problem)
  }

  mutating func take(_ text: Substring) throws {
    line += 1
    let words = text.split { $0 == " " || $0 == "\t" }
    guard let first = words.first else { return }
    switch place {
    case .outside:
      guard first.hasPrefix("HMMER3/") else {
        throw fault(
          "\"\(first.prefix(20))\" where HMMER3/ was expected, with which profiles begin.")
      }
      place = .heading
    case .heading: try takeHeading(first, words)
    case .steps: place = .rows(0)
    case .rows(let count): try takeRow(count, words)
    }
  }

  mutating func endFile() throws {
    if case .outside = place { return }
    throw fault("the file ends inside a profile; // is missing. Was it copied completely?")
  }

  private mutating func takeHeading(_ first: Substring, _ words: [Substring]) throws {
    switch first {
    case "NAME" where words.count > 1: label.name = String(words[1])
    case "DESC": label.summary = words.dropFirst().joined(separator: " ")
    case "LENG":
      guard words.count > 1, let number = Int(words[1]), (1...1_000_000).contains(number) else {
        throw fault("LENG needs the number of columns.")
      }
      length = number
    case "ALPH" where words.count > 1:
      switch words[1].lowercased() {
      case "amino": kind = .protein
      case "dna": kind = .dna
      case "rna": kind = .rna
      default: throw fault("the alphabet is \(words[1]); amino, DNA and RNA are read.")
      }
    case "NSEQ" where words.count > 1: counts.sequences = Int(words[1]) ?? 0
    case "EFFN" where words.count > 1: counts.effective = Double(words[1]) ?? 0
    case "COM" where words.count == 11 && words[2] == "seqkit" && words[3] == "glocal":
      if let location = Double(words[6]), let decay = Double(words[8]), decay > 0,
        let length = Int(words[10]), length > 0
      {
        gumbels[String(words[4])] = .init(location: location, decay: decay)
        calibrationLength = length
      }
    case "HMM":
      guard let kind, length != nil else { throw fault("LENG and ALPH stand before HMM.") }
      let letters = ProfileAlphabet(kind).letters.map { String(Unicode.Scalar($0)) }
      guard words.dropFirst().map({ $0 == "U" ? "T" : String($0) }) == letters else {
        throw fault("the columns are not \(letters.joined(separator: " ")).")
      }
      place = .steps
    case "//": throw fault("the profile ends without a table.")
    default: break
    }
  }

  private mutating func takeRow(_ count: Int, _ words: [Substring]) throws {
    guard let kind, let length else { return }
    let K = ProfileAlphabet(kind).count
    // The mean composition, which a file may have, is not needed.
    if count == 0, words[0] == "COMPO" { return }
    if words[0] == "//" {
      guard matches.count == length else {
        throw fault("\(matches.count) columns where LENG says \(length).")
      }
      try endModel(kind)
      return
    }
    // Node 0 has inserts and steps; each column a row of matches before them.
    let node = (count + 1) / 3
    switch (count + 1) % 3 {
    case 0:
      guard Int(words[0]) == node else {
        throw fault("\"\(words[0])\" where column \(node) was expected.")
      }
      matches.append(try probabilities(words.dropFirst().prefix(K), K, sumsToOne: true))
    case 1: inserts.append(try probabilities(words[...], K, sumsToOne: true))
    default:
      let values = try probabilities(words[...], 7, sumsToOne: false)
      transitions.append(.init(values))
    }
    place = .rows(count + 1)
  }

  /// Numbers −ln p, or `*` for p = 0.
  private func probabilities(
    _ words: ArraySlice<Substring>, _ count: Int, sumsToOne: Bool
  ) throws -> [Double] {
    let values = words.compactMap { word -> Double? in
      if word == "*" { return 0 }
      guard let number = Double(word), number >= 0, number.isFinite else { return nil }
      return exponential(-number)
    }
    guard values.count == count, words.count == count else {
      throw fault("\(count) numbers (−ln of probabilities, or *) are expected.")
    }
    let sum = values.reduce(0, +)
    guard sumsToOne else { return values }
    // Five decimals are given.
    guard abs(sum - 1) < 0.01 else {
      throw fault("probabilities that sum to \(sum), not to 1.")
    }
    return values.map { $0 / sum }
  }

  private mutating func endModel(_ kind: ResidueKind) throws {
    if label.name.isEmpty { label.name = "profile\(models.count + 1)" }
    var model = ProfileModel(
      label: label, kind: kind, matches: matches, inserts: inserts, transitions: transitions)
    model.sequenceCount = counts.sequences
    model.effectiveCount = counts.effective
    if let viterbi = gumbels["viterbi"], let forward = gumbels["forward"] {
      model.calibration = .init(viterbi: viterbi, forward: forward, length: calibrationLength)
    }
    models.append(model)
    (matches, inserts, transitions) = ([], [], [])
    (label, length, self.kind, gumbels) = (MotifLabel(name: ""), nil, nil, [:])
    counts = (0, 0)
    place = .outside
  }
}
