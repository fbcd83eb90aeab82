public import SeqCore
public import SeqFeatures
internal import SeqFormats
internal import SeqXML

/// Puts tags into documents: insertions into the original bytes, everything else as it was.
public struct TEIWriter: Sendable {
  /// How documents are read.
  public let reader: TEIReader
  /// What is put in, and how.
  public var settings: WriteSettings

  /// Makes a writer.
  public init(_ reader: TEIReader, settings: WriteSettings = WriteSettings()) {
    self.reader = reader
    self.settings = settings
  }

  /// Tags a document.
  ///
  /// - Parameters:
  ///   - path: a file; standard input for `-`, which is kept in memory.
  ///   - tokenizer: for text without marked words; `nil` chooses by the document's language.
  ///   - annotate: adds layers and spans to the record of a sentence.
  ///   - pass: takes the new document's bytes, in order.
  /// - Returns: what was read and what was written.
  /// - Throws: `XMLError`, `TEIError`, `FormatError`, and what the closures throw.
  public func write(
    path: String, tokenizer: Tokenizer? = nil,
    annotate: @escaping (inout Record) throws -> Void, pass: @escaping ([UInt8]) throws -> Void
  ) throws -> (read: ImportReport, written: WriteReport) {
    var input = try XMLInput(path: path)
    let profile = try reader.profile(for: input)
    if profile.readOnly == true {
      throw TEIError.readOnly(source: input.name, profile: profile.name)
    }
    var own = try OwnLayer(settings.layer, in: input, options: reader.settings.xml)
    if settings.existing == .replace, own.isPresent {
      let stripper = TEIStripper(layer: settings.layer, xml: reader.settings.xml)
      input = XMLInput(bytes: try stripper.stripped(input), name: input.name)
      own = OwnLayer()
    }
    var reader = reader
    reader.settings.keepsTags = true
    reader.settings.keepsAnchors =
      settings.isApart || settings.overlap == .standoff || settings.writesFrames
    let splicer = Splicer(try input.open(), pass: pass)
    let edits = DocumentEdits(splicer, head: try input.open().peek(4))
    let names = XMLNames()
    let receiver = WritingReceiver(
      settings, names, own: own, tokenizer: tokenizer, edits: edits, annotate: annotate)
    let read = try reader.run(input, receiver: receiver, names: names)
    try splicer.finish()
    var written = receiver.writer.report
    written.edits = splicer.count
    return (read, written)
  }
}

/// Tags segments as they come, and hands the changes to the splicer.
private final class WritingReceiver: SegmentReceiver {
  private let builder: SentenceBuilder
  private let edits: DocumentEdits
  private let settings: WriteSettings
  private let annotate: (inout Record) throws -> Void
  private var sawHeader = false
  let writer: SegmentWriter

  init(
    _ settings: WriteSettings, _ names: XMLNames, own: OwnLayer, tokenizer: Tokenizer?,
    edits: DocumentEdits, annotate: @escaping (inout Record) throws -> Void
  ) {
    self.settings = settings
    self.edits = edits
    self.annotate = annotate
    writer = SegmentWriter(settings, names, own: own, edits: edits)
    builder = SentenceBuilder(
      language: tokenizer.map { .fixed($0) } ?? .automatic, splitsSurface: false)
  }

  func receive(_ segment: TEISegment, from importer: TEIImporter) throws {
    edits.importer = importer
    // What was included comes from another file, which is not written.
    guard importer.includeDepth == 0 else { return }
    try builder.forEachSentence(of: segment, importer) {
      importer.report.sentences += 1
      importer.report.tokens += builder.words.count
      var record = makeRecord(of: segment, builder, importer, keepsIdentifiers: false)
      for layer in record.spanLayers { record.removeSpans(layer.name) }
      try annotate(&record)
      try writer.write(record, of: segment, builder, importer)
    }
    if edits.splicer.waiting > 1 << 14 {
      writer.passed = importer.safeOffset
      try edits.splicer.advance(to: importer.original(writer.passed))
    }
  }

  func receive(documentEnd offset: Int, from importer: TEIImporter) throws {
    edits.importer = importer
    guard !writer.apart.isEmpty else { return }
    // What is written of this document goes out before the next one begins.
    try edits.splicer.advance(to: importer.original(offset))
    writer.passed = offset
    edits.add(offset, writer.apart.markup(prefix: importer.documentPrefix, mark: writer.mark))
  }

  func receive(header: HeaderReader, from importer: TEIImporter) throws {
    edits.importer = importer
    // One note a file: its identifier must not occur twice.
    guard !sawHeader else { return }
    sawHeader = true
    guard settings.notesApplication, importer.includeDepth == 0, header.canTakeApplication,
      !header.applications.contains(settings.layer)
    else { return }
    let prefix = String(decoding: header.prefix, as: UTF8.self)
    let mark = "resp=\"#\(settings.layer)\""
    let text = String(decoding: InsertionEncoder.escaped(settings.description.utf8), as: UTF8.self)
    var markup =
      "<\(prefix)application xml:id=\"\(settings.layer)\" ident=\"seqkit\" "
      + "version=\"\(settings.version)\" \(mark)><\(prefix)label>seqkit</\(prefix)label>"
      + (text.isEmpty ? "" : "<\(prefix)desc>\(text)</\(prefix)desc>") + "</\(prefix)application>"
    let offset: Int
    if let end = header.applicationInfoEnd {
      offset = end
    } else {
      markup = "<\(prefix)appInfo \(mark)>\(markup)</\(prefix)appInfo>"
      if let end = header.encodingEnd {
        offset = end
      } else if let end = header.fileDescriptionEnd {
        markup = "<\(prefix)encodingDesc \(mark)>\(markup)</\(prefix)encodingDesc>"
        offset = end
      } else {
        return
      }
    }
    edits.add(offset, Array(markup.utf8))
  }
}
