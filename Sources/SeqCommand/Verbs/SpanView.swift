internal import SeqKit

/// Tagged text for people: running text with its spans coloured, or in brackets where there are no
/// colours.
struct SpanView: RecordFormat {
  let name = "view"
  private let layers: [String]
  private let palette: Palette

  init(layers: [String], palette: Palette) {
    self.layers = layers
    self.palette = palette
  }

  func lastBoundary(in bytes: UnsafeRawBufferPointer) -> Int? { nil }

  /// The view is for reading by people only.
  func decode(_ chunk: Chunk, into receive: (consuming Record) throws -> Void) throws {
    throw FormatError.unknownFormat(name, known: Formats.names)
  }

  func encode(_ record: borrowing Record, into output: inout [UInt8]) throws {
    let colors: [Palette.Color] = [.blue, .green, .red, .magenta, .yellow, .cyan]
    let marked = MarkedText(record, layers: layers)
    for piece in marked.pieces {
      let text = String(decoding: piece.bytes, as: UTF8.self)
      guard let span = piece.span else {
        output += text.utf8
        continue
      }
      var label = span.type
      if let confidence = span.confidence { label += " " + decimal(Double(confidence), 2) }
      if palette.enabled {
        let color = colors[MarkedText.colorNumber(span.type, of: colors.count)]
        output += (palette.paint(text, color) + palette.paint("/" + label, .dim)).utf8
      } else {
        output += "[\(text)]/\(label)".utf8
      }
    }
    if !marked.isRunning { output.append(0x0A) }
  }
}
