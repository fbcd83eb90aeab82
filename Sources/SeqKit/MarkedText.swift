public import SeqCore

/// A record's text cut at its spans: what views of running text are made of.
public struct MarkedText: Sendable {
  /// A span, as a view shows it.
  public struct Mark: Hashable, Sendable {
    /// The name of its type.
    public var type: String
    /// P(exactly this span | x), if it is known.
    public var confidence: Float?
    /// What made it, if it is known.
    public var origin: String?
  }

  /// A piece of the text.
  public struct Piece: Sendable {
    /// The bytes.
    public var bytes: ArraySlice<UInt8>
    /// The span that they are; `nil` between spans.
    public var span: Mark?
  }

  /// The pieces in order. Together they are the text.
  public private(set) var pieces: [Piece] = []
  /// Whether the text is the record's source as it was read, gaps and all; if not, it is the words
  /// with a space between them.
  public let isRunning: Bool

  /// Cuts a record's text.
  ///
  /// - Parameter layers: the span layers to show. Where spans of several overlap, the first begun
  ///   stays.
  public init(_ record: borrowing Record, layers: [String]) {
    var buffer: [UInt8] = []
    var words: [Range<Int>] = []
    let forms = record.ranges("form") ?? []
    isRunning = record.format.isEmpty && record.text != nil || record.format == "text"
    if isRunning {
      buffer = Array(record.buffer[..<record.sourceCount])
      words = forms.map { $0.indices }
    } else {
      for form in forms {
        if !buffer.isEmpty { buffer.append(0x20) }
        words.append(buffer.count..<buffer.count + form.count)
        buffer += record.buffer[form.indices]
      }
    }
    var marks: [(range: Range<Int>, mark: Mark)] = []
    for name in layers {
      guard let layer = record.spanLayer(name) else { continue }
      for span in layer.spans where !span.positions.isEmpty {
        var range =
          words[span.positions.lowerBound]
          .lowerBound..<words[span.positions.upperBound - 1]
          .upperBound
        if isRunning, let first = span.parts.first, let last = span.parts.last {
          range = Int(first.start)..<Int(last.end)
        }
        let mark = Mark(
          type: layer.typeName(of: span), confidence: span.confidence, origin: span.origin)
        marks.append((range, mark))
      }
    }
    marks.sort { $0.range.lowerBound < $1.range.lowerBound }
    var at = 0
    for (range, mark) in marks where range.lowerBound >= at {
      if range.lowerBound > at { pieces.append(Piece(bytes: buffer[at..<range.lowerBound])) }
      pieces.append(Piece(bytes: buffer[range], span: mark))
      at = range.upperBound
    }
    if at < buffer.count { pieces.append(Piece(bytes: buffer[at...])) }
  }

  /// The number of a type's colour: usual types have their own, others one by their name.
  public static func colorNumber(_ type: String, of count: Int) -> Int {
    switch type.uppercased() {
    case "PER", "PERSON": 0
    case "LOC", "LOCATION", "GPE": 1 % count
    case "ORG", "ORGANIZATION", "GROUP", "CORPORATION": 2 % count
    default: Int(type.utf8.reduce(UInt(7)) { $0 &* 31 &+ UInt($1) } % UInt(count))
    }
  }
}
