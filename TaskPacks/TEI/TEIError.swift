internal import SeqCore
internal import SeqXML

/// What a user or a file can cause while TEI is read or written, beyond the rules of XML.
public enum TEIError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A reading profile that does not parse or contradicts itself.
  case profile(path: String, problem: String)
  /// No profile has this name.
  case unknownProfile(String, known: [String])
  /// An inclusion of a file that lies outside the folder that may be read.
  case includeOutside(at: String, target: String, root: String)
  /// An inclusion of a file that cannot be read.
  case includeUnreadable(at: String, target: String, reason: String)
  /// Files that include each other.
  case includeLoop(at: String, target: String)
  /// A document without an element that any rule knows.
  case nothingKnown(source: String, root: String)
  /// Predictions that do not fit the document.
  case predictions(at: String, found: String, expected: String)
  /// The bytes to be changed are not those that were read.
  case changed(source: String)

  /// The sentence for the user.
  public var description: String {
    switch self {
    case .profile(let path, let problem): "\(path): the reading profile does not parse: \(problem)."
    case .unknownProfile(let name, let known):
      "There is no reading profile \(name)."
        + (nearestName(to: name, among: known).map { " Is \($0) meant?" } ?? "")
        + " Known: \(known.joined(separator: ", ")); or give the path of a JSON5 file."
    case .includeOutside(let place, let target, let root):
      "\(place): error: XInclude of \"\(target)\" refused: it lies outside \(root), the only folder "
        + "that --xinclude local opens."
    case .includeUnreadable(let place, let target, let reason):
      "\(place): error: XInclude of \"\(target)\": \(reason)."
    case .includeLoop(let place, let target):
      "\(place): error: XInclude of \"\(target)\", which is being read already."
    case .nothingKnown(let source, let root):
      "\(source): error: the root element is <\(root)>, and no element in the file has a rule in the "
        + "profile. Is it TEI? --profile names another mapping."
    case .predictions(let place, let found, let expected):
      "\(place): the predictions do not fit the document: found \(found), expected \(expected)."
    case .changed(let source): "\(source): error: the file changed while it was read. Run again."
    }
  }
}
