/// Something in a record's source that is not in the record.
public struct RecordLoss: Hashable, Sendable {
  /// What it is, in the plural: `relations`.
  public var what: String
  /// How many.
  public var count: Int

  /// Makes a loss.
  public init(_ what: String, _ count: Int) {
    self.what = what
    self.count = count
  }
}

extension Record {
  /// The span layer called `name`, if there is one.
  public func spanLayer(_ name: String) -> SpanLayer? {
    spanLayers.first { $0.name == name }
  }

  /// Sets the span layer of the same name, adding it if it is new.
  ///
  /// - Parameter layer: its spans in order, not overlapping, within the record.
  public mutating func setSpans(_ layer: SpanLayer) {
    var end = 0
    for span in layer.spans {
      precondition(
        span.positions.upperBound <= count && Int(span.type) < layer.types.count,
        "A span lies in its record and has one of its layer's types.")
      precondition(
        span.positions.isEmpty || span.positions.lowerBound >= end,
        "The spans of a layer come in order and do not overlap.")
      end = max(end, span.positions.upperBound)
      precondition(
        span.parts.allSatisfy { Int($0.end) <= buffer.count }, "A span's text lies in the buffer.")
    }
    hasChangedSpans = true
    if let index = spanLayers.firstIndex(where: { $0.name == layer.name }) {
      spanLayers[index] = layer
    } else {
      spanLayers.append(layer)
    }
  }

  /// Takes the span layer `name` away, if there is one.
  public mutating func removeSpans(_ name: String) {
    let count = spanLayers.count
    spanLayers.removeAll { $0.name == name }
    if spanLayers.count < count { hasChangedSpans = true }
  }

  /// Takes the spans as they are for those that stand in the source.
  package mutating func markSpansAsRead() { hasChangedSpans = false }

  /// The parts of the buffer that a span covers: its own, or from its first word to its last; empty
  /// if the record has no words.
  ///
  /// - Parameter span: of this record.
  public func parts(of span: LabelledSpan) -> [ByteRange] {
    if !span.parts.isEmpty { return span.parts }
    guard !span.positions.isEmpty, let words = ranges("form") else { return [] }
    let (first, last) = (words[span.positions.lowerBound], words[span.positions.upperBound - 1])
    // Words that do not stand in one running text have no text between them.
    guard text != nil, first.start <= last.end else { return Array(words[span.positions]) }
    return [ByteRange(Int(first.start), Int(last.end))]
  }

  /// The text of a span: its parts, or its words, with a space between them.
  public func text(of span: LabelledSpan) -> String {
    parts(of: span).map(string).joined(separator: " ")
  }

  /// The line of the source on which a value of a layer stands, from 1; the line where the record
  /// starts for a layer that was added.
  ///
  /// - Complexity: O(bytes before it).
  public func line(of position: Int, in layer: String) -> Int {
    guard let index = layerIndex(layer), let places = layers[index].places,
      position < places.count, Int(places[position].start) <= sourceCount
    else { return provenance.line }
    return buffer[..<Int(places[position].start)].reduce(provenance.line) {
      $1 == UInt8(ascii: "\n") ? $0 + 1 : $0
    }
  }
}
