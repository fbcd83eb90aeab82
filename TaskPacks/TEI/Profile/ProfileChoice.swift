internal import SeqFormats
internal import SeqPack
internal import SeqXML

extension ReadingProfile {
  /// The names of the bundled profiles: readings of TEI, then other formats.
  public static let bundledNames = [
    "reading", "diplomatic", "abbreviated", "tcf", "folia", "i5", "bnc", "brown", "vertical",
  ]

  /// A bundled profile, or one in a file; the profile that it extends is read as well.
  ///
  /// - Throws: `TEIError.unknownProfile` or `.profile`; `PackError` if the bundled ones are missing;
  ///   `FormatError.cannotOpen` for a path.
  public static func named(_ name: String) throws -> ReadingProfile {
    try named(name, extendedBy: [])
  }

  private static func named(_ name: String, extendedBy: [String]) throws -> ReadingProfile {
    let path: String
    if bundledNames.contains(name) {
      path = try ResourceFinder().path(.manifests, name + ".json5", pack: "TEIPack")
    } else if name.contains("/") || name.contains(".") {
      path = name
    } else {
      throw TEIError.unknownProfile(name, known: bundledNames)
    }
    if extendedBy.contains(name) {
      throw TEIError.profile(path: path, problem: "it extends itself")
    }
    let profile = try ReadingProfile(json5: ByteSource(path: path).readAll(), path: path)
    guard let base = profile.extends else { return profile }
    return profile.extending(try named(base, extendedBy: extendedBy + [name]))
  }

  /// The bundled profile for a file: by the end of its name and its root element; `reading` where
  /// neither tells.
  ///
  /// - Throws: what reading the file's start throws.
  static func forFile(_ input: XMLInput, _ options: XMLOptions) throws -> ReadingProfile {
    var path = input.name
    if path.hasSuffix(".gz") { path.removeLast(3) }
    if CorpusFiles.verticalEndings.contains(where: { path.hasSuffix($0) }) {
      return try named("vertical")
    }
    let root = try RootProbe.root(of: input, options)
    let usual = ["TEI", "teiCorpus", "TEI.2", "teiCorpus.2", ""]
    if !usual.contains(root) {
      for name in bundledNames {
        let profile = try named(name)
        if profile.roots?.contains(root) == true { return profile }
      }
    }
    return try named("reading")
  }
}

/// Finds the root element of a document, and reads no further.
private final class RootProbe: XMLHandler {
  private struct Found: Error { let name: String }

  /// The local name; empty if the document has a fault before it, which reading it will tell.
  static func root(of input: XMLInput, _ options: XMLOptions) throws -> String {
    let probe = RootProbe()
    let source = try input.open()
    var options = options
    options.lenientNamespaces = true
    do {
      try XMLStream(source: input.name, names: XMLNames(), options: options, handler: probe) {
        try source.read(into: $0)
      }.parse()
    } catch let found as Found {
      return found.name
    } catch is XMLError {}
    return ""
  }

  func startElement(_ tag: borrowing XMLStartTag, in stream: XMLStream) throws {
    throw Found(name: stream.names.string(tag.name))
  }
  func endElement(_ name: XMLNameID, at range: Range<Int>, in stream: XMLStream) throws {}
  func text(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int, in stream: XMLStream) throws {}
  func substitute(
    _ bytes: UnsafeBufferPointer<UInt8>, for range: Range<Int>, in stream: XMLStream
  ) throws {}
}
