/// What was put into documents, and what could not be.
public struct WriteReport: Hashable, Sendable, CountedReport {
  /// Changes of files, each a place.
  public var edits = 0
  /// Words that were given an element.
  public var newWords = 0
  /// Existing words that were given attributes.
  public var annotatedWords = 0
  /// Sentences that were given an element.
  public var sentences = 0
  /// Names that were given an element.
  public var names = 0
  /// Annotations that were written apart from the text.
  public var apart = 0
  /// Elements that were given an identifier, to be pointed at.
  public var newIDs = 0
  /// Words, sentences and names in several parts.
  public var split = 0
  /// Annotation that stood there already.
  public var kept = 0
  /// Left out because the text comes from part of an entity or a CDATA section.
  public var inEntities = 0
  /// Left out because nothing may be inserted there.
  public var notAllowed = 0
  /// Left out because no element can be given the identifier that a pointer needs.
  public var unreachable = 0
  /// Names left out because they cross tags, or other names.
  public var overlapping = 0

  /// Nothing yet.
  public init() {}

  static var counts: [ReportCount<WriteReport>] {
    [
      .init(\.edits, "edits"), .init(\.newWords, "newWords"),
      .init(\.annotatedWords, "annotatedWords"), .init(\.sentences, "sentences"),
      .init(\.names, "names"), .init(\.split, "split"),
      .init(\.apart, "apart", "annotations apart from the text"),
      .init(\.newIDs, "newIDs", "elements given an identifier"),
      .init(\.kept, "kept", "kept as they were: annotation that stood there already"),
      .init(
        \.inEntities, "inEntities",
        "left out: their text comes from part of an entity or a CDATA section (--standoff writes them)"
      ),
      .init(\.notAllowed, "notAllowed", "left out: nothing may be inserted there"),
      .init(
        \.unreachable, "unreachable", "left out: no element there can be given an identifier"),
      .init(\.overlapping, "overlapping", "names left out: they cross tags or other names"),
    ]
  }

  /// Adds another part.
  public mutating func add(_ other: WriteReport) { addCounts(of: other) }

  /// The report as a JSON object.
  public var json: String { "{\(countMembers)}" }

  /// The report for a person.
  public var lines: [String] {
    [
      "\(edits) insertions: \(newWords) new words, \(annotatedWords) existing words annotated, "
        + "\(sentences) sentences, \(names) names; \(split) in several parts"
    ] + countLines
  }
}
