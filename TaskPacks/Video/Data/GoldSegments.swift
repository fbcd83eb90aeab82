internal import FoundationEssentials
internal import SeqCore
internal import SeqXML

/// Gold actions as annotation programs write them: segments of a CSV table, BORIS' table, ELAN's `.eaf`,
/// ActivityNet's JSON.
struct GoldSegments {
  /// One segment, in frames or milliseconds; the end is behind it.
  struct Span {
    var start: Int
    var end: Int
    var label: String
  }

  var spans: [Span] = []
  /// Whether spans are in milliseconds.
  var areTimes = false

  /// The endings of the files, in the order in which they are looked for.
  static let endings = ["csv", "eaf", "json"]

  /// Reads a file.
  ///
  /// - Parameter name: the recording, where a file holds several.
  init(path: String, recording name: String) throws(FrameError) {
    if path.hasSuffix(".csv") {
      try readTable(path, name)
    } else if path.hasSuffix(".eaf") {
      try readELAN(path)
    } else {
      try readActivityNet(path, name)
    }
  }

  /// A label for each frame.
  ///
  /// - Parameters:
  ///   - count: the number of frames.
  ///   - filler: what frames between segments are; `nil` if all must be in one.
  /// - Returns: labels, and faults: segments that overlap or lie outside, frames without a label.
  func labels(
    count: Int, rate: FrameRate?, filler: String?
  ) -> (labels: [String], faults: [String]) {
    var labels = [String?](repeating: nil, count: count)
    var faults: [String] = []
    if areTimes, rate == nil { return ([], ["its segments are in seconds; say --fps"]) }
    for span in spans {
      let start = areTimes ? rate!.frame(atMilliseconds: span.start) : span.start
      let end = areTimes ? rate!.frame(atMilliseconds: span.end) : span.end
      guard start < end, start >= 0, end <= count else {
        faults.append("“\(span.label)” covers frames \(start) to \(end), of \(count)")
        continue
      }
      if labels[start..<end].contains(where: { $0 != nil }) {
        faults.append("“\(span.label)” from frame \(start) overlaps another segment")
      }
      for t in start..<end { labels[t] = span.label }
    }
    if let bare = labels.firstIndex(of: nil), filler == nil {
      faults.append(
        "frame \(bare) is in no segment, and mapping.txt has no label background for it")
    }
    return (labels.map { $0 ?? filler ?? "" }, faults)
  }

  // MARK: Tables

  private mutating func readTable(_ path: String, _ name: String) throws(FrameError) {
    let lines = try readLines(path)
    let heading = lines.first.map { Self.fields($0) } ?? []
    func column(_ names: [String]) -> Int? { heading.firstIndex { names.contains($0) } }
    let label = column(["label", "Behavior"])
    let frames = (column(["start_frame"]), column(["end_frame"]))
    let times = (column(["start_s", "Start (s)"]), column(["end_s", "Stop (s)"]))
    let recording = column(["recording", "Observation id"])
    let starts = frames.0 ?? times.0
    let ends = frames.1 ?? times.1
    guard let label, let starts, let ends, (frames.0 == nil) == (frames.1 == nil) else {
      throw .line(
        path: path, line: 1, found: String((lines.first ?? "").prefix(80)),
        expected:
          "a heading with label, start_frame and end_frame, or start_s and end_s, or BORIS' "
          + "Behavior, Start (s) and Stop (s)")
    }
    areTimes = frames.0 == nil
    for (index, line) in lines.enumerated().dropFirst() where !line.allSatisfy(\.isWhitespace) {
      let fields = Self.fields(line)
      guard fields.count == heading.count else {
        throw .line(
          path: path, line: index + 1, found: "\(fields.count) fields",
          expected: "\(heading.count) fields")
      }
      if let recording, fields[recording] != name { continue }
      func number(_ text: String) throws(FrameError) -> Int {
        let value = areTimes ? Double(text).map { Int(($0 * 1000).rounded()) } : Int(text)
        guard let value else {
          throw .line(path: path, line: index + 1, found: text, expected: "a number")
        }
        return value
      }
      spans.append(
        Span(start: try number(fields[starts]), end: try number(fields[ends]), label: fields[label])
      )
    }
  }

  /// The fields of a line (RFC 4180 without line breaks in quotes).
  static func fields(_ line: Substring) -> [String] {
    var fields = [""]
    var isQuoted = false
    var previous: Character = ","
    for character in line {
      if character == "\"" {
        if !isQuoted, previous == "\"" { fields[fields.count - 1].append("\"") }
        isQuoted.toggle()
      } else if character == ",", !isQuoted {
        fields.append("")
      } else {
        fields[fields.count - 1].append(character)
      }
      previous = character
    }
    return fields
  }

  // MARK: ActivityNet

  private struct Document: Decodable {
    struct Annotation: Decodable {
      var label: String
      var segment: [Double]
    }
    struct Entry: Decodable { var annotations: [Annotation] }
    var database: [String: Entry]?
    var results: [String: [Annotation]]?
  }

  private mutating func readActivityNet(_ path: String, _ name: String) throws(FrameError) {
    let document: Document
    do {
      document = try JSONDecoder().decode(
        Document.self, from: Data(contentsOf: URL(filePath: path)))
    } catch {
      throw .file(path: path, problem: "no JSON as ActivityNet's, with a database or results")
    }
    guard let found = document.database?[name]?.annotations ?? document.results?[name] else {
      throw .file(path: path, problem: "it has no recording \(name)")
    }
    areTimes = true
    for one in found {
      guard one.segment.count == 2, one.segment.allSatisfy({ abs($0) < 1e9 }) else {
        throw .file(path: path, problem: "a segment of \(name) has no start and end")
      }
      spans.append(
        Span(
          start: Int((one.segment[0] * 1000).rounded()),
          end: Int((one.segment[1] * 1000).rounded()),
          label: one.label))
    }
  }

  // MARK: ELAN

  private mutating func readELAN(_ path: String) throws(FrameError) {
    let bytes: Data
    do {
      bytes = try Data(contentsOf: URL(filePath: path))
    } catch {
      throw .file(path: path, problem: "the file cannot be read")
    }
    let names = XMLNames()
    let handler = ELANHandler(names)
    var at = bytes.startIndex
    do {
      try XMLStream(source: path, names: names, handler: handler) { buffer in
        let count = min(buffer.count, bytes.endIndex - at)
        bytes.copyBytes(to: buffer, from: at..<at + count)
        at += count
        return count
      }.parse()
    } catch { throw .file(path: path, problem: "\(error)") }
    areTimes = true
    for annotation in handler.annotations {
      guard let start = handler.slots[annotation.start], let end = handler.slots[annotation.end]
      else {
        throw .file(
          path: path,
          problem: "“\(annotation.label)” has a time slot without a time; align it in ELAN")
      }
      spans.append(Span(start: start, end: end, label: annotation.label))
    }
  }
}

/// Collects time slots and aligned annotations, of all tiers.
private final class ELANHandler: XMLHandler {
  var slots: [String: Int] = [:]
  var annotations: [(start: String, end: String, label: String)] = []
  private let slot, slotID, slotValue, annotation, first, second, value: XMLNameID
  private var open: (start: String, end: String)?
  private var text: String?

  init(_ names: XMLNames) {
    slot = names.id("TIME_SLOT")
    slotID = names.id("TIME_SLOT_ID")
    slotValue = names.id("TIME_VALUE")
    annotation = names.id("ALIGNABLE_ANNOTATION")
    first = names.id("TIME_SLOT_REF1")
    second = names.id("TIME_SLOT_REF2")
    value = names.id("ANNOTATION_VALUE")
  }

  func startElement(_ tag: borrowing XMLStartTag, in stream: XMLStream) throws {
    if tag.name == slot, let id = tag.string(slotID) {
      slots[id] = tag.string(slotValue).flatMap { Int($0) }
    } else if tag.name == annotation {
      open = (tag.string(first) ?? "", tag.string(second) ?? "")
    } else if tag.name == value, open != nil {
      text = ""
    }
  }

  func endElement(_ name: XMLNameID, at range: Range<Int>, in stream: XMLStream) throws {
    if name == value, let text, let open {
      annotations.append((open.start, open.end, trimmed(text)))
      self.text = nil
    } else if name == annotation {
      open = nil
    }
  }

  func text(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int, in stream: XMLStream) throws {
    text?.append(String(decoding: bytes, as: UTF8.self))
  }

  func substitute(
    _ bytes: UnsafeBufferPointer<UInt8>, for range: Range<Int>, in stream: XMLStream
  ) throws {
    text?.append(String(decoding: bytes, as: UTF8.self))
  }
}
