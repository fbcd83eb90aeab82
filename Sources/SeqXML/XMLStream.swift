internal import CLibXML2

/// Reads one XML document with libxml2's SAX2 interface and hands its tags and texts to a handler,
/// each with its exact place in the document.
///
/// libxml2 decides what is well-formed, resolves namespaces and normalizes attributes. What stands
/// between two tags is read a second time from the same bytes (``lex(to:)``), because only there are
/// offsets exact; that both readings see equally many characters is checked at every tag.
/// `Docs/Decisions` has a page on it. Memory holds a window on the document: the text since the last
/// tag, or the longest tag.
public final class XMLStream {
  /// The name of the source in messages.
  public let source: String
  /// The numbers of names.
  public let names: XMLNames
  /// Prefixes that nothing binds, let pass with `lenientNamespaces`; with counts.
  @exclusivity(unchecked) public internal(set) var unboundPrefixes: [String: Int] = [:]
  /// References to undeclared entities that were left out or kept.
  public var undeclaredEntities: [XMLError.UndeclaredEntity] {
    entities.undeclared.map {
      XMLError.UndeclaredEntity(
        name: String(decoding: $0.name, as: UTF8.self), first: $0.first, count: $0.count)
    }
  }
  /// The system identifier of the document type, if there is one.
  @exclusivity(unchecked) public internal(set) var externalSubset: String?
  /// Offsets below it will not be asked for again; the handler raises it to save memory.
  @exclusivity(unchecked) public var floor = 0

  /// Whether the text that is handed on stands in a CDATA section, in which there can be no tags.
  public internal(set) var isCharacterData = false

  let options: XMLOptions
  let entities: XMLEntities
  /// The place of the reference whose replacement text is read; `nil` for a document.
  let replacementPlace: XMLPlace?

  let decoder: XMLDecoder
  let handler: any XMLHandler
  @exclusivity(unchecked) var window = XMLWindow(capacity: 1 << 17)
  @exclusivity(unchecked) var context: xmlParserCtxtPtr?
  /// The offset behind what has been handed on.
  @exclusivity(unchecked) var lexed = 0
  /// The offset behind what the parser has been given.
  @exclusivity(unchecked) var served = 0
  @exclusivity(unchecked) var failure: (any Error)?

  struct OpenElement {
    var name: XMLNameID
    var namespace: XMLNameID
    var start: Int
    var place: (line: Int, column: Int)?
  }
  @exclusivity(unchecked) var open: [OpenElement] = []
  /// The number of open elements whose line is known.
  @exclusivity(unchecked) var placed = 0

  /// Characters since the last tag, as the parser and as we count them, in bytes.
  @exclusivity(unchecked) var parserCharacters = 0
  @exclusivity(unchecked) var lexerCharacters = 0

  @exclusivity(unchecked) var localNames = AddressTable()
  @exclusivity(unchecked) var xmlNames = AddressTable()
  @exclusivity(unchecked) var namespaces = AddressTable()
  @exclusivity(unchecked) var attributes: [XMLAttribute] = []
  /// Attribute values that were made here; freed at the next tag.
  @exclusivity(unchecked) var madeValues: [UnsafeMutableBufferPointer<UInt8>] = []
  /// What the parser is told of every entity: opaque in content, empty in attributes.
  let opaqueEntity = UnsafeMutablePointer<xmlEntity>.allocate(capacity: 1)
  let attributeEntity = UnsafeMutablePointer<xmlEntity>.allocate(capacity: 1)
  @exclusivity(unchecked) var bindingIDs: [String: XMLNameID] = [:]
  /// Whether the declarations of the external subset have been looked for.
  @exclusivity(unchecked) var subsetLoaded = false
  lazy var xmlNamespace = names.id("http://www.w3.org/XML/1998/namespace")

  /// Opens a document.
  ///
  /// - Parameters:
  ///   - source: the name in messages.
  ///   - names: names that have numbers already; new ones are added.
  ///   - read: fills a buffer and tells how far; 0 means the end.
  /// - Throws: what `read` throws; `XMLError.empty` and `.unknownEncoding`.
  public convenience init(
    source: String, names: XMLNames, options: XMLOptions = XMLOptions(), handler: any XMLHandler,
    read: @escaping (UnsafeMutableRawBufferPointer) throws -> Int
  ) throws {
    try self.init(
      source: source, names: names, options: options, handler: handler, entities: XMLEntities(),
      replacementPlace: nil, read: read)
  }

  init(
    source: String, names: XMLNames, options: XMLOptions, handler: any XMLHandler,
    entities: XMLEntities, replacementPlace: XMLPlace?,
    read: @escaping (UnsafeMutableRawBufferPointer) throws -> Int
  ) throws {
    self.source = source
    self.names = names
    self.options = options
    self.handler = handler
    self.entities = entities
    self.replacementPlace = replacementPlace
    decoder = try XMLDecoder(source: source, encoding: options.encoding, read: read)
    opaqueEntity.initialize(to: xmlEntity())
    opaqueEntity.pointee.type = XML_ENTITY_DECL
    opaqueEntity.pointee.etype = XML_EXTERNAL_GENERAL_PARSED_ENTITY
    attributeEntity.initialize(to: xmlEntity())
    attributeEntity.pointee.type = XML_ENTITY_DECL
    attributeEntity.pointee.etype = XML_INTERNAL_GENERAL_ENTITY
    for (prefix, namespace) in options.bindings { bindingIDs[prefix] = names.id(namespace) }
  }

  deinit {
    freeMadeValues()
    opaqueEntity.deallocate()
    attributeEntity.deallocate()
  }

  /// The offset in the file's own bytes of an offset that is not below ``floor``.
  public func originalOffset(_ offset: Int) -> Int { decoder.map.original(offset) }

  /// What is added to offsets of the document for offsets of the file, where that is the same
  /// everywhere: in UTF-8, the length of a byte-order mark.
  public var originalShift: Int? { decoder.shift }

  /// Whether offsets of the document are offsets of the file, but for a byte-order mark.
  public var isUTF8: Bool { decoder.map.isIdentity }

  /// The encoding of the file's bytes.
  public var encoding: String { decoder.encoding }

  /// The line and column of an offset that is not far behind the newest event.
  public func place(of offset: Int) -> XMLPlace {
    if let replacementPlace { return replacementPlace }
    let (line, column) = window.place(of: max(offset, window.start))
    return XMLPlace(source: source, line: line, column: column)
  }

  /// The bytes of a range not before the text that is being handed on.
  public func bytes(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
    window.slice(range.clamped(to: window.start..<window.end))
  }

  // MARK: - Running the parser

  /// Reads the document to its end.
  ///
  /// - Throws: `XMLError`, what the source throws and what the handler throws.
  public func parse() throws {
    Self.start
    var sax = xmlSAXHandler()
    sax.initialized = UInt32(XML_SAX2_MAGIC)
    sax.startElementNs = { context, local, prefix, uri, _, _, count, _, values in
      XMLStream.at(context) { try $0.started(local!, prefix, uri, Int(count), values) }
    }
    sax.endElementNs = { context, _, _, _ in XMLStream.at(context) { try $0.ended() } }
    sax.characters = { context, _, count in XMLStream.at(context) { try $0.counted(Int(count)) } }
    sax.ignorableWhitespace = sax.characters
    sax.cdataBlock = sax.characters
    sax.reference = { _, _ in }
    sax.getEntity = { context, name in
      Unmanaged<XMLStream>.fromOpaque(context!).takeUnretainedValue().entity(name!)
    }
    sax.getParameterEntity = { context, name in
      XMLStream.at(context) { try $0.parameterReferred(name!) }
      return nil
    }
    sax.entityDecl = { context, name, type, _, system, content in
      XMLStream.at(context) { try $0.declared(name!, Int(type), system, content) }
    }
    sax.unparsedEntityDecl = { context, name, _, system, _ in
      XMLStream.at(context) {
        try $0.declared(name!, Int(XML_EXTERNAL_GENERAL_UNPARSED_ENTITY.rawValue), system, nil)
      }
    }
    sax.internalSubset = { context, _, _, system in
      XMLStream.at(context) { try $0.documentType(system) }
    }
    sax.serror = { context, error in XMLStream.at(context) { try $0.reported(error!) } }
    let this = Unmanaged.passUnretained(self).toOpaque()
    guard
      let context = xmlCreateIOParserCtxt(
        &sax, this,
        { context, buffer, count in
          Unmanaged<XMLStream>.fromOpaque(context!).takeUnretainedValue()
            .serve(UnsafeMutableRawBufferPointer(start: buffer, count: Int(count)))
        }, nil, this, XML_CHAR_ENCODING_NONE)
    else { preconditionFailure("libxml2 could not make a parser: out of memory.") }
    self.context = context
    defer {
      if let document = context.pointee.myDoc { xmlFreeDoc(document) }
      xmlFreeParserCtxt(context)
      self.context = nil
    }
    let flags = XML_PARSE_HUGE.rawValue | XML_PARSE_NONET.rawValue | XML_PARSE_IGNORE_ENC.rawValue
    xmlCtxtUseOptions(context, Int32(flags))
    xmlParseDocument(context)
    if let failure { throw failure }
    if let fault = decoder.fault { throw notInEncoding(fault) }
    if context.pointee.wellFormed == 0 {
      throw XMLError.notWellFormed(at: place(of: position), problem: "unknown fault")
    }
    if replacementPlace == nil, options.unknownEntity == .error, !entities.undeclared.isEmpty {
      throw XMLError.undeclaredEntities(undeclaredEntities, externalSubset: externalSubset)
    }
  }

  /// libxml2 is started once, before any thread uses it.
  private static let start: Void = xmlInitParser()

  @inline(__always)
  private static func at(
    _ context: UnsafeMutableRawPointer?, _ body: (XMLStream) throws -> Void
  ) {
    Unmanaged<XMLStream>.fromOpaque(context!)._withUnsafeGuaranteedRef { stream in
      if stream.failure != nil { return }
      do { try body(stream) } catch { stream.fail(error) }
    }
  }

  func fail(_ error: any Error) {
    if failure == nil { failure = error }
    if let context { xmlStopParser(context) }
  }

  /// The parser's position in the document.
  var position: Int {
    guard let input = context?.pointee.input else { return served }
    return Int(input.pointee.consumed) + (input.pointee.cur - input.pointee.base)
  }

  /// Gives the parser more of the document.
  func serve(_ buffer: UnsafeMutableRawBufferPointer) -> Int32 {
    if failure != nil { return -1 }
    do {
      if served == window.end {
        placeOpenElements()
        decoder.forget(before: min(floor, lexed))
        let made = try window.refill(keeping: lexed, room: 1 << 16) { try decoder.read(into: $0) }
        if made == 0 { return 0 }
      }
    } catch {
      failure = error
      return -1
    }
    let count = min(buffer.count, window.end - served)
    buffer.copyMemory(
      from: UnsafeRawBufferPointer(window.slice(served..<(served + count))))
    served += count
    return Int32(count)
  }

  /// Notes the lines of open elements before the window moves past them.
  func placeOpenElements() {
    while placed < open.count {
      if open[placed].start >= window.start {
        open[placed].place = window.place(of: open[placed].start)
      }
      placed += 1
    }
  }

  func place(of element: OpenElement) -> XMLPlace {
    guard let place = element.place else { return place(of: element.start) }
    return XMLPlace(source: source, line: place.line, column: place.column)
  }
}
