public import SeqCore

/// A feature that fires at a position: its hash, its template and its text.
public struct NamedFeature: Hashable, Sendable {
  /// The hash that models store.
  public var hash: UInt64
  /// The index of its template in the program.
  public var template: Int
  /// Its text, such as `suffix(form[0], 3)=ing`.
  public var name: String
}

extension TemplateProgram {
  /// The features that fire at each position of a record, in the order of the templates.
  ///
  /// The plain version, for explanations, exports and tests; training and tagging extract the same
  /// hashes through tables of words.
  ///
  /// - Throws: `FeatureError.missingLayer` if the record lacks a layer that the templates read.
  public func features(of record: Record) throws(FeatureError) -> [[NamedFeature]] {
    let ranges = try layerRanges(of: record)
    let words = (0..<record.count).map { t in
      ranges.map { record.buffer[$0[t].indices] }
    }
    var features: [[NamedFeature]] = []
    for t in 0..<record.count {
      var own = templates.enumerated().compactMap { number, template in
        template.attributeLayer == nil
          ? feature(of: template, number: number, at: t, words: words) : nil
      }
      for template in attributes {
        try template.forEach(at: t, of: record) { hash, name in
          own.append(
            NamedFeature(
              hash: hash, template: template.template,
              name: String(decoding: name, as: UTF8.self)))
        }
      }
      features.append(own)
    }
    return features
  }

  /// The ranges of the layers that the templates read.
  package func layerRanges(of record: borrowing Record) throws(FeatureError) -> [[ByteRange]] {
    var all: [[ByteRange]] = []
    for name in layers {
      guard let ranges = record.ranges(name) else {
        throw FeatureError.missingLayer(
          name: name, present: record.layers.map(\.name), source: record.provenance.source,
          line: record.provenance.line)
      }
      all.append(ranges)
    }
    return all
  }

  private func feature(
    of template: FeatureTemplate, number: Int, at position: Int, words: [[ArraySlice<UInt8>]]
  ) -> NamedFeature? {
    var hash = FeatureHash.hash(template.description.utf8)
    var names: [String] = []
    for term in template.terms {
      let at = position + term.offset
      let value = Value(layer: layers.firstIndex(of: term.layer)!, functions: term.functions)
      if words.indices.contains(at) {
        guard let bytes = bytes(of: value, word: words[at]) else { return nil }
        hash = FeatureHash.join(hash, FeatureHash.hash(bytes))
        names.append("\(term)=\(String(decoding: bytes, as: UTF8.self))")
      } else {
        guard term.functions.allSatisfy(\.keepsBoundary) else { return nil }
        let text = Self.boundaryText(at < 0 ? at : at - words.count + 1)
        hash = FeatureHash.join(hash, FeatureHash.hash(text.utf8, seed: 1))
        names.append("\(term)=\(text)")
      }
    }
    let name = names.isEmpty ? "bias" : names.joined(separator: " & ")
    return NamedFeature(hash: hash, template: number, name: name)
  }
}
