package import SeqCore

/// The features of a template `each(LAYER[0])`: every attribute of a position's value, as CRFsuite's
/// files write them, separated by tabs.
///
/// An attribute counts once at a position, and as 1: `name` and `name:1` are one. Features of other
/// values are refused, for weights would be learnt for another thing than what stands there.
package struct AttributeFeatures: Sendable {
  /// The template's index in the program.
  package let template: Int
  /// The layer whose values are read.
  package let layer: String
  private let seed: UInt64

  init(_ template: FeatureTemplate, index: Int, layer: String) {
    self.template = index
    self.layer = layer
    seed = FeatureHash.hash(template.description.utf8)
  }

  /// Calls `body` with the hash of each attribute and the bytes of its name, escapes as they stand.
  ///
  /// - Throws: `FeatureError.attributeWeight`; `.missingLayer`.
  package func forEach(
    at position: Int, of record: borrowing Record,
    _ body: (UInt64, UnsafeBufferPointer<UInt8>) -> Void
  ) throws(FeatureError) {
    guard let ranges = record.ranges(layer) else {
      throw .missingLayer(
        name: layer, present: record.layers.map(\.name), source: record.provenance.source,
        line: record.provenance.line)
    }
    var refused: Range<Int>?
    record.buffer.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      var seen: [UInt64] = []
      var start = Int(ranges[position].start)
      let end = Int(ranges[position].end)
      while start < end {
        var colon: Int?
        var at = start
        while at < end, buffer[at] != UInt8(ascii: "\t") {
          if buffer[at] == UInt8(ascii: "\\") {
            at += 1
          } else if buffer[at] == UInt8(ascii: ":"), colon == nil {
            colon = at
          }
          at += 1
        }
        at = min(at, end)
        if let colon, !isOne(buffer[colon + 1..<at]) {
          refused = start..<at
          return
        }
        let nameEnd = colon ?? at
        if nameEnd > start {
          let hash = FeatureHash.join(
            seed, FeatureHash.hash(base + start, count: nameEnd - start))
          if !seen.contains(hash) {
            seen.append(hash)
            body(hash, UnsafeBufferPointer(rebasing: buffer[start..<nameEnd]))
          }
        }
        start = at + 1
      }
    }
    if let refused {
      throw .attributeWeight(
        attribute: String(decoding: record.buffer[refused], as: UTF8.self),
        source: record.provenance.source, line: record.line(of: position, in: layer))
    }
  }

  /// Whether a value is 1: nothing, `1`, or `1` with zeros behind a point.
  private func isOne(_ value: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    var rest = value
    guard rest.popFirst().map({ $0 == UInt8(ascii: "1") }) != false else { return false }
    guard let point = rest.popFirst() else { return true }
    return point == UInt8(ascii: ".") && rest.allSatisfy { $0 == UInt8(ascii: "0") }
  }
}
