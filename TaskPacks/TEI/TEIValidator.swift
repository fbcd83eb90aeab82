internal import SeqFormats
public import SeqXML

/// Checks what does not need a schema: that a document is well-formed, that identifiers are names and
/// differ, and that pointers within the document point at something.
///
/// Memory grows with the number of identifiers and of pointers to nothing: 8 and about 100 bytes each.
public struct TEIValidator: Sendable {
  /// How XML is read.
  public let xml: XMLOptions

  /// Makes a validator.
  public init(xml: XMLOptions = XMLOptions()) { self.xml = xml }

  /// Something wrong in a document.
  public struct Problem: Hashable, Sendable, CustomStringConvertible {
    /// Place, fault, and how often it occurs, in a sentence.
    public var description: String
  }

  /// Checks a file.
  ///
  /// - Returns: the problems, in the order of their places, a fault of well-formedness last.
  /// - Throws: what reading the file throws, `FormatError`.
  public func validate(path: String) throws -> [Problem] {
    let source = try ByteSource(path: path)
    let handler = ValidationHandler()
    var problems: [Problem] = []
    do {
      try XMLStream(source: source.name, names: XMLNames(), options: xml, handler: handler) {
        try source.read(into: $0)
      }.parse()
      problems = handler.finish()
    } catch let error as XMLError {
      problems = handler.finish(isComplete: false) + [Problem(description: error.description)]
    }
    return problems
  }
}

private final class ValidationHandler: XMLHandler {
  private var identifiers = IdentifierSet(limit: Int.max)
  private var known: Set<UInt64> = []
  private var pointers: [UInt64: (name: String, place: XMLPlace, count: Int)] = [:]
  private var report = ImportReport()
  private var order: [UInt64] = []

  func startElement(_ tag: borrowing XMLStartTag, in stream: XMLStream) throws {
    let id = stream.names.id("xml:id")
    for attribute in tag.attributes {
      if attribute.name == id {
        identifiers.insert(attribute.value, at: tag.range.lowerBound, stream, &report)
        known.insert(identifierHash(attribute.value))
      } else if attribute.value.contains(UInt8(ascii: "#")) {
        notePointers(attribute.value, at: tag.range.lowerBound, stream)
      }
    }
  }

  /// Notes the words `#id` of a value; one that is known already needs no place.
  private func notePointers(
    _ value: UnsafeBufferPointer<UInt8>, at offset: Int, _ stream: XMLStream
  ) {
    for word in value.split(separator: 0x20) where word.first == UInt8(ascii: "#") {
      let name = UnsafeBufferPointer(rebasing: word.dropFirst())
      guard IdentifierSet.isName(name) else { continue }
      let hash = identifierHash(name)
      if known.contains(hash) { continue }
      if pointers[hash] != nil {
        pointers[hash]!.count += 1
      } else {
        order.append(hash)
        pointers[hash] = (String(decoding: name, as: UTF8.self), stream.place(of: offset), 1)
      }
    }
  }

  func endElement(_ name: XMLNameID, at range: Range<Int>, in stream: XMLStream) throws {}
  func text(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int, in stream: XMLStream) throws {}
  func substitute(
    _ bytes: UnsafeBufferPointer<UInt8>, for range: Range<Int>, in stream: XMLStream
  ) throws {}

  func finish(isComplete: Bool = true) -> [TEIValidator.Problem] {
    var problems = report.warnings.map { TEIValidator.Problem(description: $0) }
    let untold = report.duplicateIDs + report.invalidIDs - report.warnings.count
    if untold > 0 {
      problems.append(.init(description: "and \(untold) more faults of identifiers"))
    }
    guard isComplete else { return problems }
    for hash in order where !known.contains(hash) {
      guard let pointer = pointers[hash] else { continue }
      problems.append(
        .init(
          description:
            "\(pointer.place): warning: #\(pointer.name) points at nothing in the document"
            + (pointer.count > 1 ? " (\(pointer.count) times)" : "")))
    }
    return problems
  }
}
