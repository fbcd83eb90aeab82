internal import SeqFormats
public import SeqXML

/// Takes out what ``TEIWriter`` put in.
///
/// An element whose last attribute is `resp="#LAYER"` is ours: its tags go and what it holds stays,
/// but for what stands in the header. In other tags, ours are that attribute and all behind it.
public struct TEIStripper: Sendable {
  /// The layer to take out.
  public let layer: String
  /// How XML is read.
  public let xml: XMLOptions

  /// Makes a stripper.
  public init(layer: String = "seqkit", xml: XMLOptions = XMLOptions()) {
    self.layer = layer
    self.xml = xml
  }

  /// Writes a document without our annotation.
  ///
  /// - Parameter pass: takes the new document's bytes, in order.
  /// - Returns: the number of places that were changed.
  /// - Throws: `XMLError`, `TEIError`, `FormatError`, and what `pass` throws.
  public func strip(path: String, pass: @escaping ([UInt8]) throws -> Void) throws -> Int {
    try strip(XMLInput(path: path), pass: pass)
  }

  /// The bytes of a document without our annotation.
  func stripped(_ input: XMLInput) throws -> [UInt8] {
    var bytes: [UInt8] = []
    _ = try strip(input) { bytes += $0 }
    return bytes
  }

  private func strip(_ input: XMLInput, pass: @escaping ([UInt8]) throws -> Void) throws -> Int {
    let splicer = Splicer(try input.open(), pass: pass)
    let source = try input.open()
    let handler = StripHandler(layer, splicer)
    var options = xml
    if options.unknownEntity == .error { options.unknownEntity = .keep }
    options.lenientNamespaces = true
    let stream = try XMLStream(
      source: input.name, names: XMLNames(), options: options, handler: handler
    ) { try source.read(into: $0) }
    try stream.parse()
    try splicer.finish()
    return splicer.count
  }
}

/// Finds what is ours.
private final class StripHandler: XMLHandler {
  private enum Mode { case other, tags, whole }
  private let mark: [UInt8]
  private let splicer: Splicer
  private var modes: [Mode] = []
  /// Where an element that goes as a whole begins, and its depth.
  private var whole: (depth: Int, start: Int)?
  private static let wholeElements: Set<String> = [
    "application", "appInfo", "encodingDesc", "standOff",
  ]

  init(_ layer: String, _ splicer: Splicer) {
    mark = Array("#\(layer)".utf8)
    self.splicer = splicer
  }

  func startElement(_ tag: borrowing XMLStartTag, in stream: XMLStream) throws {
    var mode = Mode.other
    defer { modes.append(mode) }
    guard whole == nil, !tag.isReplacement else { return }
    let name = stream.names.string(tag.name)
    guard let resp = stream.names.known("resp"), let value = tag.value(resp),
      value.elementsEqual(mark)
    else { return }
    let scanner = TagScanner(tag.bytes)
    guard
      let index = scanner.attributes.firstIndex(where: {
        tag.bytes[$0.name].elementsEqual("resp".utf8)
      })
    else { return }
    if index == scanner.attributes.count - 1 {
      if Self.wholeElements.contains(name) {
        mode = .whole
        whole = (modes.count, tag.range.lowerBound)
      } else {
        mode = .tags
        remove(tag.range, in: stream)
      }
      return
    }
    // The white space before the mark is ours, too.
    remove(
      (tag.range.lowerBound + scanner.attributes[index].name.lowerBound - 1)..<(tag.range.lowerBound
        + scanner.end), in: stream)
  }

  func endElement(_ name: XMLNameID, at range: Range<Int>, in stream: XMLStream) throws {
    let mode = modes.removeLast()
    switch mode {
    case .other: break
    case .tags: if !range.isEmpty { remove(range, in: stream) }
    case .whole:
      if let whole, whole.depth == modes.count {
        remove(whole.start..<range.upperBound, in: stream)
        self.whole = nil
      }
    }
    if splicer.waiting > 1 << 14, whole == nil {
      try splicer.advance(to: stream.originalOffset(range.lowerBound))
    }
    stream.floor = whole?.start ?? range.lowerBound
  }

  func text(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int, in stream: XMLStream) throws {}

  func substitute(
    _ bytes: UnsafeBufferPointer<UInt8>, for range: Range<Int>, in stream: XMLStream
  ) throws {}

  private func remove(_ range: Range<Int>, in stream: XMLStream) {
    let start = stream.originalOffset(range.lowerBound)
    splicer.add(at: start, removed: stream.originalOffset(range.upperBound) - start)
  }
}
