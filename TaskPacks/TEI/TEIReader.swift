internal import Glibc
internal import SeqFormats
internal import SeqPack
internal import SeqXML

/// Imports TEI and other XML corpora by a reading profile.
///
/// ```swift
/// let reader = try TEIReader(profile: .named("reading"))
/// let report = try reader.importFile("edition.xml", as: .segments) { bytes in … }
/// ```
public struct TEIReader: Sendable {
  /// Which text is read, and what the elements mean; what a profile chosen by a file does not say.
  public let profile: ReadingProfile
  /// Whether files choose their profile themselves, by root element and name; settings that differ from
  /// those of `reading` are kept.
  public let choosesProfile: Bool
  /// How it is read.
  public var settings: ImportSettings

  /// Makes a reader.
  ///
  /// - Throws: `TEIError.profile` if the profile contradicts itself.
  public init(
    profile: ReadingProfile, choosesProfile: Bool = false,
    settings: ImportSettings = ImportSettings()
  ) throws {
    self.profile = profile
    self.choosesProfile = choosesProfile
    self.settings = settings
    var ruled = profile
    ruled.rules += settings.rules
    _ = try CompiledProfile(ruled, XMLNames())
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
    let profile = try self.profile(for: input)
    let input = input.converted(by: profile)
    let compiled = try CompiledProfile(profile, names)
    let importer = TEIImporter(
      source: input.name, names: names, profile: compiled, settings: settings, receiver: receiver)
    if try compiled.hasPointers || input.mentionsSpans() {
      let scanner = PointerScanner(names: names, profile: compiled)
      var options = settings.xml
      if options.unknownEntity == .error { options.unknownEntity = .keep }
      try XMLStream(
        source: input.name, names: names, options: options, handler: scanner, read: input.reading()
      ).parse()
      if scanner.table.hasMatches {
        try XMLStream(
          source: input.name, names: names, options: options,
          handler: MatchScanner(scanner.table, profile: compiled, names: names),
          read: input.reading()
        ).parse()
        scanner.table.endMatching()
      }
      importer.pointers = scanner.table
      if scanner.table.countsCharacters { importer.countsCharacters = true }
    }
    let stream = try XMLStream(
      source: input.name, names: names, options: settings.xml, handler: importer,
      read: input.reading())
    importer.stream = stream
    try stream.parse()
    return try importer.finishReport(stream)
  }
}

extension TEIReader {
  /// The profile that a file is read by.
  func profile(for input: XMLInput) throws -> ReadingProfile {
    var result = try chosenProfile(for: input)
    result.rules += settings.rules
    return result
  }

  private func chosenProfile(for input: XMLInput) throws -> ReadingProfile {
    guard choosesProfile else { return profile }
    let chosen = try ReadingProfile.forFile(input, settings.xml)
    if chosen.name == profile.name { return profile }
    var result = chosen
    // What was asked for on top of the usual reading holds for other formats as well.
    if let hyphens = profile.hyphens, hyphens != .drop { result.hyphens = hyphens }
    if let spacing = profile.spacing, spacing != .auto { result.spacing = spacing }
    result.witness = profile.witness ?? result.witness
    if profile.joinsVerseParts == true { result.joinsVerseParts = true }
    return result
  }
}

/// A file, or bytes in memory, that can be read more than once.
struct XMLInput {
  let name: String
  private let bytes: [UInt8]?
  /// The columns of a vertical file; `nil` for XML.
  private var columns: [String]?

  /// The same, read as the profile's kind of file.
  func converted(by profile: ReadingProfile) -> XMLInput {
    var result = self
    result.columns = profile.format == .vertical ? profile.columns ?? ["form"] : nil
    return result
  }

  /// A function that gives the bytes of the XML, from the start.
  func reading() throws -> (UnsafeMutableRawBufferPointer) throws -> Int {
    let source = try open()
    guard let columns else { return { try source.read(into: $0) } }
    let transcoder = VerticalTranscoder(source, columns: columns)
    return { try transcoder.read(into: $0) }
  }

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

  /// Whether a word of ASCII letters occurs in the bytes; always for UTF-16.
  func mentions(_ word: [UInt8]) throws -> Bool {
    let source = try open()
    let size = 1 << 18
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size + word.count, alignment: 16)
    defer { buffer.deallocate() }
    // Looked for by its letter that is the rarest in texts.
    let rarest = word.indices.max { Self.rarity(word[$0]) < Self.rarity(word[$1]) } ?? 0
    // The end of the piece before stands at the buffer's start: the word may begin there.
    var kept = 0
    var isFirst = true
    while true {
      let count = try source.read(
        into: UnsafeMutableRawBufferPointer(rebasing: buffer[kept..<(kept + size)]))
      if count == 0 { return false }
      let piece = UnsafeRawBufferPointer(rebasing: buffer[..<(kept + count)])
      if isFirst, piece.prefix(4).contains(where: { $0 == 0 || $0 >= 0xFE }) { return true }
      isFirst = false
      if Self.finds(word, rarest, in: piece) { return true }
      kept = min(piece.count, word.count - 1)
      memmove(buffer.baseAddress!, piece.baseAddress! + (piece.count - kept), kept)
    }
  }

  private static func rarity(_ letter: UInt8) -> Int {
    Array("etaoinsrhldcumfpgwybvkxjzq".utf8).firstIndex(of: letter | 0x20) ?? -1
  }

  private static func finds(
    _ word: [UInt8], _ rarest: Int, in bytes: UnsafeRawBufferPointer
  ) -> Bool {
    var place = rarest
    while place < bytes.count,
      let next = memchr(bytes.baseAddress! + place, Int32(word[rarest]), bytes.count - place)
    {
      let start = UnsafeRawPointer(next) - bytes.baseAddress! - rarest
      if start + word.count <= bytes.count,
        memcmp(bytes.baseAddress! + start, word, word.count) == 0
      {
        return true
      }
      place = start + rarest + 1
    }
    return false
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
