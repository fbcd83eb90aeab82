public import SeqCore
public import SeqFormats

/// Several annotators' labels of the same records.
public struct CorpusAgreement: Sendable {
  /// The annotators' names, such as their files.
  public let names: [String]
  /// [annotator][position], through all records.
  public private(set) var labels: [[Int?]]
  /// Each annotator's spans, with positions through all records; empty if labels are of positions.
  public private(set) var spans: [[Segment]]
  /// Whether labels tell spans.
  public let tellSpans: Bool
  /// The positions on which not all agree.
  public private(set) var disagreements: [Disagreement] = []
  /// The number of positions and records.
  public private(set) var positions = 0
  /// The number of records.
  public private(set) var records = 0

  /// A position and what each annotator says.
  public struct Disagreement: Hashable, Sendable {
    /// The record's place.
    public var place: Place
    /// The position in the record, from 0, and its text.
    public var position: Int
    /// The text, empty if the record has none.
    public var text: String
    /// The labels, one an annotator; `nil` for none.
    public var labels: [String?]
  }

  /// Annotators whose records are not the same.
  public enum Fault: Error, Hashable, CustomStringConvertible {
    /// One has more records.
    case records(first: String, count: Int, second: String, other: Int)
    /// A record has other positions.
    case positions(first: Place, second: Place, what: String)
    /// No layer.
    case layer(Place, name: String, known: [String])

    /// The sentence for the user.
    public var description: String {
      switch self {
      case .records(let first, let count, let second, let other):
        "\(first) has \(count) records and \(second) has \(other); agreement needs the same ones."
      case .positions(let first, let second, let what):
        "\(first) and \(second): \(what); agreement needs the same positions."
      case .layer(let place, let name, let known):
        "\(place): there is no layer \(name); there are \(known.joined(separator: ", "))."
      }
    }
  }

  /// Compares annotators.
  ///
  /// - Parameters:
  ///   - annotators: each with a name, the records, and the layer of its labels. `_` and an empty
  ///     value are no label.
  ///   - spans: whether labels tell spans; `nil` to see by the labels.
  /// - Throws: `Fault` where records differ in more than labels.
  public init(
    _ annotators: [(name: String, records: [Record], layer: String)], spans: Bool? = nil
  ) throws {
    precondition(annotators.count >= 2, "Agreement is between two or more.")
    names = annotators.map(\.name)
    let first = annotators[0]
    for other in annotators.dropFirst() where other.records.count != first.records.count {
      throw Fault.records(
        first: first.name, count: first.records.count, second: other.name,
        other: other.records.count)
    }
    let texts = try annotators.map { annotator in
      try annotator.records.map { try Self.labels(of: $0, annotator.layer) }
    }
    let all = Set(texts.flatMap { $0.flatMap { $0 } })
    tellSpans = spans ?? LabelSets.tellSpans(all.filter { !$0.isEmpty })
    var numbers: [String: Int] = [:]
    for name in all.sorted() { numbers[name] = numbers.count }
    labels = annotators.map { _ in [] }
    self.spans = annotators.map { _ in [] }
    // One for all, so that types have the same numbers.
    var reader = SpanLabelReader(scheme: nil)
    records = first.records.count
    for index in first.records.indices {
      let record = first.records[index]
      for other in annotators.dropFirst() {
        try Self.compare(record, other.records[index])
      }
      let forms = record.strings("form")
      for (annotator, found) in texts.enumerated() {
        let values = found[index]
        labels[annotator] += values.map { $0 == "_" || $0.isEmpty ? nil : numbers[$0] }
        if tellSpans {
          let start = positions
          self.spans[annotator] += Self.segments(values, &reader).map {
            Segment(start: $0.start + start, end: $0.end + start, label: $0.label)
          }
        }
      }
      for position in 0..<record.count {
        let said = texts.map { $0[index][position] }
        guard Set(said).count > 1 else { continue }
        disagreements.append(
          Disagreement(
            place: Place(record.provenance), position: position, text: forms?[position] ?? "",
            labels: said.map { $0 == "_" || $0.isEmpty ? nil : $0 }))
      }
      positions += record.count
    }
  }

  /// A record's labels: those of a layer of values, or those that a layer of spans makes.
  private static func labels(of record: Record, _ layer: String) throws -> [String] {
    if let labels = record.strings(layer) { return labels }
    if let spans = record.spanLayers.first(where: { $0.name == layer }) {
      var labels = [String](repeating: "O", count: record.count)
      for span in spans.spans where !span.positions.isEmpty {
        for position in span.positions {
          let letter = position == span.positions.lowerBound ? "B-" : "I-"
          labels[position] = letter + spans.typeName(of: span)
        }
      }
      return labels
    }
    if record.count == 0 { return [] }
    throw Fault.layer(
      Place(record.provenance), name: layer,
      known: record.layers.map(\.name) + record.spanLayers.map(\.name))
  }

  private static func compare(_ a: Record, _ b: Record) throws {
    let (here, there) = (Place(a.provenance), Place(b.provenance))
    guard a.count == b.count else {
      throw Fault.positions(
        first: here, second: there, what: "one has \(a.count) positions, the other \(b.count)")
    }
    guard let forms = a.strings("form"), let others = b.strings("form") else { return }
    if let position = forms.indices.first(where: { forms[$0] != others[$0] }) {
      throw Fault.positions(
        first: here, second: there,
        what:
          "position \(position + 1) is \(forms[position]) in one and \(others[position]) in the other"
      )
    }
  }

  /// Spans as conlleval reads labels.
  private static func segments(
    _ labels: [String], _ reader: inout SpanLabelReader
  ) -> [Segment] {
    let tags = labels.map { reader.tag($0 == "_" || $0.isEmpty ? "O" : $0) ?? .outside }
    return TaggingScheme.bioes.segments(of: tags)
  }
}
