internal import ArgumentParser
internal import SeqXML
internal import TEIPack

/// `seqkit tei`: corpora in TEI and other XML.
struct TeiCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tei",
    abstract: "Read corpora in TEI/XML, and write tags back in place.",
    discussion: """
      A reading profile says which text is read and what the elements mean; profile shows it. \
      Folders are searched for \(CorpusFiles.endings.joined(separator: ", ")). Nothing but the \
      files named is opened unless --xinclude or --dtd allow it.
      """,
    subcommands: [
      TeiImport.self, TeiTag.self, TeiWrite.self, TeiStrip.self, TeiValidate.self,
      TeiProfile.self,
    ])
}

/// How XML is read, for all verbs of `tei`.
struct TeiOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      The reading profile: \(ReadingProfile.bundledNames.joined(separator: ", ")), or a JSON5 \
      file. (default: by the root element and the file's name; reading for TEI)
      """,
      valueName: "profile"))
  var profile: String?

  @Option(
    name: .customLong("rule"), parsing: .singleValue,
    help: ArgumentHelp(
      """
      A rule beside the profile's, such as note:include, note@place=foot:exclude, \
      front/p,head:exclude, gap:placeholder:[…], seg@type=name:name:@subtype, choice:choose:sic,orig; \
      may be repeated, and the last that fits counts.
      """, valueName: "selector:action"))
  var rules: [String] = []

  @Option(help: "Hyphens before a border in a word: drop, keep or auto.", transform: choice)
  var hyphen: ReadingProfile.Hyphens?

  @Option(help: "What tells of spaces between tokens: auto, join, xml or c.", transform: choice)
  var spacing: ReadingProfile.Spacing?

  @Option(help: "The witness whose readings are preferred, by its sigil.")
  var witness: String?

  @Option(
    help: """
      Passages that editors supplied: keep (read as the text around them), mark (their words say so) or \
      drop. (default: as the profile says)
      """, transform: choice)
  var supplied: Passage?

  @Option(help: "Passages that are hard to read: keep, mark or drop.", transform: choice)
  var unclear: Passage?

  @Flag(help: "Join verse lines that are written in parts (l part=\"I\").")
  var joinParts = false

  @Option(help: "Name elements to import, such as persName,placeName. (default: the profile's)")
  var names: String?

  @Option(
    help: """
      Names with an edge inside a word: expand (to whole words), split (the word) or error.
      """, transform: choice)
  var edge: ImportSettings.Edges = .expand

  @Option(
    help: "References to undeclared entities: error, keep or drop.", transform: choice)
  var unknownEntity: XMLOptions.UnknownEntity = .error

  @Option(help: "The files' encoding, if they do not declare it or declare it wrongly.")
  var encoding: String?

  @Option(help: "local: read entity declarations of an external DTD beside or below the file.")
  var dtd: LocalAccess?

  @Option(help: "local: follow xi:include to files beside or below the file.")
  var xinclude: LocalAccess?

  @Option(
    name: .customLong("limit"), parsing: .singleValue,
    help: ArgumentHelp(
      """
      A limit on hostile input: depth (of elements, 10000), attribute (bytes, 67108864), token (bytes, \
      1048576), expansion (bytes of entities, 10485760), entity-depth (16); may be repeated.
      """, valueName: "name=number"))
  var limits: [String] = []

  @Flag(help: "Let unbound namespace prefixes pass.")
  var nsLenient = false

  @Option(parsing: .singleValue, help: "Bind a prefix that the file does not: PREFIX=URI.")
  var bind: [String] = []

  /// What becomes of passages of a kind.
  enum Passage: String, CaseIterable {
    case keep, mark, drop

    /// The rule for an element.
    func rule(for element: String) throws -> ReadingProfile.Rule {
      let action =
        switch self {
        case .keep: "include"
        case .mark: "mark"
        case .drop: "exclude"
        }
      return try ReadingProfile.Rule(line: "\(element):\(action)")
    }
  }

  enum LocalAccess: String, ExpressibleByArgument, CaseIterable { case local }

  /// The reading profile with the options that change it.
  func readingProfile() throws -> ReadingProfile {
    var result: ReadingProfile
    do {
      result = try ReadingProfile.named(profile ?? "reading")
    } catch let error as TEIError {
      if case .unknownProfile = error { throw ValidationError(error.description) }
      throw error
    }
    if let hyphen { result.hyphens = hyphen }
    if let spacing { result.spacing = spacing }
    if let witness { result.witness = witness }
    if joinParts { result.joinsVerseParts = true }
    return result
  }

  /// A reader for files below `root`.
  func reader(root: String) throws -> TEIReader {
    var settings = ImportSettings()
    settings.xml.encoding = encoding
    settings.xml.unknownEntity = unknownEntity
    settings.xml.lenientNamespaces = nsLenient
    settings.edges = edge
    for binding in bind {
      guard let equals = binding.firstIndex(of: "="), equals != binding.startIndex else {
        throw ValidationError(
          "--bind is \(binding), and must be like tei=http://www.tei-c.org/ns/1.0.")
      }
      settings.xml.bindings[String(binding[..<equals])] =
        String(binding[binding.index(after: equals)...])
    }
    if dtd != nil { settings.xml.externalSubset = ExternalSubset.below(root) }
    if xinclude != nil { settings.includeRoot = root }
    for limit in limits { try set(limit, in: &settings) }
    do {
      settings.rules = try passageRules() + rules.map { try ReadingProfile.Rule(line: $0) }
    } catch let error as TEIError { throw ValidationError("--rule: \(error.description)") }
    settings.nameElements = names.map { Set($0.split(separator: ",").map(String.init)) }
    return try TEIReader(
      profile: readingProfile(), choosesProfile: profile == nil, settings: settings)
  }

  /// The rules that options for one element each stand for.
  private func passageRules() throws -> [ReadingProfile.Rule] {
    try [("supplied", supplied), ("unclear", unclear)].compactMap { element, passage in
      try passage?.rule(for: element)
    }
  }

  private func set(_ limit: String, in settings: inout ImportSettings) throws {
    let parts = limit.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2, let value = Int(parts[1]), value > 0 else {
      throw ValidationError("--limit is \(limit), and must be like depth=20000.")
    }
    switch parts[0] {
    case "depth": settings.xml.depthLimit = value
    case "attribute": settings.xml.attributeLimit = value
    case "token": settings.tokenLimit = value
    case "expansion": settings.xml.expansionAllowance = value
    case "entity-depth": settings.xml.entityDepthLimit = value
    default:
      throw ValidationError(
        "--limit \(parts[0]): there is no such limit. Known: depth, attribute, token, expansion, "
          + "entity-depth.")
    }
  }
}
