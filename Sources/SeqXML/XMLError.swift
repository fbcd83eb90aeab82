/// What a user or a file can cause while XML is read.
public enum XMLError: Error, Hashable, Sendable {
  /// There is not one byte.
  case empty(source: String)
  /// Bytes that are not in the encoding that the file declares, or is said to be in.
  case notInEncoding(at: XMLPlace, byte: UInt8, offset: Int, encoding: String)
  /// An encoding that is not known, or whose bytes cannot be counted back.
  case unknownEncoding(source: String, name: String)
  /// A character that XML does not have.
  case forbiddenCharacter(at: XMLPlace, scalar: UInt32)
  /// An end tag that does not match the element that is open.
  case mismatchedEnd(at: XMLPlace, name: String, open: String, openedAt: XMLPlace)
  /// The document ends inside an element.
  case truncated(at: XMLPlace, open: String, openedAt: XMLPlace)
  /// A prefix that no attribute `xmlns:PREFIX` binds.
  case unboundPrefix(at: XMLPlace, prefix: String)
  /// Another fault against the rules of XML, in the parser's words.
  case notWellFormed(at: XMLPlace, problem: String)
  /// A reference to an entity that no declaration tells; all such names, most frequent first.
  case undeclaredEntities([UndeclaredEntity], externalSubset: String?)
  /// A reference to an entity in another file.
  case externalEntity(at: XMLPlace, name: String, file: String)
  /// An entity that refers to itself.
  case entityLoop(at: XMLPlace, path: [String])
  /// More replacement text than is allowed.
  case entityBudget(at: XMLPlace, name: String, inAttribute: Bool, limit: Int)
  /// Replacement text whose tags do not match.
  case entityContent(at: XMLPlace, name: String, problem: String)
  /// A reference to a parameter entity with a value of its own.
  case parameterEntity(at: XMLPlace, name: String)
  /// A limit of ours was passed.
  case limit(at: XMLPlace, what: String, limit: Int)
  /// The parser and our reading of the same bytes disagree: nothing after that place is certain.
  case disagreement(at: XMLPlace, what: String)

  /// An entity that is referred to and not declared.
  public struct UndeclaredEntity: Hashable, Sendable {
    /// Its name.
    public var name: String
    /// The first reference.
    public var first: XMLPlace
    /// The number of references.
    public var count: Int
  }
}

extension XMLError: CustomStringConvertible {
  /// The error as a sentence: place, what was found, what to try.
  public var description: String {
    switch self {
    case .empty(let source): "\(source): error: empty document: there is not one byte in it."
    case .notInEncoding(let place, let byte, let offset, let encoding):
      "\(place): error: byte 0x\(hexadecimal(UInt32(byte), 2)) at offset \(offset) is not "
        + "\(encoding), as declared or presumed. It looks like ISO-8859-1 or windows-1252: correct "
        + "the declaration, or give --encoding windows-1252."
    case .unknownEncoding(let source, let name):
      "\(source): error: the encoding \"\(name)\" is not supported. Known are UTF-8, UTF-16, and "
        + "encodings of one byte a character such as ISO-8859-1 and windows-1252. Convert the file "
        + "with iconv, or give --encoding."
    case .forbiddenCharacter(let place, let scalar):
      scalar == 0
        ? "\(place): error: NUL byte not allowed in XML. Is the file UTF-16 without a mark, or damaged?"
        : "\(place): error: the character U+\(hexadecimal(scalar, 4)) is not allowed in XML. Delete it."
    case .mismatchedEnd(let place, let name, let open, let openedAt):
      "\(place): error: end tag </\(name)> does not match <\(open)> opened at "
        + "\(openedAt.line):\(openedAt.column)."
    case .truncated(let place, let open, let openedAt):
      "\(place): error: the document ends inside <\(open)>, opened at "
        + "\(openedAt.line):\(openedAt.column). Was the file copied completely?"
    case .unboundPrefix(let place, let prefix):
      "\(place): error: unbound namespace prefix \"\(prefix)\". Declare it with xmlns:\(prefix), or "
        + "read the file with --ns-lenient, or give --bind \(prefix)=URI."
    case .notWellFormed(let place, let problem):
      "\(place): error: not well-formed: \(problem)."
    case .undeclaredEntities(let entities, let externalSubset):
      entities.map { entity in
        "\(entity.first): error: undeclared entity &\(entity.name);"
          + (entity.count > 1 ? " (\(entity.count) references)" : "")
      }.joined(separator: "\n")
        + (externalSubset.map {
          "\nThe external DTD \"\($0)\" is not loaded; --dtd local reads it from the input's folder."
        } ?? "")
        + "\n--unknown-entity keep writes &name; into the text, drop leaves it out."
    case .externalEntity(let place, let name, let file):
      "\(place): error: external entity &\(name); refused (file \"\(file)\"). Nothing outside the "
        + "document is opened; put the text into the document."
    case .entityLoop(let place, let path):
      "\(place): error: entity loop \(path.joined(separator: " -> "))."
    case .entityBudget(let place, let name, let inAttribute, let limit):
      "\(place): error: entity expansion limit: &\(name);\(inAttribute ? " in an attribute" : "") "
        + "would expand to more than the \(limit) bytes allowed. This is an attack, or a fault."
    case .entityContent(let place, let name, let problem):
      "\(place): error: the replacement text of &\(name); is not well-formed: \(problem)."
    case .parameterEntity(let place, let name):
      "\(place): error: parameter entity expansion refused: %\(name); in the document type. Write "
        + "its declarations out."
    case .limit(let place, let what, let limit):
      "\(place): error: \(what), and the limit is \(limit)."
    case .disagreement(let place, let what):
      "\(place): error: two readings of the file disagree here (\(what)). Please report the file."
    }
  }
}

/// A number in hexadecimal digits, at least `width` of them.
func hexadecimal(_ value: UInt32, _ width: Int) -> String {
  let digits = String(value, radix: 16, uppercase: true)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
