internal import FoundationEssentials

/// Which of the characters of an XML document are text, in which order, and what its elements mean:
/// a reading profile, as its file (JSON5) gives it. `Docs/Formats/tei-profile.md` describes the keys.
public struct ReadingProfile: Codable, Hashable, Sendable {
  /// What becomes of an element and of the text in it.
  public enum Action: String, Codable, Sendable, CaseIterable {
    /// Its text belongs to what is around it.
    case include
    /// Its text is left out, and counted.
    case exclude
    /// Its text is a segment of its own: a paragraph, a verse line.
    case segment
    /// A sentence, which is a segment as well; its fragments (`@part`) are joined.
    case sentence
    /// Its text is a segment of its own, and the text around it goes on as if it were not there.
    case separate
    /// A word or a punctuation mark.
    case token
    /// A name: a span of text with a label.
    case name
    /// Its text belongs to what is around it, and the words in it say so: a supplied or unclear passage.
    case mark
    /// One of its children is read, the others are left out.
    case choose
    /// Text in it is not content; its elements are read.
    case container
    /// White space.
    case space
    /// A border in the print: line, page, column.
    case `break`
    /// A text that stands for the element.
    case placeholder
    /// A document of its own.
    case document
    /// The metadata of a document.
    case header
    /// Annotations that point at text.
    case standOff
    /// Dependency links of a sentence.
    case links
    /// A stretch of text that is named in the fields of its segments: a division, a speech.
    case field
    /// Annotation of the token that it stands in.
    case annotation
    /// Text that counts only if no token, sentence or block follows it in the same parent; if one does,
    /// it tells where spaces stand between the tokens.
    case fallback
    /// No space stands between the tokens on both sides.
    case glue
    /// An annotation that points at tokens by their identifiers.
    case pointer
  }

  /// What is done with elements of some names, perhaps under a condition.
  public struct Rule: Codable, Hashable, Sendable {
    /// The local names.
    public var elements: [String]
    /// Attribute values that the rule asks for; `*` is any value.
    public var `where`: [String: String]?
    /// Parents of which the element must have one.
    public var parent: [String]?
    /// Ancestors of which the element must have one.
    public var inside: [String]?
    /// What is done.
    public var action: Action
    /// For `choose`: the children in the order in which they are preferred; then the first.
    public var prefer: [String]?
    /// For `name` and `mark`: `element`, `element:type`, or `@ATTRIBUTE`.
    public var label: String?
    /// For `break`: what it stands for without `@break`: `space` or `nothing`.
    public var implied: String?
    /// For `placeholder`: the text.
    public var text: String?
    /// For `field`: the field's name; for `annotation` and `pointer`: the layer.
    public var name: String?
    /// For `field` and `annotation`: the attributes that may hold the value, the first found counts;
    /// for `pointer`: those that hold identifiers.
    public var from: [String]?
    /// For `pointer`: the children that hold identifiers in such attributes.
    public var children: [String]?
  }

  /// What becomes of a hyphen before a border that joins words.
  public enum Hyphens: String, Codable, Sendable, CaseIterable {
    /// It is left out where the border says so, or where the character is a line-end hyphen.
    case drop
    /// It stays.
    case keep
    /// As `drop`; a plain hyphen before a small letter on the next line is left out as well.
    case auto
  }

  /// What tells whether a space stands between two tokens.
  public enum Spacing: String, Codable, Sendable, CaseIterable {
    /// `@join` if it occurs, else `<c>` if it occurs, else the white space of the document.
    case auto
    /// `@join`.
    case join
    /// The white space of the document.
    case xml
    /// `<c>` elements that hold white space.
    case c
  }

  /// The profile's name.
  public var name: String
  /// What it is for, in a sentence.
  public var description: String?
  /// The profile that this one adds rules to.
  public var extends: String?
  /// The namespaces of the elements that the rules are for; the empty name is none.
  public var namespaces: [String]?
  /// The rules; of those that fit an element, the last counts.
  public var rules: [Rule]
  /// What becomes of hyphens at borders.
  public var hyphens: Hyphens?
  /// What tells whether a space stands between two tokens.
  public var spacing: Spacing?
  /// The attributes of tokens by role: `lemma`, `pos`, `msd`, `ana`, `norm`, `join`, `id`.
  public var tokenAttributes: [String: [String]]?
  /// The witness whose readings are preferred where there are several.
  public var witness: String?
  /// Whether verse lines in parts (`l/@part`) are joined.
  public var joinsVerseParts: Bool?
  /// The root elements of documents that the profile is chosen for if none is named.
  public var roots: [String]?
  /// What the files are: `xml`, or `vertical` for lines of columns with tags between them.
  public var format: FileFormat?
  /// The columns of vertical files, the form first; the others are read as attributes of tokens.
  public var columns: [String]?

  /// Whether tags are not put in place in such documents, because their format has none of TEI's
  /// elements.
  public var readOnly: Bool?

  /// What files are.
  public enum FileFormat: String, Codable, Sendable, CaseIterable { case xml, vertical }

  /// Parses a profile.
  ///
  /// - Throws: `TEIError.profile` with what is wrong.
  public init(json5: [UInt8], path: String) throws {
    let decoder = JSONDecoder()
    decoder.allowsJSON5 = true
    do {
      try ProfileKeys.check(json5, path: path)
      self = try decoder.decode(ReadingProfile.self, from: Data(json5))
    } catch let error as DecodingError {
      throw TEIError.profile(path: path, problem: Self.sentence(error))
    } catch let error as TEIError {
      throw error
    } catch {
      throw TEIError.profile(path: path, problem: "\(error)")
    }
  }

  private static func sentence(_ error: DecodingError) -> String {
    func path(_ context: DecodingError.Context) -> String {
      let keys = context.codingPath.map { key in
        key.intValue.map { "[\($0)]" } ?? "." + key.stringValue
      }
      return keys.isEmpty ? "at its top" : "at " + keys.joined().drop { $0 == "." }
    }
    switch error {
    case .keyNotFound(let key, let context):
      return "\(path(context)) the key \"\(key.stringValue)\" is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "\(path(context)): \(context.debugDescription)"
    case .dataCorrupted(let context):
      let actions = Action.allCases.map(\.rawValue).joined(separator: ", ")
      return context.codingPath.last?.stringValue == "action"
        ? "\(path(context)): no such action; known are \(actions)"
        : "\(path(context)): \(context.debugDescription)"
    @unknown default: return "\(error)"
    }
  }

  /// The profile with the rules and settings of `base` before its own.
  public func extending(_ base: ReadingProfile) -> ReadingProfile {
    var result = self
    result.extends = nil
    result.namespaces = namespaces ?? base.namespaces
    result.rules = base.rules + rules
    result.hyphens = hyphens ?? base.hyphens
    result.spacing = spacing ?? base.spacing
    result.tokenAttributes = (base.tokenAttributes ?? [:])
      .merging(tokenAttributes ?? [:]) { $1 }
    result.witness = witness ?? base.witness
    result.joinsVerseParts = joinsVerseParts ?? base.joinsVerseParts
    result.format = format ?? base.format
    result.columns = columns ?? base.columns
    result.readOnly = readOnly ?? base.readOnly
    return result
  }

  /// The profile as JSON, as `seqkit tei profile` shows it.
  public func json() -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }
}
