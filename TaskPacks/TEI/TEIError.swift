internal import SeqCore
internal import SeqXML

/// What a user or a file can cause while TEI is read or written, beyond the rules of XML.
public enum TEIError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A reading profile that does not parse or contradicts itself.
  case profile(path: String, problem: String)
  /// A rule in one line that does not parse.
  case rule(String, problem: String)
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
  /// A column that is not written to vertical files.
  case verticalColumn(String, known: [String])
  /// A document of another format, where tags are to be put in place.
  case readOnly(source: String, profile: String)
  /// What was asked to validate is not there, or did not run.
  case validator(String, reason: String)
  /// A name that begins or ends inside a word, where that is an error.
  case edge(at: String, word: String)
  /// A name that crosses tags, where that is an error.
  case overlap(at: String, name: String, type: String)
  /// Predictions that do not fit the document.
  case predictions(at: String, found: String, expected: String)
  /// A file of predictions that is none, or cannot be read: what its reader says.
  case notPredictions(reason: String)
  /// The bytes to be changed are not those that were read.
  case changed(source: String)

  /// The sentence for the user.
  public var description: String {
    switch self {
    case .profile(let path, let problem):
      "\(path): error: the reading profile is not right: \(problem)."
    case .rule(let line, let problem): "The rule \"\(line)\" is not right: \(problem)."
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
    case .verticalColumn(let name, let known):
      "There is no column \(name) in vertical files."
        + (nearestName(to: name, among: known).map { " Is \($0) meant?" } ?? "")
        + " Known: \(known.joined(separator: ", "))."
    case .readOnly(let source, let profile):
      "\(source): error: this is read by the profile \(profile), and tags are put in place in TEI and "
        + "what is like it alone. Import it (tei import), tag that, and write it in another format."
    case .validator(let command, let reason):
      "\(command): \(reason). Validation against a schema is done by jing: install it (Debian: "
        + "apt install jing), or name another command of the same kind with --jing."
    case .edge(let place, let word):
      "\(place): error: in the segment that begins here, a name begins or ends inside the word "
        + "\"\(word)\". --edge split cuts the word, --edge expand widens the name to whole words."
    case .overlap(let place, let name, let type):
      "\(place): error: the name \"\(name)\" (\(type)) in the segment that begins here crosses tags. "
        + "--overlap part splits it, standoff writes it apart from the text, shrink cuts it."
    case .predictions(let place, let found, let expected):
      "\(place): the predictions do not fit the document: found \(found), expected \(expected). "
        + "--from takes the sentences and words that tei import gives for the same document, read with "
        + "the same options."
    case .notPredictions(let reason):
      "\(reason) --from takes tags as CoNLL-U, with the sentences and words that tei import gives for "
        + "the document."
    case .changed(let source): "\(source): error: the file changed while it was read. Run again."
    }
  }
}
