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
  @exclusivity(unchecked) public private(set) var unboundPrefixes: [String: Int] = [:]
  /// References to undeclared entities that were left out or kept.
  public var undeclaredEntities: [XMLError.UndeclaredEntity] {
    entities.undeclared.map {
      XMLError.UndeclaredEntity(
        name: String(decoding: $0.name, as: UTF8.self), first: $0.first, count: $0.count)
    }
  }
  /// The system identifier of the document type, if there is one.
  @exclusivity(unchecked) public private(set) var externalSubset: String?
  /// Offsets below it will not be asked for again; the handler raises it to save memory.
  @exclusivity(unchecked) public var floor = 0

  /// Whether the text that is handed on stands in a CDATA section, in which there can be no tags.
  public internal(set) var isCharacterData = false

  let options: XMLOptions
  let entities: XMLEntities
  /// The place of the reference whose replacement text is read; `nil` for a document.
  let replacementPlace: XMLPlace?

  private let decoder: XMLDecoder
  private let handler: any XMLHandler
  @exclusivity(unchecked) var window = XMLWindow(capacity: 1 << 17)
  @exclusivity(unchecked) private var context: xmlParserCtxtPtr?
  /// The offset behind what has been handed on.
  @exclusivity(unchecked) var lexed = 0
  /// The offset behind what the parser has been given.
  @exclusivity(unchecked) private var served = 0
  @exclusivity(unchecked) private var failure: (any Error)?

  private struct OpenElement {
    var name: XMLNameID
    var namespace: XMLNameID
    var start: Int
    var place: (line: Int, column: Int)?
  }
  @exclusivity(unchecked) private var open: [OpenElement] = []
  /// The number of open elements whose line is known.
  @exclusivity(unchecked) private var placed = 0

  /// Characters since the last tag, as the parser and as we count them, in bytes.
  @exclusivity(unchecked) private var parserCharacters = 0
  @exclusivity(unchecked) var lexerCharacters = 0

  @exclusivity(unchecked) private var localNames = AddressTable()
  @exclusivity(unchecked) private var xmlNames = AddressTable()
  @exclusivity(unchecked) private var namespaces = AddressTable()
  @exclusivity(unchecked) private var attributes: [XMLAttribute] = []
  /// Attribute values that were made here; freed at the next tag.
  @exclusivity(unchecked) private var madeValues: [UnsafeMutableBufferPointer<UInt8>] = []
  /// What the parser is told of every entity: opaque in content, empty in attributes.
  private let opaqueEntity = UnsafeMutablePointer<xmlEntity>.allocate(capacity: 1)
  private let attributeEntity = UnsafeMutablePointer<xmlEntity>.allocate(capacity: 1)
  @exclusivity(unchecked) private var bindingIDs: [String: XMLNameID] = [:]

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

  private func fail(_ error: any Error) {
    if failure == nil { failure = error }
    if let context { xmlStopParser(context) }
  }

  /// The parser's position in the document.
  private var position: Int {
    guard let input = context?.pointee.input else { return served }
    return Int(input.pointee.consumed) + (input.pointee.cur - input.pointee.base)
  }

  /// Gives the parser more of the document.
  private func serve(_ buffer: UnsafeMutableRawBufferPointer) -> Int32 {
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
  private func placeOpenElements() {
    while placed < open.count {
      if open[placed].start >= window.start {
        open[placed].place = window.place(of: open[placed].start)
      }
      placed += 1
    }
  }

  private func place(of element: OpenElement) -> XMLPlace {
    guard let place = element.place else { return place(of: element.start) }
    return XMLPlace(source: source, line: place.line, column: place.column)
  }

  // MARK: - Events

  private func counted(_ count: Int) throws {
    parserCharacters += count
    // A long text is handed on piece by piece.
    if served - lexed > 1 << 18, !open.isEmpty { _ = try lex(to: position) }
  }

  private func checkAgreement() throws {
    if parserCharacters != lexerCharacters {
      throw XMLError.disagreement(
        at: place(of: lexed), what: "\(parserCharacters) and \(lexerCharacters) bytes of text")
    }
    parserCharacters = 0
    lexerCharacters = 0
  }

  private func started(
    _ local: UnsafePointer<UInt8>, _ prefix: UnsafePointer<UInt8>?, _ uri: UnsafePointer<UInt8>?,
    _ count: Int, _ values: UnsafeMutablePointer<UnsafePointer<UInt8>?>?
  ) throws {
    let position = position
    let start: Int
    if open.isEmpty {
      // The document element: what stands before it is not content.
      var back = position - 1
      while back > lexed, window[back] != UInt8(ascii: "<") { back -= 1 }
      start = back
      parserCharacters = 0
    } else {
      guard let found = try lex(to: position) else {
        throw XMLError.disagreement(at: place(of: position), what: "no tag where one was reported")
      }
      start = found
      try checkAgreement()
    }
    guard window[start] == UInt8(ascii: "<"), position < window.end else {
      throw XMLError.disagreement(at: place(of: start), what: "a tag without <")
    }
    let isEmpty = window[position] == UInt8(ascii: "/")
    let end = position + (isEmpty ? 2 : 1)
    var namespace: XMLNameID = -1
    if let uri {
      namespace = id(uri, &namespaces)
    } else if let prefix, !bindingIDs.isEmpty,
      let bound = bindingIDs[String(cString: UnsafePointer<CChar>(OpaquePointer(prefix)))]
    {
      namespace = bound
    }
    let name = id(local, &localNames)
    if open.count >= options.depthLimit {
      throw XMLError.limit(
        at: place(of: start), what: "elements are nested deeper than \(options.depthLimit)",
        limit: options.depthLimit)
    }
    open.append(OpenElement(name: name, namespace: namespace, start: start))
    lexed = end
    try collectAttributes(count, values, at: start)
    try attributes.withUnsafeBufferPointer { attributes in
      try handler.startElement(
        XMLStartTag(
          name: name, namespace: namespace, range: start..<end, isEmpty: isEmpty,
          isReplacement: false, attributes: attributes,
          bytes: window.slice(start..<min(end, window.end))), in: self)
    }
  }

  private func ended() throws {
    guard let element = open.last else { return }
    var range = lexed..<lexed
    let position = position
    if position > lexed {
      guard let start = try lex(to: position) else {
        throw XMLError.disagreement(at: place(of: position), what: "no tag where one was reported")
      }
      range = start..<position
    }
    try checkAgreement()
    lexed = position
    open.removeLast()
    placed = min(placed, open.count)
    try handler.endElement(element.name, at: range, in: self)
  }

  @inline(__always)
  private func id(_ name: UnsafePointer<UInt8>, _ table: inout AddressTable) -> XMLNameID {
    let known = table.value(name)
    if known >= 0 { return known }
    let number = names.id(Array(UnsafeBufferPointer(start: name, count: Int(xmlStrlen(name)))))
    table.insert(name, number)
    return number
  }

  private func collectAttributes(
    _ count: Int, _ values: UnsafeMutablePointer<UnsafePointer<UInt8>?>?, at start: Int
  ) throws {
    attributes.removeAll(keepingCapacity: true)
    if !madeValues.isEmpty { freeMadeValues() }
    guard count > 0, let values, let input = context?.pointee.input?.pointee else { return }
    for index in 0..<count {
      let parts = values + 5 * index
      guard let local = parts[0], let first = parts[3], let last = parts[4] else { continue }
      let name =
        parts[1] != nil && isXMLNamespace(parts[2]) ? xmlID(local) : id(local, &localNames)
      var value = UnsafeBufferPointer(start: first, count: last - first)
      if value.count > options.attributeLimit {
        throw XMLError.limit(
          at: place(of: start), what: "an attribute has \(value.count) bytes",
          limit: options.attributeLimit)
      }
      // A value that the parser left where it stands has no reference in it.
      if first < input.base || first > input.end, value.contains(UInt8(ascii: "&")) {
        value = try replaced(value, at: start)
      }
      attributes.append(XMLAttribute(name: name, value: value))
    }
  }

  private func isXMLNamespace(_ uri: UnsafePointer<UInt8>?) -> Bool {
    guard let uri else { return false }
    return id(uri, &namespaces) == xmlNamespace
  }

  private lazy var xmlNamespace = names.id("http://www.w3.org/XML/1998/namespace")

  private func xmlID(_ local: UnsafePointer<UInt8>) -> XMLNameID {
    let known = xmlNames.value(local)
    if known >= 0 { return known }
    let bytes = UnsafeBufferPointer(start: local, count: Int(xmlStrlen(local)))
    let number = names.id(Array("xml:".utf8) + Array(bytes))
    xmlNames.insert(local, number)
    return number
  }

  private func freeMadeValues() {
    for value in madeValues { value.deallocate() }
    madeValues.removeAll()
  }

  /// An attribute value with its references replaced.
  private func replaced(
    _ value: UnsafeBufferPointer<UInt8>, at start: Int
  ) throws -> UnsafeBufferPointer<UInt8> {
    var result: [UInt8] = []
    try replaceReferences(in: Array(value), at: start, into: &result)
    let made = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(result.count, 1))
    _ = made.initialize(fromContentsOf: result)
    madeValues.append(made)
    return UnsafeBufferPointer(rebasing: made[..<result.count])
  }

  private func replaceReferences(
    in value: [UInt8], at start: Int, into result: inout [UInt8]
  ) throws {
    var index = 0
    while index < value.count {
      guard value[index] == UInt8(ascii: "&"),
        let end = value[index...].firstIndex(of: UInt8(ascii: ";"))
      else {
        result.append(value[index])
        index += 1
        continue
      }
      let name = Array(value[(index + 1)..<end])
      index = end + 1
      if name.first == UInt8(ascii: "#") {
        if let scalar = characterReference(name.dropFirst()) {
          result += Array(UTF8.encode(scalar)!)
        }
      } else if let character = XMLEntities.predefined(name) {
        result.append(character)
      } else if let text = try replacement(of: name, at: start, inAttribute: true) {
        try replaceReferences(in: text, at: start, into: &result)
      } else if options.unknownEntity == .keep {
        result += [UInt8(ascii: "&")] + name + [UInt8(ascii: ";")]
      }
    }
  }

  // MARK: - Declarations and faults

  private func entity(_ name: UnsafePointer<UInt8>) -> xmlEntityPtr {
    if context?.pointee.instate == XML_PARSER_ATTRIBUTE_VALUE {
      attributeEntity.pointee.name = name
      attributeEntity.pointee.checked = 1
      return attributeEntity
    }
    opaqueEntity.pointee.name = name
    return opaqueEntity
  }

  private static func bytes(_ string: UnsafePointer<UInt8>) -> [UInt8] {
    Array(UnsafeBufferPointer(start: string, count: Int(xmlStrlen(string))))
  }

  private static func text(_ string: UnsafePointer<UInt8>?) -> String? {
    string.map { String(decoding: bytes($0), as: UTF8.self) }
  }

  private func declared(
    _ name: UnsafePointer<UInt8>, _ type: Int, _ system: UnsafePointer<UInt8>?,
    _ content: UnsafePointer<UInt8>?
  ) throws {
    let name = Self.bytes(name)
    switch type {
    case Int(XML_INTERNAL_GENERAL_ENTITY.rawValue):
      entities.declare(name, .internalText(content.map(Self.bytes) ?? []))
    case Int(XML_INTERNAL_PARAMETER_ENTITY.rawValue): entities.declareParameter(name, file: nil)
    case Int(XML_EXTERNAL_PARAMETER_ENTITY.rawValue):
      entities.declareParameter(name, file: Self.text(system) ?? "")
    default:
      entities.declare(name, .external(systemIdentifier: Self.text(system) ?? ""))
    }
  }

  private func parameterReferred(_ name: UnsafePointer<UInt8>) throws {
    // The parser asks at the end of a declaration as well, which is no reference.
    let position = position
    guard position > window.start, window[position - 1] == UInt8(ascii: ";") else { return }
    let name = Self.bytes(name)
    if entities.parameters.contains(name) {
      throw XMLError.parameterEntity(
        at: place(of: max(position - name.count - 2, lexed)),
        name: String(decoding: name, as: UTF8.self))
    }
    if let file = entities.externalParameters[name] { try loadSubset(file) }
  }

  private func documentType(_ system: UnsafePointer<UInt8>?) throws {
    guard let system = Self.text(system) else { return }
    externalSubset = system
  }

  /// Reads declarations from another file, where that is allowed.
  private func loadSubset(_ file: String) throws {
    guard let bytes = try options.externalSubset?(file) else { return }
    XMLExternalSubset.declarations(in: bytes) { entities.declare($0, .internalText($1)) }
  }

  @exclusivity(unchecked) private var subsetLoaded = false

  /// The replacement text of an entity, its cost paid for; `nil` for one that is not declared, which
  /// is counted.
  func replacement(
    of name: [UInt8], at offset: Int, inAttribute: Bool = false
  ) throws -> [UInt8]? {
    if !subsetLoaded, replacementPlace == nil {
      // Declarations of the document come before those of the external subset.
      subsetLoaded = true
      if let externalSubset { try loadSubset(externalSubset) }
    }
    let text = String(decoding: name, as: UTF8.self)
    do {
      guard let meaning = entities.meaning(name) else {
        entities.noteUndeclared(name, at: place(of: offset))
        return nil
      }
      let allowance = max(options.expansionAllowance, served > 1 << 40 ? 1 << 40 : 10 * served)
      try entities.spend(name, allowance: allowance, depthLimit: options.entityDepthLimit)
      guard case .internalText(let bytes) = meaning else { return nil }
      return bytes
    } catch {
      switch error {
      case .loop(let path): throw XMLError.entityLoop(at: place(of: offset), path: path)
      case .external(let file):
        throw XMLError.externalEntity(at: place(of: offset), name: text, file: file)
      case .depth:
        throw XMLError.limit(
          at: place(of: offset), what: "entities refer to each other deeper than allowed",
          limit: options.entityDepthLimit)
      case .budget:
        throw XMLError.entityBudget(
          at: place(of: offset), name: text, inAttribute: inAttribute,
          limit: max(options.expansionAllowance, 10 * served))
      }
    }
  }

  /// Turns a fault that libxml2 reports into an error of ours.
  private func reported(_ error: UnsafePointer<xmlError>) throws {
    let code = Int(error.pointee.code)
    let isNamespaceFault = error.pointee.domain == Int32(XML_FROM_NAMESPACE.rawValue)
    if code == Int(XML_NS_ERR_UNDEFINED_NAMESPACE.rawValue) {
      let prefix = error.pointee.str1.map { String(cString: $0) } ?? ""
      if bindingIDs[prefix] != nil { return }
      if options.lenientNamespaces || replacementPlace != nil {
        unboundPrefixes[prefix, default: 0] += 1
        return
      }
      throw XMLError.unboundPrefix(at: place(of: tagBefore(position)), prefix: prefix)
    }
    guard
      error.pointee.level == XML_ERR_FATAL
        || isNamespaceFault && error.pointee.level == XML_ERR_ERROR
    else { return }
    if let fault = decoder.fault { throw notInEncoding(fault) }
    let at = min(position, window.end)
    switch code {
    case Int(XML_ERR_TAG_NAME_MISMATCH.rawValue):
      let start = tagBefore(at)
      guard let element = open.last, start + 2 < window.end else { break }
      var end = start + 2
      while end < window.end, !"> \t\r\n".utf8.contains(window[end]) { end += 1 }
      let name = String(decoding: window.slice((start + 2)..<end), as: UTF8.self)
      throw XMLError.mismatchedEnd(
        at: place(of: start), name: name, open: names.string(element.name),
        openedAt: place(of: element))
    case Int(XML_ERR_INVALID_ENCODING.rawValue), Int(XML_ERR_INVALID_CHAR.rawValue): break
    default:
      if at >= window.end, let element = open.last, decoder.fault == nil {
        throw XMLError.truncated(
          at: place(of: at), open: names.string(element.name), openedAt: place(of: element))
      }
    }
    if let fault = firstInvalid(from: max(lexed, at - 64)) ?? firstInvalid(from: lexed) {
      if let byte = fault.byte {
        throw XMLError.notInEncoding(
          at: place(of: fault.offset), byte: byte, offset: originalOffset(fault.offset),
          encoding: encoding)
      }
      throw XMLError.forbiddenCharacter(at: place(of: fault.offset), scalar: fault.scalar)
    }
    if code == Int(XML_ERR_DOCUMENT_EMPTY.rawValue),
      !(0..<window.end).contains(where: {
        $0 >= window.start && window[$0] > 0x20
      })
    {
      throw XMLError.empty(source: source)
    }
    var problem = error.pointee.message.map { String(cString: $0) } ?? "unknown fault"
    while problem.last?.isWhitespace == true { problem.removeLast() }
    let isTagFault = [38, 39, 40, 41, 42, 65, 68, 73, 74, 203].contains(code)
    throw XMLError.notWellFormed(
      at: place(of: isTagFault ? tagBefore(at) : at), problem: problem)
  }

  /// The offset of the `<` at or before an offset.
  private func tagBefore(_ offset: Int) -> Int {
    var back = min(offset, window.end - 1)
    while back > window.start, window[back] != UInt8(ascii: "<") { back -= 1 }
    return max(back, window.start)
  }

  private func notInEncoding(_ fault: (decoded: Int, original: Int, byte: UInt8)) -> XMLError {
    .notInEncoding(
      at: place(of: min(fault.decoded, window.end)), byte: fault.byte, offset: fault.original,
      encoding: decoder.encoding)
  }

  /// The first byte from an offset on that is not UTF-8, or the first control character.
  private func firstInvalid(from offset: Int) -> (offset: Int, byte: UInt8?, scalar: UInt32)? {
    var index = max(offset, window.start)
    while index < window.end, index < offset + 1 << 16 {
      let byte = window[index]
      if byte < 0x20, byte != 0x09, byte != 0x0A, byte != 0x0D { return (index, nil, UInt32(byte)) }
      let length =
        byte < 0x80
        ? 1
        : byte >= 0xC2 && byte < 0xE0
          ? 2
          : byte >= 0xE0 && byte < 0xF0 ? 3 : byte >= 0xF0 && byte < 0xF5 ? 4 : 0
      if length == 0 { return (index, byte, 0) }
      for next in 1..<max(length, 2) where length > 1 {
        if index + next >= window.end { return nil }
        if window[index + next] & 0xC0 != 0x80 { return (index, byte, 0) }
      }
      index += length
    }
    return nil
  }

  // MARK: - For the reading between tags

  func text(_ range: Range<Int>) throws {
    try handler.text(window.slice(range), at: range.lowerBound, in: self)
  }

  func substitute(_ bytes: [UInt8], for range: Range<Int>) throws {
    try bytes.withUnsafeBufferPointer { try handler.substitute($0, for: range, in: self) }
  }

  func processingInstruction(_ range: Range<Int>) throws {
    try handler.processingInstruction(at: range, in: self)
  }

  /// Reads replacement text that holds tags or references, as if it stood in place of the reference.
  func read(replacement text: [UInt8], of name: [UInt8], for range: Range<Int>) throws {
    let namespace = open.last.map(\.namespace) ?? -1
    let uri = namespace >= 0 ? names.utf8(namespace) : []
    var document = Array("<entity xmlns=\"".utf8) + uri + Array("\">".utf8)
    if uri.isEmpty { document = Array("<entity>".utf8) }
    document += text + Array("</entity>".utf8)
    var done = 0
    let relay = ReplacementRelay(handler: handler, range: range, outer: self)
    let place = place(of: range.lowerBound)
    let nested = try XMLStream(
      source: source, names: names, options: options, handler: relay, entities: entities,
      replacementPlace: place
    ) { buffer in
      let count = min(buffer.count, document.count - done)
      buffer.copyBytes(from: document[done..<(done + count)])
      done += count
      return count
    }
    do {
      try nested.parse()
    } catch let error as XMLError {
      switch error {
      case .mismatchedEnd, .truncated, .notWellFormed, .unboundPrefix:
        throw XMLError.entityContent(
          at: place, name: String(decoding: name, as: UTF8.self), problem: "\(error)")
      default: throw error
      }
    }
  }
}

/// Hands on what stands in replacement text, at the place of the reference.
private final class ReplacementRelay: XMLHandler {
  private let handler: any XMLHandler
  private let range: Range<Int>
  private unowned let outer: XMLStream
  private var depth = 0

  init(handler: any XMLHandler, range: Range<Int>, outer: XMLStream) {
    self.handler = handler
    self.range = range
    self.outer = outer
  }

  func startElement(_ tag: borrowing XMLStartTag, in stream: XMLStream) throws {
    depth += 1
    if depth == 1 { return }
    try handler.startElement(
      XMLStartTag(
        name: tag.name, namespace: tag.namespace, range: range, isEmpty: tag.isEmpty,
        isReplacement: true, attributes: tag.attributes,
        bytes: UnsafeBufferPointer(start: nil, count: 0)), in: outer)
  }

  func endElement(_ name: XMLNameID, at range: Range<Int>, in stream: XMLStream) throws {
    depth -= 1
    if depth == 0 { return }
    try handler.endElement(name, at: self.range, in: outer)
  }

  func text(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int, in stream: XMLStream) throws {
    try handler.substitute(bytes, for: range, in: outer)
  }

  func substitute(
    _ bytes: UnsafeBufferPointer<UInt8>, for range: Range<Int>, in stream: XMLStream
  ) throws {
    try handler.substitute(bytes, for: self.range, in: outer)
  }
}
