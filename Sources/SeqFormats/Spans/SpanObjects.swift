internal import SeqCore

/// The member `spans` of JSON Lines: objects with `start`, `end`, `label`, and more if it is known.
enum SpanObjects {
  /// Whether an array of objects, or an empty one, comes next: other things called `spans` are not
  /// ours.
  static func areNext(_ scanner: JSONScanner) -> Bool {
    var scanner = scanner
    guard scanner.take(UInt8(ascii: "[")) else { return false }
    return scanner.next == UInt8(ascii: "{") || scanner.next == UInt8(ascii: "]")
  }

  static func read(_ scanner: inout JSONScanner) throws -> [OffsetSpan] {
    var spans: [OffsetSpan] = []
    try scanner.elements { scanner in
      var span = OffsetSpan()
      var (start, end): (Int?, Int?)
      let at = scanner
      try scanner.members { key, scanner in
        switch key {
        case "start": start = try JSONValues.integer(&scanner)
        case "end": end = try JSONValues.integer(&scanner)
        case "label", "type": span.type = try JSONValues.text(&scanner)
        case "text": span.text = try JSONValues.bytes(&scanner)
        case "layer": span.layer = try JSONValues.text(&scanner)
        case "id": span.id = try JSONValues.text(&scanner)
        case "origin": span.origin = try JSONValues.text(&scanner)
        case "confidence" where scanner.next != UInt8(ascii: "n"):
          span.confidence = try JSONValues.number(&scanner)
        case "parts":
          try scanner.elements { scanner in
            var part: [Int] = []
            try scanner.elements { part.append(try JSONValues.integer(&$0)) }
            guard part.count == 2 else { throw scanner.fault("a part: [start, end]") }
            span.parts.append((part[0], part[1]))
          }
        default: _ = try scanner.skipValue()
        }
      }
      guard let start, let end else { throw at.fault("a span with start and end") }
      if span.parts.isEmpty { span.parts = [(start, end)] }
      spans.append(span)
    }
    return spans
  }

  /// Appends the member, offsets in bytes.
  static func write(_ spanText: SpanText, to output: inout [UInt8]) {
    output.append(contentsOf: ",\"spans\":[".utf8)
    for (index, span) in spanText.spans.enumerated() {
      if index > 0 { output.append(UInt8(ascii: ",")) }
      let start = span.parts[0].lowerBound
      let end = span.parts[span.parts.count - 1].upperBound
      output.append(contentsOf: "{\"start\":\(start),\"end\":\(end),\"label\":".utf8)
      output.appendJSON(span.type.utf8)
      output.append(contentsOf: ",\"text\":".utf8)
      output.appendJSON(spanText.bytes(of: span))
      if span.parts.count > 1 {
        let parts = span.parts.map { "[\($0.lowerBound),\($0.upperBound)]" }
        output.append(contentsOf: ",\"parts\":[\(parts.joined(separator: ","))]".utf8)
      }
      // A further layer of overlapping spans is made again by reading.
      let layer = baseLayer(span.layer)
      if layer != OffsetSpans.defaultLayer {
        output.append(contentsOf: ",\"layer\":".utf8)
        output.appendJSON(layer.utf8)
      }
      for (name, value) in [("id", span.source.id), ("origin", span.source.origin)] {
        guard let value else { continue }
        output.append(contentsOf: ",\"\(name)\":".utf8)
        output.appendJSON(value.utf8)
      }
      if let confidence = span.source.confidence, confidence.isFinite {
        output.append(contentsOf: ",\"confidence\":\(confidence)".utf8)
      }
      output.append(UInt8(ascii: "}"))
    }
    output.append(UInt8(ascii: "]"))
  }

  /// The name of a layer without the number of a further layer.
  static func baseLayer(_ name: String) -> String {
    guard let point = name.lastIndex(of: "."), let number = Int(name[name.index(after: point)...]),
      number >= 2
    else { return name }
    return String(name[..<point])
  }
}
