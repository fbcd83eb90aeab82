import FoundationEssentials
import SeqTestSupport
import SeqXML

/// Writes down the events of a document, and checks that each stands where it says.
final class XMLCollector: XMLHandler {
  var events: [String] = []
  var text = ""
  var startTags = 0
  var misplaced: [String] = []
  private let keepsEvents: Bool

  init(keepsEvents: Bool = true) { self.keepsEvents = keepsEvents }

  func startElement(_ tag: borrowing XMLStartTag, in stream: XMLStream) {
    startTags += 1
    let name = stream.names.string(tag.name)
    if !tag.isReplacement {
      let bytes = String(decoding: tag.bytes, as: UTF8.self)
      let found = bytes.dropFirst().prefix { !$0.isWhitespace && $0 != "/" && $0 != ">" }
      let isRight =
        bytes.hasPrefix("<") && bytes.hasSuffix(tag.isEmpty ? "/>" : ">")
        && (found == name || found.hasSuffix(":" + name))
      if !isRight { misplaced.append("\(stream.place(of: tag.range.lowerBound)) \(name)") }
    }
    if keepsEvents {
      let attributes = tag.attributes.map {
        " \(stream.names.string($0.name))=\(String(decoding: $0.value, as: UTF8.self))"
      }
      events.append("<\(name)\(attributes.joined())>\(tag.range)")
    }
  }

  func endElement(_ name: XMLNameID, at range: Range<Int>, in stream: XMLStream) {
    if keepsEvents { events.append("</\(stream.names.string(name))>\(range)") }
  }

  func text(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int, in stream: XMLStream) {
    if keepsEvents { text += String(decoding: bytes, as: UTF8.self) }
  }

  func substitute(
    _ bytes: UnsafeBufferPointer<UInt8>, for range: Range<Int>, in stream: XMLStream
  ) {
    if keepsEvents {
      text += String(decoding: bytes, as: UTF8.self)
      events.append("\(String(decoding: bytes, as: UTF8.self))=\(range)")
    }
  }

  /// Reads a document from memory, `step` bytes at a time.
  @discardableResult
  func read(
    _ bytes: [UInt8], options: XMLOptions = XMLOptions(), step: Int = 1 << 16
  ) throws -> XMLStream {
    var done = 0
    let stream = try XMLStream(
      source: "test.xml", names: XMLNames(), options: options, handler: self
    ) { buffer in
      let count = min(step, buffer.count, bytes.count - done)
      buffer.copyBytes(from: bytes[done..<(done + count)])
      done += count
      return count
    }
    try stream.parse()
    return stream
  }
}

/// The XML files of the data sets.
enum XMLFiles {
  static let all: [String] = {
    let folder = DataSets.path("tei")
    guard DataSets.atHand,
      let names = try? FileManager.default.subpathsOfDirectory(atPath: folder)
    else {
      return []
    }
    return names.filter { $0.hasSuffix(".xml") || $0.hasSuffix(".tei") }.sorted()
  }()
}
