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
    let texts = try values(of: record)
    let words = record.buffer.withUnsafeBufferPointer { buffer in
      (0..<record.count).map { t in texts.map { $0.word(t, in: buffer) } }
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

  /// The values of a source at each position: ranges of the record's buffer, or of bytes of its own.
  package struct SourceValues: Sendable {
    /// One a position, or a single one if all positions have the same.
    package var ranges: [ByteRange]
    package var bytes: [UInt8]?
    /// Whether all positions have the same value.
    package let isConstant: Bool

    package init(ranges: [ByteRange], bytes: [UInt8]?, isConstant: Bool = false) {
      self.ranges = ranges
      self.bytes = bytes
      self.isConstant = isConstant
    }

    /// The range of the value at a position.
    @inline(__always)
    package func range(_ t: Int) -> ByteRange { ranges[isConstant ? 0 : t] }

    /// Calls `body` with the bytes that the ranges lie in.
    ///
    /// - Parameter record: the record's buffer.
    @inline(__always)
    package func withUnsafeBytes(
      else record: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) {
      if let bytes, !bytes.isEmpty { bytes.withUnsafeBufferPointer(body) } else { body(record) }
    }

    /// The value at a position.
    package func word(_ t: Int, in record: UnsafeBufferPointer<UInt8>) -> ArraySlice<UInt8> {
      bytes.map { $0[range(t).indices] } ?? ArraySlice(record[range(t).indices])
    }
  }

  /// The values of ``sources`` at each position.
  package func values(of record: borrowing Record) throws(FeatureError) -> [SourceValues] {
    var all: [SourceValues] = []
    all.reserveCapacity(sources.count)
    for source in sources {
      guard let ranges = record.ranges(source.layer) else {
        throw FeatureError.missingLayer(
          name: source.layer, present: record.layers.map(\.name),
          source: record.provenance.source, line: record.provenance.line)
      }
      switch source.function {
      case nil: all.append(SourceValues(ranges: ranges, bytes: nil))
      case .pattern: all.append(Self.patternValues(of: record, layer: source.layer))
      case let function?: all.append(values(of: function, ranges, record.buffer))
      }
    }
    return all
  }

  /// `B-EMAIL`, `I-EMAIL`, `E-EMAIL`, `S-EMAIL` for each kind of pattern, one after another.
  private static let patternTable: (bytes: [UInt8], ranges: [ByteRange]) = {
    var bytes: [UInt8] = []
    var ranges: [ByteRange] = []
    for kind in TextPattern.allCases {
      for mark in ["B-", "I-", "E-", "S-"] {
        let start = bytes.count
        bytes += (mark + kind.typeName).utf8
        ranges.append(ByteRange(start, bytes.count))
      }
    }
    return (bytes, ranges)
  }()

  private static func patternValues(
    of record: borrowing Record, layer: String
  ) -> SourceValues {
    let table = patternTable
    var result = SourceValues(
      ranges: Array(repeating: ByteRange(0, 0), count: record.count), bytes: table.bytes)
    for span in TextPattern.matches(in: record, layer: layer) {
      for t in span.positions {
        result.ranges[t] = table.ranges[Int(span.type) * 4 + mark(of: t, in: span.positions)]
      }
    }
    return result
  }

  /// Where a word stands in a phrase: 0 first, 1 inside, 2 last, 3 alone.
  private static func mark(of t: Int, in range: Range<Int>) -> Int {
    range.count == 1 ? 3 : t == range.lowerBound ? 0 : t == range.upperBound - 1 ? 2 : 1
  }

  /// No value anywhere.
  private static let noValue = SourceValues(ranges: [ByteRange(0, 0)], bytes: [], isConstant: true)

  /// Each case as the value of all positions, by its number.
  private static let caseValues = SentenceCase.allCases.map { value in
    let bytes = Array(value.rawValue.utf8)
    return SourceValues(ranges: [ByteRange(0, bytes.count)], bytes: bytes, isConstant: true)
  }

  private func values(
    of function: SequenceFunction, _ words: [ByteRange], _ buffer: [UInt8]
  ) -> SourceValues {
    switch function {
    case .sentenceCase:
      return Self.caseValues[
        buffer.withUnsafeBufferPointer { SentenceCase.of(words, in: $0) }.number]
    case .gazetteer:
      guard let table = knowledge.phrases else { return Self.noValue }
      // Most records hold no phrase, and need no memory then.
      var ranges: [ByteRange] = []
      buffer.withUnsafeBufferPointer { buffer in
        table.forEachPhrase(in: words, buffer) { range, type in
          if ranges.isEmpty { ranges = Array(repeating: ByteRange(0, 0), count: words.count) }
          for t in range {
            ranges[t] = table.valueRanges[type * 4 + Self.mark(of: t, in: range)]
          }
        }
      }
      return ranges.isEmpty ? Self.noValue : SourceValues(ranges: ranges, bytes: table.values)
    case .pattern: preconditionFailure("Patterns read the record itself.")
    }
  }

  private func feature(
    of template: FeatureTemplate, number: Int, at position: Int, words: [[ArraySlice<UInt8>]]
  ) -> NamedFeature? {
    var hash = FeatureHash.hash(template.description.utf8)
    var names: [String] = []
    for term in template.terms {
      let at = position + term.offset
      let source = Source(layer: term.layer, function: term.sequenceFunction)
      let value = Value(source: sources.firstIndex(of: source)!, functions: term.functions)
      if words.indices.contains(at) {
        guard let bytes = bytes(of: value, word: words[at]) else { return nil }
        hash = FeatureHash.join(hash, FeatureHash.hash(bytes))
        names.append("\(term)=\(String(decoding: bytes, as: UTF8.self))")
      } else {
        guard keepsBoundary(value) else { return nil }
        let text = Self.boundaryText(at < 0 ? at : at - words.count + 1)
        hash = FeatureHash.join(hash, FeatureHash.hash(text.utf8, seed: 1))
        names.append("\(term)=\(text)")
      }
    }
    let name = names.isEmpty ? "bias" : names.joined(separator: " & ")
    return NamedFeature(hash: hash, template: number, name: name)
  }
}
