public import SeqCore
public import SeqFeatures

extension Tokenizer {
  /// Makes a record of every sentence of a record that has a text and no positions; its spans go
  /// with their words.
  ///
  /// A span covers the words that it touches; where its edges are not theirs, or where it leaves
  /// words out, it keeps its own parts. A span over the end of a sentence becomes one in each, and is
  /// counted in the later one's `losses`.
  ///
  /// - Throws: `TokenizerError`.
  public func sentences(
    of record: Record, marksTokens: Bool = false
  ) throws -> [Record] {
    var result: [Record] = []
    let text = record.text ?? ByteRange(0, 0)
    let layers = record.spanLayers
    let (source, line) = (record.provenance.source, record.provenance.line)
    let place = Provenance(source: source, line: line, byteOffset: 0)
    try records(
      of: Array(record.buffer[text.indices]), provenance: place, marksTokens: marksTokens
    ) { sentence in
      var sentence = sentence
      let start = sentence.provenance.byteOffset
      let end = start + sentence.sourceCount
      let words = sentence.ranges("form") ?? []
      var cut = 0
      for layer in layers {
        var spans: [LabelledSpan] = []
        for span in layer.spans {
          var parts: [ByteRange] = []
          for part in span.parts {
            let from = Int(part.start - text.start)
            let to = Int(part.end - text.start)
            guard from < end, to > start else { continue }
            parts.append(ByteRange(max(from, start) - start, min(to, end) - start))
          }
          guard let first = parts.first, let last = parts.last else { continue }
          let hull = ByteRange(Int(first.start), Int(last.end))
          let (positions, isExact) = SpanPositions.covering(hull, in: words)
          if let whole = span.parts.first, Int(whole.start - text.start) < start {
            // The rest of a span that began in the sentence before, unless that is white space.
            if positions.isEmpty { continue }
            cut += 1
          }
          var moved = span
          moved.positions = positions
          moved.parts = isExact && parts.count == 1 ? [] : parts
          spans.append(moved)
        }
        if !spans.isEmpty {
          sentence.setSpans(SpanLayer(name: layer.name, types: layer.types, spans: spans))
        }
      }
      if cut > 0 {
        sentence.losses = [RecordLoss("spans cut in two at the end of a sentence", cut)]
      }
      result.append(sentence)
    }
    return result
  }
}
