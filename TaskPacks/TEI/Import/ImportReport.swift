/// What an import read, and every decision by which something of the document is not in its output.
///
/// Bytes of text are counted without white space: what came in is what was imported, and what rules
/// left out, and what is reported (``isBalanced``).
public struct ImportReport: Hashable, Sendable {
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

  /// Bytes of text, without white space, that came from the parser.
  public var bytesIn = 0
  /// Of these, the bytes that stand in segments.
  public var bytesImported = 0
  /// The bytes that a rule left out, by element.
  public var bytesExcluded: [String: Int] = [:]
  /// The bytes of hyphens left out before borders.
  public var hyphenBytes = 0

  /// Words joined over a border, and those that lost a hyphen by it.
  public var joins = 0
  /// Plain hyphens before a border and a small letter.
  public var ambiguousHyphens = 0
  /// Names whose edges lie inside a token; they were widened to whole tokens.
  public var movedEdges = 0
  /// Names with text between their parts.
  public var discontinuousNames = 0
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

  /// Adds another part.
  public mutating func add(_ other: ImportReport) {
    files += other.files
    documents += other.documents
    segments += other.segments
    sentences += other.sentences
    markedTokens += other.markedTokens
    tokens += other.tokens
    names.merge(other.names, uniquingKeysWith: +)
    bytesIn += other.bytesIn
    bytesImported += other.bytesImported
    bytesExcluded.merge(other.bytesExcluded, uniquingKeysWith: +)
    hyphenBytes += other.hyphenBytes
    joins += other.joins
    ambiguousHyphens += other.ambiguousHyphens
    movedEdges += other.movedEdges
    discontinuousNames += other.discontinuousNames
    emptyNames += other.emptyNames
    cutNames += other.cutNames
    emptyTokens += other.emptyTokens
    unknownElements.merge(other.unknownElements, uniquingKeysWith: +)
    skippedInclusions += other.skippedInclusions
    unresolvedPointers += other.unresolvedPointers
    crossingPointers += other.crossingPointers
    undeclaredEntities += other.undeclaredEntities
    unboundPrefixes += other.unboundPrefixes
    duplicateIDs += other.duplicateIDs
    invalidIDs += other.invalidIDs
    warnings += other.warnings.prefix(max(0, Self.warningLimit - warnings.count))
  }

  /// The report as a JSON object.
  public var json: String {
    func object(_ counts: [String: Int]) -> String {
      "{"
        + counts.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\($0.value)" }
        .joined(separator: ",") + "}"
    }
    let numbers: [(String, Int)] = [
      ("files", files), ("documents", documents), ("segments", segments),
      ("sentences", sentences), ("tokens", tokens), ("markedTokens", markedTokens),
      ("bytesIn", bytesIn), ("bytesImported", bytesImported), ("hyphenBytes", hyphenBytes),
      ("joins", joins), ("ambiguousHyphens", ambiguousHyphens), ("movedEdges", movedEdges),
      ("discontinuousNames", discontinuousNames), ("emptyNames", emptyNames),
      ("cutNames", cutNames), ("emptyTokens", emptyTokens),
      ("skippedInclusions", skippedInclusions), ("unresolvedPointers", unresolvedPointers),
      ("crossingPointers", crossingPointers), ("undeclaredEntities", undeclaredEntities),
      ("unboundPrefixes", unboundPrefixes), ("duplicateIDs", duplicateIDs),
      ("invalidIDs", invalidIDs),
    ]
    return "{" + numbers.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",")
      + ",\"names\":\(object(names)),\"bytesExcluded\":\(object(bytesExcluded))"
      + ",\"unknownElements\":\(object(unknownElements)),\"balanced\":\(isBalanced)}"
  }

  private func quoted(_ text: String) -> String {
    "\"" + text.unicodeScalars.map { $0.escaped(asASCII: false) }.joined() + "\""
  }

  /// The report for a person, a line an item; items of nothing are left out.
  public var lines: [String] {
    var lines = [
      "\(files) files, \(documents) documents, \(segments) segments, \(sentences) sentences, "
        + "\(tokens) tokens (\(markedTokens) marked)"
    ]
    func list(_ counts: [String: Int]) -> String {
      counts.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
        .map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }
    func add(_ count: Int, _ what: String) {
      if count > 0 { lines.append("\(count) \(what)") }
    }
    if !names.isEmpty { lines.append("names: " + list(names)) }
    let excluded = bytesExcluded.values.reduce(0, +)
    lines.append(
      "text, bytes without white space: \(bytesIn) in = \(bytesImported) imported + \(excluded) "
        + "excluded by rule + \(hyphenBytes) of hyphens")
    if excluded > 0 { lines.append("excluded: " + list(bytesExcluded)) }
    add(joins, "words joined over a border")
    add(ambiguousHyphens, "plain hyphens before a border and a small letter (--hyphen auto joins)")
    add(movedEdges, "names with an edge inside a token, widened to whole tokens")
    add(discontinuousNames, "discontinuous names")
    add(emptyNames, "name elements without text")
    add(cutNames, "names cut at a block border")
    add(emptyTokens, "token elements without text")
    if !unknownElements.isEmpty {
      lines.append("elements without a rule, read as part of the text: " + list(unknownElements))
    }
    add(skippedInclusions, "inclusions (xi:include) not followed")
    add(unresolvedPointers, "pointers without a target in the text")
    add(crossingPointers, "pointers to more than one segment")
    add(undeclaredEntities, "references to undeclared entities")
    add(unboundPrefixes, "elements or attributes with an unbound prefix")
    add(duplicateIDs, "identifiers that occur twice")
    add(invalidIDs, "identifiers that are no XML names")
    return lines
  }
}
