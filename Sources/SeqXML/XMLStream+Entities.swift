internal import CLibXML2

/// What references stand for: declarations, attribute values, replacement text with tags in it.
extension XMLStream {
  func entity(_ name: UnsafePointer<UInt8>) -> xmlEntityPtr {
    if context?.pointee.instate == XML_PARSER_ATTRIBUTE_VALUE {
      attributeEntity.pointee.name = name
      attributeEntity.pointee.checked = 1
      return attributeEntity
    }
    opaqueEntity.pointee.name = name
    return opaqueEntity
  }

  static func bytes(_ string: UnsafePointer<UInt8>) -> [UInt8] {
    Array(UnsafeBufferPointer(start: string, count: Int(xmlStrlen(string))))
  }

  static func text(_ string: UnsafePointer<UInt8>?) -> String? {
    string.map { String(decoding: bytes($0), as: UTF8.self) }
  }

  func declared(
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

  func parameterReferred(_ name: UnsafePointer<UInt8>) throws {
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

  func documentType(_ system: UnsafePointer<UInt8>?) throws {
    guard let system = Self.text(system) else { return }
    externalSubset = system
  }

  /// Reads declarations from another file, where that is allowed.
  func loadSubset(_ file: String) throws {
    guard let bytes = try options.externalSubset?(file) else { return }
    XMLExternalSubset.declarations(in: bytes) { entities.declare($0, .internalText($1)) }
  }

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

  /// An attribute value with its references replaced.
  func replaced(
    _ value: UnsafeBufferPointer<UInt8>, at start: Int
  ) throws -> UnsafeBufferPointer<UInt8> {
    var result: [UInt8] = []
    try replaceReferences(in: Array(value), at: start, into: &result)
    let made = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(result.count, 1))
    _ = made.initialize(fromContentsOf: result)
    madeValues.append(made)
    return UnsafeBufferPointer(rebasing: made[..<result.count])
  }

  func replaceReferences(
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
