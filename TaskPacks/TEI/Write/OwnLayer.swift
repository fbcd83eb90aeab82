internal import SeqFormats
internal import SeqXML

/// What a document has of a layer already: the groups of annotations apart from the text, and the
/// highest numbers of the identifiers that were made.
struct OwnLayer {
  var groups: Set<String> = []
  var lastName = 0
  var lastElement = 0
  var lastFrame = 0
  /// Whether there are names of this layer in the text.
  var hasNames = false
  /// Whether anything in the document has the layer's mark.
  var isPresent = false

  init() {}

  /// Looks through a document, if the layer's name occurs in its bytes at all.
  init(_ layer: String, in input: XMLInput, options: XMLOptions) throws {
    guard try input.mentions(Array(layer.utf8)) else { return }
    let scanner = OwnLayerScanner(layer)
    let source = try input.open()
    var options = options
    if options.unknownEntity == .error { options.unknownEntity = .keep }
    options.lenientNamespaces = true
    try XMLStream(source: input.name, names: XMLNames(), options: options, handler: scanner) {
      try source.read(into: $0)
    }.parse()
    self = scanner.found
  }
}

private final class OwnLayerScanner: XMLHandler {
  var found = OwnLayer()
  private let mark: [UInt8]
  private let idPrefix: [UInt8]
  private var depth = 0
  private var standOffDepth = -1

  /// The elements of a layer that are no names.
  private static let otherElements: Set<String> = [
    "w", "pc", "s", "standOff", "application", "appInfo", "encodingDesc",
  ]

  init(_ layer: String) {
    mark = Array("#\(layer)".utf8)
    idPrefix = Array("\(layer)-".utf8)
  }

  func startElement(_ tag: borrowing XMLStartTag, in stream: XMLStream) throws {
    depth += 1
    let names = stream.names
    if let resp = names.known("resp"), let value = tag.value(resp), value.elementsEqual(mark) {
      found.isPresent = true
      let isLast = tag.attributes.last.map { $0.name == resp } ?? false
      if isLast, !Self.otherElements.contains(names.string(tag.name)) { found.hasNames = true }
      if tag.name == names.known("standOff"), standOffDepth < 0 { standOffDepth = depth }
    }
    if standOffDepth >= 0, tag.name == names.known("spanGrp"), let type = names.known("type"),
      let value = tag.string(type)
    {
      found.groups.insert(value)
    }
    if let id = names.known("xml:id"), let value = tag.value(id), value.starts(with: idPrefix) {
      note(value.dropFirst(idPrefix.count))
    }
  }

  /// Notes the number of `e12`, `n3.1` or `f7`.
  private func note(_ rest: Slice<UnsafeBufferPointer<UInt8>>) {
    guard let kind = rest.first else { return }
    let digits = rest.dropFirst().prefix { $0 >= 0x30 && $0 <= 0x39 }
    guard let number = Int(String(decoding: digits, as: UTF8.self)), number < 1 << 40 else {
      return
    }
    switch kind {
    case UInt8(ascii: "e"): found.lastElement = max(found.lastElement, number)
    case UInt8(ascii: "n"): found.lastName = max(found.lastName, number)
    case UInt8(ascii: "f"): found.lastFrame = max(found.lastFrame, number)
    default: break
    }
  }

  func endElement(_ name: XMLNameID, at range: Range<Int>, in stream: XMLStream) throws {
    if depth == standOffDepth { standOffDepth = -1 }
    depth -= 1
  }

  func text(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int, in stream: XMLStream) throws {}
  func substitute(
    _ bytes: UnsafeBufferPointer<UInt8>, for range: Range<Int>, in stream: XMLStream
  ) throws {}
}
