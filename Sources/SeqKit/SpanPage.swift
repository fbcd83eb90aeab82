public import SeqCore
public import SeqFormats

/// Tagged text as a self-contained HTML page: running text with its spans marked. Nothing is loaded
/// from elsewhere; all text is escaped.
public struct SpanPage: RecordFormat {
  /// `html`.
  public let name = "html"
  private let layers: [String]

  /// Makes the format for span layers of these names.
  public init(layers: [String]) { self.layers = layers }

  /// A page is not read back.
  public func lastBoundary(in bytes: UnsafeRawBufferPointer) -> Int? { nil }

  /// A page is not read back.
  ///
  /// - Throws: `FormatError.unknownFormat`.
  public func decode(_ chunk: Chunk, into receive: (consuming Record) throws -> Void) throws {
    throw FormatError.unknownFormat(name, known: Formats.names)
  }

  /// What stands before the first record.
  public func prologue(title: String) -> [UInt8] {
    let escaped = String(decoding: Self.escaped(Array(title.utf8)[...]), as: UTF8.self)
    return Array(
      """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><title>\(escaped)</title>
      <style>
      body { font: 1rem/1.9 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem;
        color: #1b1b1b; background: #fff; white-space: pre-wrap; }
      mark { padding: .1em .25em; border-radius: .25em; color: inherit; }
      mark small { font-size: .65em; font-weight: 600; margin-left: .4em; letter-spacing: .04em; }
      .c0 { background: #cfe3ff; } .c1 { background: #d7f2d0; } .c2 { background: #ffe2b8; }
      .c3 { background: #f3d3ee; } .c4 { background: #fff3a6; } .c5 { background: #d6eeee; }
      @media (prefers-color-scheme: dark) {
        body { background: #161616; color: #eee; } mark { color: #111; }
      }
      </style></head><body>
      """.utf8)
  }

  /// What stands behind the last record.
  public var epilogue: [UInt8] { Array("</body></html>\n".utf8) }

  /// Writes a record: its running text, or its words with spaces between them.
  public func encode(_ record: borrowing Record, into output: inout [UInt8]) throws {
    let marked = MarkedText(record, layers: layers)
    for piece in marked.pieces {
      guard let span = piece.span else {
        output += Self.escaped(piece.bytes)
        continue
      }
      var title = span.origin ?? ""
      if let confidence = span.confidence {
        title +=
          (title.isEmpty ? "" : ", ")
          + String(decoding: TaggingPipeline.probability(confidence), as: UTF8.self)
      }
      let type = Self.escaped(Array(span.type.utf8)[...])
      output += "<mark class=\"c\(MarkedText.colorNumber(span.type, of: 6))\"".utf8
      if !title.isEmpty {
        output += " title=\"".utf8 + Self.escaped(Array(title.utf8)[...]) + "\"".utf8
      }
      output +=
        ">".utf8 + Self.escaped(piece.bytes) + "<small>".utf8 + type + "</small></mark>".utf8
    }
    if !marked.isRunning { output.append(0x0A) }
  }

  static func escaped(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "&"): result += "&amp;".utf8
      case UInt8(ascii: "<"): result += "&lt;".utf8
      case UInt8(ascii: ">"): result += "&gt;".utf8
      case UInt8(ascii: "\""): result += "&quot;".utf8
      default: result.append(byte)
      }
    }
    return result
  }
}
