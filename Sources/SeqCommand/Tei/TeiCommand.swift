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

  @Option(help: "Hyphens before a border in a word: drop, keep or auto.", transform: choice)
  var hyphen: ReadingProfile.Hyphens?

  @Option(help: "What tells of spaces between tokens: auto, join, xml or c.", transform: choice)
  var spacing: ReadingProfile.Spacing?

  @Option(help: "The witness whose readings are preferred, by its sigil.")
  var witness: String?

  @Flag(help: "Join verse lines that are written in parts (l part=\"I\").")
  var joinParts = false

  @Option(help: "Name elements to import, such as persName,placeName. (default: the profile's)")
  var names: String?

  @Option(
    help: "References to undeclared entities: error, keep or drop.", transform: choice)
  var unknownEntity: XMLOptions.UnknownEntity = .error

  @Option(help: "The files' encoding, if they do not declare it or declare it wrongly.")
  var encoding: String?

  @Option(help: "local: read entity declarations of an external DTD beside or below the file.")
  var dtd: LocalAccess?

  @Option(help: "local: follow xi:include to files beside or below the file.")
  var xinclude: LocalAccess?

  @Flag(help: "Let unbound namespace prefixes pass.")
  var nsLenient = false

  @Option(parsing: .singleValue, help: "Bind a prefix that the file does not: PREFIX=URI.")
  var bind: [String] = []

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
    settings.nameElements = names.map { Set($0.split(separator: ",").map(String.init)) }
    return try TEIReader(
      profile: readingProfile(), choosesProfile: profile == nil, settings: settings)
  }
}
