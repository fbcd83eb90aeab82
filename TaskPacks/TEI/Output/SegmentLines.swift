internal import SeqXML

/// Writes segments as JSON Lines: the whole text of a paragraph, verse line, sentence or note, its
/// names with their spans, where it stands, and its fields. `Docs/Formats/tei-import.md` lists the
/// members.
final class SegmentLines: SegmentReceiver {
  private let pass: ([UInt8]) throws -> Void
  private var output: [UInt8] = []

  /// - Parameter pass: takes what is written, when enough is together.
  init(pass: @escaping ([UInt8]) throws -> Void) { self.pass = pass }

  /// Passes on what waits.
  func flush() throws {
    try pass(output)
    output.removeAll(keepingCapacity: true)
  }

  func receive(_ segment: TEISegment, from importer: TEIImporter) throws {
    guard !segment.text.isEmpty else { return }
    member("file", importer.currentSource.utf8, isFirst: true)
    member("doc", importer.document.name.utf8)
    member("kind", importer.names.utf8(segment.kind))
    if !segment.id.isEmpty { member("id", segment.values[segment.id.indices]) }
    number("line", segment.line)
    number("column", segment.column)
    number("byte", importer.original(segment.start))
    var path: [UInt8] = []
    for field in segment.fields {
      let value = segment.values[field.value.indices]
      if field.name == importer.vocabulary.div {
        path += (path.isEmpty ? [] : [UInt8(ascii: "/")]) + value
      } else if field.name == importer.vocabulary.language {
        member("lang", value)
      } else {
        member(importer.names.string(field.name), value)
      }
    }
    if !path.isEmpty { member("div", path) }
    member("text", segment.text)
    output.append(contentsOf: ",\"offsets\":\"codepoints\",\"entities\":".utf8)
    spans(segment.names, of: segment, importer)
    if !segment.marks.isEmpty {
      output.append(contentsOf: ",\"marks\":".utf8)
      spans(segment.marks, of: segment, importer)
    }
    output.append(contentsOf: "}\n".utf8)
    if output.count >= 1 << 16 { try flush() }
  }

  private func spans(
    _ names: [SegmentName], of segment: TEISegment, _ importer: TEIImporter
  ) {
    output.append(UInt8(ascii: "["))
    for (index, name) in names.enumerated() {
      if index > 0 { output.append(UInt8(ascii: ",")) }
      member("label", importer.labels[name.label].utf8, isFirst: true)
      output.append(contentsOf: ",\"spans\":[".utf8)
      for (index, part) in name.parts.enumerated() {
        if index > 0 { output.append(UInt8(ascii: ",")) }
        output.append(UInt8(ascii: "["))
        output.append(decimal: segment.codePoints(part.lowerBound))
        output.append(UInt8(ascii: ","))
        output.append(decimal: segment.codePoints(part.upperBound))
        output.append(UInt8(ascii: "]"))
      }
      output.append(contentsOf: "]}".utf8)
    }
    output.append(UInt8(ascii: "]"))
  }

  private func member(_ name: String, _ value: some Collection<UInt8>, isFirst: Bool = false) {
    output.append(UInt8(ascii: isFirst ? "{" : ","))
    output.appendQuoted(name.utf8)
    output.append(UInt8(ascii: ":"))
    output.appendQuoted(value)
  }

  private func number(_ name: String, _ value: Int) {
    output.append(UInt8(ascii: ","))
    output.appendQuoted(name.utf8)
    output.append(UInt8(ascii: ":"))
    output.append(decimal: value)
  }
}

extension TEISegment {
  /// The number of code points before a byte of the text.
  func codePoints(_ offset: Int) -> Int { text[..<offset].count { $0 & 0xC0 != 0x80 } }
}

extension [UInt8] {
  /// Appends UTF-8 as a JSON string.
  mutating func appendQuoted(_ value: some Collection<UInt8>) {
    append(UInt8(ascii: "\""))
    for byte in value {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        append(UInt8(ascii: "\\"))
        append(byte)
      case 0x0A: append(contentsOf: "\\n".utf8)
      case 0x09: append(contentsOf: "\\t".utf8)
      case 0x0D: append(contentsOf: "\\r".utf8)
      case ..<0x20:
        append(contentsOf: "\\u00".utf8)
        append(contentsOf: (byte < 0x10 ? "0" : "1").utf8)
        append(contentsOf: String(byte & 15, radix: 16).utf8)
      default: append(byte)
      }
    }
    append(UInt8(ascii: "\""))
  }
}
