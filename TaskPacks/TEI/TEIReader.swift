internal import SeqFormats
internal import SeqPack
internal import SeqXML

/// Imports TEI and other XML corpora by a reading profile.
///
/// ```swift
/// let reader = try TEIReader(profile: TEIReader.profile(named: "reading"))
/// let report = try reader.importCoNLLU(path: "edition.xml", to: sink)
/// ```
public struct TEIReader: Sendable {
  /// Which text is read, and what the elements mean.
  public let profile: ReadingProfile
  /// How it is read.
  public var settings: ImportSettings

  /// Makes a reader.
  ///
  /// - Throws: `TEIError.profile` if the profile contradicts itself.
  public init(profile: ReadingProfile, settings: ImportSettings = ImportSettings()) throws {
    self.profile = profile
    self.settings = settings
    _ = try CompiledProfile(profile, XMLNames())
  }

  /// The names of the bundled profiles.
  public static let profileNames = ["reading", "diplomatic", "abbreviated"]

  /// A bundled profile, or one in a file; the profile that it extends is read as well.
  ///
  /// - Throws: `TEIError.unknownProfile` or `.profile`; `PackError` if the bundled ones are missing.
  public static func profile(named name: String) throws -> ReadingProfile {
    try profile(named: name, extendedBy: [])
  }

  private static func profile(named name: String, extendedBy: [String]) throws -> ReadingProfile {
    let path: String
    if profileNames.contains(name) {
      path = try ResourceFinder().path(.manifests, name + ".json5", pack: "TEIPack")
    } else if name.contains("/") || name.contains(".") {
      path = name
    } else {
      throw TEIError.unknownProfile(name, known: profileNames)
    }
    if extendedBy.contains(name) {
      throw TEIError.profile(path: path, problem: "it extends itself")
    }
    let profile = try ReadingProfile(json5: ByteSource(path: path).readAll(), path: path)
    guard let base = profile.extends else { return profile }
    return profile.extending(try Self.profile(named: base, extendedBy: extendedBy + [name]))
  }

  /// Writes a file's sentences as CoNLL-U.
  ///
  /// - Parameters:
  ///   - writesSources: whether MISC has the bytes of the file that each word comes from.
  ///   - pass: takes what is written, piece by piece.
  /// - Returns: what was read, and what was not.
  /// - Throws: `XMLError`, `TEIError`, `FormatError`, and what `pass` throws.
  public func importCoNLLU(
    path: String, writesSources: Bool = true, pass: @escaping (inout [UInt8]) throws -> Void
  ) throws -> ImportReport {
    let sentences = CoNLLUSentences(writesSources: writesSources, pass: pass)
    let report = try run(path: path, receiver: sentences)
    try sentences.flush()
    return report
  }

  /// Reads a file.
  func run(path: String, receiver: any SegmentReceiver) throws -> ImportReport {
    try run(XMLInput(path: path), receiver: receiver)
  }

  func run(
    _ input: XMLInput, receiver: any SegmentReceiver, names: XMLNames = XMLNames()
  ) throws -> ImportReport {
    let compiled = try CompiledProfile(profile, names)
    let importer = TEIImporter(
      source: input.name, names: names, profile: compiled, settings: settings, receiver: receiver)
    if try input.mentionsSpans() {
      let scanner = PointerScanner(names: names)
      let source = try input.open()
      var options = settings.xml
      if options.unknownEntity == .error { options.unknownEntity = .keep }
      try XMLStream(source: input.name, names: names, options: options, handler: scanner) {
        try source.read(into: $0)
      }.parse()
      importer.pointers = scanner.table
    }
    let source = try input.open()
    let stream = try XMLStream(
      source: input.name, names: names, options: settings.xml, handler: importer
    ) { try source.read(into: $0) }
    importer.stream = stream
    try stream.parse()
    return try importer.finishReport(stream)
  }
}

/// A file, or bytes in memory, that can be read more than once.
struct XMLInput {
  let name: String
  private let bytes: [UInt8]?

  /// A file; standard input for `-`, which is kept in memory.
  init(path: String) throws {
    if path == "-" {
      let source = try ByteSource(path: path)
      name = source.name
      bytes = try source.readAll()
    } else {
      name = path
      bytes = nil
    }
  }

  init(bytes: [UInt8], name: String) {
    self.bytes = bytes
    self.name = name
  }

  func open() throws -> ByteSource {
    if let bytes { return ByteSource(bytes: bytes, name: name) }
    return try ByteSource(path: name)
  }

  /// Whether elements called `span` or `annotation` may occur, which point at text.
  func mentionsSpans() throws -> Bool {
    let source = try open()
    var search = SpanSearch()
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      let count = try source.read(into: buffer)
      if count == 0 { return false }
      if search.finds(in: UnsafeRawBufferPointer(rebasing: buffer[..<count])) { return true }
    }
  }
}
