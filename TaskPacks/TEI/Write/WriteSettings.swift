/// How tags are put into documents.
public struct WriteSettings: Sendable {
  /// What becomes of annotation that the document has already.
  public enum Existing: String, CaseIterable, Sendable {
    /// It stays, and what is missing is added.
    case keep
    /// Attribute values are replaced; taking ours out again does not bring them back.
    case replace
    /// Words and sentences that have any are left alone.
    case skip
  }

  /// What becomes of names that cross tags.
  public enum Overlap: String, CaseIterable, Sendable {
    /// They are split, and the parts point at each other.
    case split
    /// They are cut down to the part before the first tag that is crossed.
    case shrink
    /// They are left out and counted.
    case skip
  }

  /// Marks what is ours: `resp="#LAYER"`.
  public var layer = "seqkit"
  /// What becomes of annotation that the document has already.
  public var existing = Existing.keep
  /// What becomes of names that cross tags.
  public var overlap = Overlap.split
  /// Whether sentences are marked where none are.
  public var marksSentences = true
  /// Whether `appInfo` in the header says what made the annotation.
  public var notesApplication = true
  /// What made the annotation, for the header: models, their versions.
  public var description = ""
  /// The version of the program, for the header.
  public var version = "0"
  /// Elements for types of names; another type becomes `<name type="TYPE">`.
  public var nameElements = ["PER": "persName", "LOC": "placeName", "ORG": "orgName"]

  /// The defaults.
  public init() {}
}

/// What was put into documents, and what could not be.
public struct WriteReport: Hashable, Sendable {
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
  /// Words, sentences and names in several parts.
  public var split = 0
  /// Annotation that stood there already.
  public var kept = 0
  /// Left out because the text comes from part of an entity or a CDATA section.
  public var inEntities = 0
  /// Left out because nothing may be inserted there.
  public var notAllowed = 0
  /// Names left out because they cross tags, or other names.
  public var overlapping = 0

  /// Nothing yet.
  public init() {}

  /// Adds another part.
  public mutating func add(_ other: WriteReport) {
    edits += other.edits
    newWords += other.newWords
    annotatedWords += other.annotatedWords
    sentences += other.sentences
    names += other.names
    split += other.split
    kept += other.kept
    inEntities += other.inEntities
    notAllowed += other.notAllowed
    overlapping += other.overlapping
  }

  /// The report for a person.
  public var lines: [String] {
    var lines = [
      "\(edits) insertions: \(newWords) new words, \(annotatedWords) existing words annotated, "
        + "\(sentences) sentences, \(names) names; \(split) in several parts"
    ]
    for (count, what) in [
      (kept, "kept as they were: annotation that stood there already"),
      (inEntities, "left out: their text comes from part of an entity or a CDATA section"),
      (notAllowed, "left out: nothing may be inserted there"),
      (overlapping, "names left out: they cross tags or other names"),
    ] where count > 0 {
      lines.append("\(count) \(what)")
    }
    return lines
  }
}
