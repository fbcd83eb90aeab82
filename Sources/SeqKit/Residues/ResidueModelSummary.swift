internal import FoundationEssentials
internal import SeqCore

/// What a residue model says of itself.
public struct ResidueModelSummary: Codable, Hashable, Sendable {
  /// The model's name and version.
  public var name: String
  /// The version.
  public var version: String
  /// What its sequences are, what it reads of a residue, and its labels with their names.
  public var kind: String
  /// What is read of a residue.
  public var features: [String]
  /// The labels.
  public var labels: [String]
  /// What labels are called.
  public var names: [String: String]
  /// Its classes, grammar and decoding.
  public var classes: [String]
  /// The grammar, if there is one.
  public var grammar: String?
  /// How labels are chosen.
  public var decoder: String
  /// The weights of decoding, with a grammar.
  public var weights: String?
  /// Weights of the network, and how far it looks to either side.
  public var parameters: Int
  /// How far the network looks to either side.
  public var reach: Int?
  /// Training.
  public var records: Int
  /// Residues.
  public var residues: Int
  /// The training files.
  public var trainingFiles: [String]
  /// The options of training.
  public var options: [String: String]
  /// Scores from training.
  public var scores: [String: Double]
  /// The licence.
  public var licence: String
  /// Data and use.
  public var about: String

  /// Sums a model up.
  public init(_ model: ResidueModel) {
    let manifest = model.network.manifest
    let facts = model.facts
    name = manifest.name
    version = manifest.version
    kind = facts.encoder.kind.rawValue
    features = facts.encoder.groups.map(\.rawValue)
    labels = facts.labels.map { String($0) }
    names = facts.names
    classes = manifest.labels
    grammar = model.grammar?.name
    decoder = facts.decoder.rawValue
    weights = model.grammar == nil ? nil : "\(facts.weights)"
    parameters = model.network.parameterCount
    reach = model.network.shape.reach.before
    let provenance = manifest.provenance
    records = provenance.sequences
    residues = provenance.positions
    trainingFiles = provenance.trainingFiles
    options = provenance.options
    scores = provenance.scores
    licence = provenance.licence
    about = provenance.description
  }

  /// The summary as JSON, on one line.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }

  /// The summary for people.
  public func text(color: Bool = false) -> String {
    var lines: [(String, String)] = [
      ("model", name + (version.isEmpty ? "" : " " + version)), ("sequences", kind),
      ("features", features.joined(separator: ", ")),
      (
        "labels",
        labels.map { label in names[label].map { "\(label) \($0)" } ?? label }
          .joined(separator: ", ")
      ),
    ]
    if classes != labels { lines.append(("classes", classes.joined(separator: ", "))) }
    lines.append(("grammar", grammar ?? "none"))
    lines.append(("decoder", decoder + (weights.map { ", " + $0 } ?? "")))
    lines.append(
      (
        "network",
        "\(grouped(parameters)) weights, sees \(reach.map { counted($0, "residue") } ?? "all residues") to either side"
      ))
    lines.append(
      ("training", "\(counted(records, "record")), \(grouped(residues)) labelled residues"))
    lines.append(("files", trainingFiles.joined(separator: ", ")))
    lines.append(
      (
        "options",
        options.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
      ))
    for (key, value) in scores.sorted(by: { $0.key < $1.key }) {
      lines.append((key, fixed(value, decimals: 4)))
    }
    if !licence.isEmpty { lines.append(("licence", licence)) }
    if !about.isEmpty { lines.append(("about", about)) }
    return ReportTable(
      heading: [], rows: lines.map { [.init($0.0, .faint), .init($0.1)] }, leftColumns: 2
    ).text(color: color)
  }
}
