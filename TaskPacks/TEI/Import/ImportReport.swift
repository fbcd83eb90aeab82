internal import SeqCore

/// What an import read, and every decision by which something of the document is not in its output.
///
/// Bytes of text are counted without white space: what came in is what was imported, and what rules
/// left out, and what is reported (``isBalanced``).
public struct ImportReport: Hashable, Sendable, CountedReport {
  /// Files that were read to their end.
  public var files = 0
  /// Documents (`TEI` elements).
  public var documents = 0
  /// Segments: paragraphs, verse lines, sentences, notes, ….
  public var segments = 0
  /// Sentences that were written.
  public var sentences = 0
  /// Tokens that the documents mark.
  public var markedTokens = 0
  /// Tokens that were written.
  public var tokens = 0
  /// Names by label.
  public var names: [String: Int] = [:]
  /// Passages whose words are marked, by label.
  public var marks: [String: Int] = [:]

  /// Bytes of text, without white space, that came from the parser.
  public var bytesIn = 0
  /// Of these, the bytes that stand in segments.
  public var bytesImported = 0
  /// The bytes that a rule left out, by element.
  public var bytesExcluded: [String: Int] = [:]
  /// The bytes of hyphens left out before borders.
  public var hyphenBytes = 0

  /// Readings that were not chosen and are kept beside the words.
  public var readings = 0
  /// Readings that have no place there, because nothing was read instead, or text of several segments.
  public var unplacedReadings = 0
  /// Words joined over a border, and those that lost a hyphen by it.
  public var joins = 0
  /// Plain hyphens before a border and a small letter.
  public var ambiguousHyphens = 0
  /// Names whose edges lie inside a token; they were widened to whole tokens.
  public var movedEdges = 0
  /// Names with text between their parts.
  public var discontinuousNames = 0
  /// Names that cross others, left out by a format that holds nested ones alone.
  public var crossingNames = 0
  /// Names left out because they overlap others and nested ones were not wanted.
  public var flattenedNames = 0
  /// Name elements without text.
  public var emptyNames = 0
  /// Names that a block border cut.
  public var cutNames = 0
  /// Token elements without text.
  public var emptyTokens = 0
  /// Elements that no rule is for, by name; their text belongs to what is around them.
  public var unknownElements: [String: Int] = [:]
  /// Inclusions that were not followed.
  public var skippedInclusions = 0
  /// Pointers whose target is not in the text.
  public var unresolvedPointers = 0
  /// Pointers to more than one segment.
  public var crossingPointers = 0
  /// Annotations apart from the text of a kind that is not imported, such as semantic roles.
  public var otherAnnotations = 0
  /// Values apart from the text for something that is no token.
  public var unplacedValues = 0
  /// References to undeclared entities that were kept or dropped.
  public var undeclaredEntities = 0
  /// Unbound prefixes let pass.
  public var unboundPrefixes = 0
  /// Identifiers that occur twice.
  public var duplicateIDs = 0
  /// Identifiers that are no XML names.
  public var invalidIDs = 0
  /// Messages with places, a cause each; no more than some.
  public var warnings: [String] = []

  /// Nothing yet.
  public init() {}

  /// Whether every byte that came in is accounted for.
  public var isBalanced: Bool {
    bytesIn == bytesImported + bytesExcluded.values.reduce(0, +) + hyphenBytes
  }

  /// The number of warnings that are kept.
  static let warningLimit = 50

  static var counts: [ReportCount<ImportReport>] {
    [
      .init(\.files, "files"), .init(\.documents, "documents"), .init(\.segments, "segments"),
      .init(\.sentences, "sentences"), .init(\.tokens, "tokens"),
      .init(\.markedTokens, "markedTokens"), .init(\.bytesIn, "bytesIn"),
      .init(\.bytesImported, "bytesImported"), .init(\.hyphenBytes, "hyphenBytes"),
      .init(\.readings, "readings", "other readings kept beside the words"),
      .init(
        \.unplacedReadings, "unplacedReadings",
        "other readings left out because no word of one segment stands for them"),
      .init(\.joins, "joins", "words joined over a border"),
      .init(
        \.ambiguousHyphens, "ambiguousHyphens",
        "plain hyphens before a border and a small letter (--hyphen auto joins)"),
      .init(
        \.movedEdges, "movedEdges", "names with an edge inside a token, widened to whole tokens"),
      .init(\.discontinuousNames, "discontinuousNames", "discontinuous names"),
      .init(
        \.crossingNames, "crossingNames", "names left out because they cross others and cannot nest"
      ),
      .init(
        \.flattenedNames, "flattenedNames", "names left out because they overlap others (--nested)"),
      .init(\.emptyNames, "emptyNames", "name elements without text"),
      .init(\.cutNames, "cutNames", "names cut at a block border"),
      .init(\.emptyTokens, "emptyTokens", "token elements without text"),
      .init(\.skippedInclusions, "skippedInclusions", "inclusions (xi:include) not followed"),
      .init(\.unresolvedPointers, "unresolvedPointers", "pointers without a target in the text"),
      .init(\.crossingPointers, "crossingPointers", "pointers to more than one segment"),
      .init(
        \.otherAnnotations, "otherAnnotations",
        "annotations apart from the text of a kind that is not imported"),
      .init(
        \.unplacedValues, "unplacedValues",
        "values apart from the text for what the document does not mark as a token"),
      .init(\.undeclaredEntities, "undeclaredEntities", "references to undeclared entities"),
      .init(
        \.unboundPrefixes, "unboundPrefixes", "elements or attributes with an unbound prefix"),
      .init(\.duplicateIDs, "duplicateIDs", "identifiers that occur twice"),
      .init(\.invalidIDs, "invalidIDs", "identifiers that are no XML names"),
    ]
  }

  /// Adds another part.
  public mutating func add(_ other: ImportReport) {
    addCounts(of: other)
    names.merge(other.names, uniquingKeysWith: +)
    marks.merge(other.marks, uniquingKeysWith: +)
    bytesExcluded.merge(other.bytesExcluded, uniquingKeysWith: +)
    unknownElements.merge(other.unknownElements, uniquingKeysWith: +)
    warnings += other.warnings.prefix(max(0, Self.warningLimit - warnings.count))
  }

  /// The report as a JSON object.
  public var json: String {
    "{\(countMembers),\"names\":\(countObject(names)),\"marks\":\(countObject(marks))"
      + ",\"bytesExcluded\":\(countObject(bytesExcluded))"
      + ",\"unknownElements\":\(countObject(unknownElements)),\"balanced\":\(isBalanced)}"
  }

  /// The report for a person, a line an item; items of nothing are left out.
  public var lines: [String] {
    func list(_ counts: [String: Int]) -> String {
      counts.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
        .map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }
    var lines = [
      [
        counted(files, "file"), counted(documents, "document"), counted(segments, "segment"),
        counted(sentences, "sentence"),
        counted(tokens, "token") + " (\(grouped(markedTokens)) marked)",
      ].joined(separator: ", ")
    ]
    if !names.isEmpty { lines.append("names: " + list(names)) }
    if !marks.isEmpty { lines.append("marked passages: " + list(marks)) }
    let excluded = bytesExcluded.values.reduce(0, +)
    lines.append(
      "text, bytes without white space: \(bytesIn) in = \(bytesImported) imported + \(excluded) "
        + "excluded by rule + \(hyphenBytes) of hyphens")
    if excluded > 0 { lines.append("excluded: " + list(bytesExcluded)) }
    if !unknownElements.isEmpty {
      lines.append("elements without a rule, read as part of the text: " + list(unknownElements))
    }
    return lines + countLines
  }
}
