/// How tags are put into documents.
public struct WriteSettings: Sendable {
  /// What becomes of annotation that the document has already.
  public enum Existing: String, CaseIterable, Sendable {
    /// It stays, and what is missing is added.
    case keep
    /// What an earlier run wrote under the same layer is taken out first; attribute values of the
    /// document are replaced, and taking ours out again does not bring these back.
    case replace
    /// Words and sentences that have any are left alone.
    case skip
  }

  /// What becomes of names that cross tags.
  public enum Overlap: String, CaseIterable, Sendable {
    /// They are split, and the parts point at each other.
    case part
    /// They are written apart from the text.
    case standoff
    /// They are cut down to the part before the first tag that is crossed.
    case shrink
    /// They are left out and counted.
    case skip
    /// Writing ends with an error that names the place.
    case error
  }

  /// Marks what is ours: `resp="#LAYER"`.
  public var layer = "seqkit"
  /// What becomes of annotation that the document has already.
  public var existing = Existing.keep
  /// What becomes of names that cross tags.
  public var overlap = Overlap.part
  /// Whether everything is written apart from the text, as `standOff` with pointers to it.
  public var isApart = false
  /// Whether records have frames of predicates, which are always written apart from the text.
  public var writesFrames = false
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
