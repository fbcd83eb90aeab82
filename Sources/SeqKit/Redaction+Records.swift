public import SeqCore

extension Redaction {
  /// What was left out of a record that was made anew, since it might repeat a name.
  public struct LeftOut: Hashable, Sendable {
    /// Lines of comments, such as `# text = …`.
    public var comments = 0
    /// Values of other layers at the words of spans, such as lemmas, and all values of MISC.
    public var values = 0

    /// Nothing.
    public init() {}

    /// Adds others.
    public static func += (one: inout LeftOut, other: LeftOut) {
      one.comments += other.comments
      one.values += other.values
    }
  }

  /// Layers that say nothing of how a word is written.
  private static let harmless: Set<String> = ["id", "upos", "xpos", "feats", "head", "deprel"]

  /// A record without its names.
  public struct Result: Sendable {
    /// The record, made anew.
    public var record: Record
    /// What was taken out.
    public var entries: [Entry]
    /// What was left out beside that.
    public var leftOut: LeftOut
  }

  /// A record whose words in spans are replaced, made anew so that nothing of its source is left.
  ///
  /// Every word of a span gets the span's replacement: columns keep their lines. At these words all
  /// layers but tags, trees and the spans' own labels become `_`.
  ///
  /// - Parameter record: with a layer `form`.
  public func redacted(_ record: borrowing Record, layers names: [String]) -> Result {
    var result = Record(
      source: [], count: record.count, layers: [], provenance: record.provenance)
    var leftOut = LeftOut()
    var entries: [Entry] = []
    guard let forms = record.ranges("form") else {
      return Result(record: result, entries: [], leftOut: leftOut)
    }
    for line in record.buffer[..<record.sourceCount].split(separator: UInt8(ascii: "\n"))
    where line.first == UInt8(ascii: "#") && !line.contains(UInt8(ascii: "\t")) {
      leftOut.comments += 1
    }
    // The replacement of each word, the first of spans that overlap.
    var replacements = [[UInt8]?](repeating: nil, count: record.count)
    for name in names {
      guard let layer = record.spanLayer(name) else { continue }
      for span in layer.spans where !span.positions.contains(where: { replacements[$0] != nil }) {
        let words = span.positions.map { record.buffer[forms[$0].indices] }
        let type = layer.typeName(of: span)
        let text = replacement(for: Array(words.joined(separator: [0x20])), type: type)
        for t in span.positions { replacements[t] = Array(text.utf8) }
        entries.append(
          Entry(
            words: span.positions, line: record.provenance.line, type: type,
            confidence: span.confidence, origin: span.origin ?? "input"))
      }
    }
    for layer in record.layers {
      // The tokens that words were cut from are ranges of the source.
      guard case .text(let ranges) = layer.values, layer.name != "token" else { continue }
      if layer.name == "misc" || layer.name.hasPrefix("misc.") {
        leftOut.values += ranges.count { !record.buffer[$0.indices].elementsEqual("_".utf8) }
        continue
      }
      let isKept = Self.harmless.contains(layer.name) || names.contains(layer.name)
      var values: [ByteRange] = []
      for t in 0..<record.count {
        if let replacement = replacements[t], !isKept {
          if layer.name == "form" {
            values.append(result.append(replacement))
          } else {
            values.append(result.append(Array("_".utf8)))
            leftOut.values += 1
          }
        } else {
          values.append(result.append(Array(record.buffer[ranges[t].indices])))
        }
      }
      result.setText(layer.name, to: values)
    }
    return Result(record: result, entries: entries, leftOut: leftOut)
  }
}
