internal import SeqXML

/// What is known of the document that is read.
struct DocumentData {
  var source = ""
  var number = 0
  var id = ""
  var title = ""
  var author = ""
  var date = ""
  var language = ""
  /// The title of the corpus that it is part of.
  var corpus = ""

  /// Takes over what its header says.
  mutating func take(_ header: HeaderReader) {
    if !header.title.isEmpty { title = header.title }
    if !header.author.isEmpty { author = header.author }
    if !header.date.isEmpty { date = header.date }
    if !header.language.isEmpty { language = header.language }
    if id.isEmpty { id = header.idno }
  }

  /// The identifier, or the file's name without folder and ending.
  var name: String {
    if !id.isEmpty { return id }
    var file = source.split(separator: "/").last.map(String.init) ?? source
    for ending in [".gz", ".xml", ".tei"] where file.hasSuffix(ending) {
      file.removeLast(ending.count)
    }
    return number > 1 ? "\(file)-\(number)" : file
  }
}

/// Reads the metadata of a header: the first title, author, date, language and identifier.
struct HeaderReader {
  /// The depth of the header element.
  let depth: Int
  /// The bytes of its text without white space, which is not imported.
  private(set) var bytes = 0
  private(set) var title = ""
  private(set) var author = ""
  private(set) var date = ""
  private(set) var idno = ""
  private(set) var language = ""
  private var path: [XMLNameID] = []
  private enum Target { case none, title, author, date, idno }
  private var target = Target.none
  private var targetDepth = -1
  private var collected: [UInt8] = []

  /// The prefix of its elements, with the colon.
  let prefix: [UInt8]
  /// Whether it is a TEI P5 header, which has a place for what made the annotation.
  let canTakeApplication: Bool
  /// The identifiers of the applications that it names.
  private(set) var applications: Set<String> = []
  /// The offsets of the end tags of `appInfo` and `encodingDesc`, and behind that of `fileDesc`.
  private(set) var applicationInfoEnd: Int?
  private(set) var encodingEnd: Int?
  private(set) var fileDescriptionEnd: Int?

  init(depth: Int, _ tag: borrowing XMLStartTag) {
    self.depth = depth
    prefix = TagScanner.prefix(tag.bytes)
    canTakeApplication = tag.namespace >= 0 && !tag.isReplacement
  }

  mutating func start(_ tag: borrowing XMLStartTag, _ vocabulary: Vocabulary) {
    path.append(tag.name)
    if tag.name == vocabulary.application, let id = tag.string(vocabulary.id) {
      applications.insert(id)
    }
    if tag.name == vocabulary.language2, language.isEmpty {
      language = tag.string(vocabulary.ident) ?? tag.string(vocabulary.plainID) ?? ""
    }
    guard target == .none else { return }
    let parent = path.dropLast().last
    switch tag.name {
    case vocabulary.title where title.isEmpty && parent == vocabulary.titleStmt: target = .title
    case vocabulary.author where author.isEmpty && parent == vocabulary.titleStmt:
      target = .author
    case vocabulary.date where date.isEmpty:
      target = .date
      if let when = tag.string(vocabulary.when) { date = when }
    case vocabulary.idno where idno.isEmpty: target = .idno
    default:
      if title.isEmpty, vocabulary.titlesOfI5.contains(tag.name) {
        target = .title
      } else if idno.isEmpty, vocabulary.identifiersOfI5.contains(tag.name) {
        target = .idno
      } else {
        return
      }
    }
    targetDepth = path.count
  }

  mutating func end(_ name: XMLNameID, at range: Range<Int>, _ vocabulary: Vocabulary) {
    if !range.isEmpty {
      if name == vocabulary.applicationInfo { applicationInfoEnd = range.lowerBound }
      if name == vocabulary.encodingDescription, path.count == 1 { encodingEnd = range.lowerBound }
      if name == vocabulary.fileDescription, path.count == 1 {
        fileDescriptionEnd = range.upperBound
      }
    }
    if path.count == targetDepth {
      let text = normalized()
      switch target {
      case .title: title = text
      case .author: author = text
      case .date: if date.isEmpty { date = text }
      case .idno: idno = text
      case .none: break
      }
      collected.removeAll()
      target = .none
      targetDepth = -1
    }
    if !path.isEmpty { path.removeLast() }
  }

  mutating func text(_ bytes: UnsafeBufferPointer<UInt8>, _ visible: Int) {
    self.bytes += visible
    // Metadata are short; what is longer is no title.
    if target != .none, collected.count < 4096 { collected.append(contentsOf: bytes) }
  }

  private func normalized() -> String {
    let words = collected.split { $0 <= 0x20 }
    return String(decoding: Array(words.joined(separator: [0x20])), as: UTF8.self)
  }
}
