public import SeqXML

/// How TEI is imported, beside the reading profile.
public struct ImportSettings: Sendable {
  /// How the XML is read.
  public var xml = XMLOptions()
  /// Labels to import, or elements whose names are imported; `nil` for all of the profile.
  public var nameElements: Set<String>?
  /// The folder below which `xi:include` may open files; `nil` follows none.
  public var includeRoot: String?
  /// What becomes of names with an edge inside a word that the tokenizer found.
  public enum Edges: String, CaseIterable, Sendable {
    /// The name is widened to whole words, and counted.
    case expand
    /// The word is cut.
    case split
    /// Reading ends with an error that names the word.
    case error
  }

  /// What becomes of names with an edge inside a word.
  public var edges = Edges.expand
  /// What becomes of names in names.
  public enum Nesting: Hashable, Sendable {
    /// All stay; formats that hold no nested spans have them in further layers.
    case keep
    /// Names in others, or that begin inside another, are left out.
    case outermost
    /// Names around others are left out.
    case innermost
    /// Of names that overlap, the longest stays.
    case longest
    /// Of names that overlap, the one whose label comes first here stays; others come behind all.
    case priority([String])
  }

  /// What becomes of names in names; those that are left out are counted. Where tags are written back, all
  /// stay.
  public var nesting = Nesting.keep
  /// Whether the readings of a choice or an apparatus that are not chosen are kept beside the words.
  public var keepsReadings = false
  /// Rules beside those of the profile, whichever it is; they count before its own.
  public var rules: [ReadingProfile.Rule] = []
  /// Kinds of segments to leave out, such as `note`.
  public var droppedKinds: Set<String> = []
  /// Whether segments keep the tags between their characters, for writing.
  var keepsTags = false
  /// Whether segments know the element that their text can be pointed at by, for writing.
  var keepsAnchors = false
  /// The longest text of a token, in bytes.
  public var tokenLimit = 1 << 20

  /// The defaults.
  public init() {}
}

/// Names that the importer itself knows, as numbers.
struct Vocabulary {
  let id, space, language, part, next, previous, `break`, type, ana, target, from, to,
    wit: XMLNameID
  let plainID, who, div, href, parse, targFunc, join, title, author, date, idno, language2,
    ident: XMLNameID
  let titleStmt, when, l, s, seg, resp, n, corresp, lemma, pc, c, am, ex: XMLNameID
  let application, applicationInfo, encodingDescription, fileDescription: XMLNameID
  let xinclude, plainLanguage: XMLNameID
  /// What I5 calls a title and an identifier.
  let titlesOfI5, identifiersOfI5: [XMLNameID]

  init(_ names: XMLNames) {
    id = names.id("xml:id")
    space = names.id("xml:space")
    language = names.id("xml:lang")
    part = names.id("part")
    next = names.id("next")
    previous = names.id("prev")
    `break` = names.id("break")
    type = names.id("type")
    ana = names.id("ana")
    target = names.id("target")
    from = names.id("from")
    to = names.id("to")
    wit = names.id("wit")
    plainID = names.id("id")
    who = names.id("who")
    div = names.id("div")
    href = names.id("href")
    parse = names.id("parse")
    targFunc = names.id("targFunc")
    join = names.id("join")
    title = names.id("title")
    author = names.id("author")
    date = names.id("date")
    idno = names.id("idno")
    language2 = names.id("language")
    ident = names.id("ident")
    titleStmt = names.id("titleStmt")
    when = names.id("when")
    l = names.id("l")
    s = names.id("s")
    seg = names.id("seg")
    resp = names.id("resp")
    n = names.id("n")
    corresp = names.id("corresp")
    lemma = names.id("lemma")
    pc = names.id("pc")
    am = names.id("am")
    ex = names.id("ex")
    application = names.id("application")
    applicationInfo = names.id("appInfo")
    encodingDescription = names.id("encodingDesc")
    fileDescription = names.id("fileDesc")
    c = names.id("c")
    plainLanguage = names.id("lang")
    titlesOfI5 = ["t.title", "d.title", "c.title"].map { names.id($0) }
    identifiersOfI5 = ["textSigle", "dokumentSigle", "korpusSigle"].map { names.id($0) }
    xinclude = names.id("http://www.w3.org/2001/XInclude")
  }

  /// Whether elements of that name may be fragments of one verse line.
  func joinable(_ name: XMLNameID) -> Bool { name == l }
}
