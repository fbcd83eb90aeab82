public import SeqCore

extension Tokenizer {
  /// The layer that holds, for every word, the range of the token it belongs to.
  public static let tokenLayer = "token"

  /// Makes a record of every sentence of a text.
  ///
  /// A record's source is the sentence with the white space behind it, so the sources together are
  /// the text; white space at the text's start belongs to the first record. Its layer `form` holds
  /// the words as ranges of the source. A text without words makes no record.
  ///
  /// - Parameters:
  ///   - bytes: UTF-8; a document, or whole paragraphs of one.
  ///   - provenance: where the first byte stands.
  ///   - marksTokens: whether to add the layer ``tokenLayer``: words of one contraction have the
  ///     same range there.
  ///   - receive: called with every record, in order.
  /// - Throws: `TokenizerError`, its place counted from the source's start, or what `receive` throws.
  /// - Complexity: O(bytes).
  public func records(
    of bytes: [UInt8], provenance: Provenance, marksTokens: Bool = false,
    into receive: (consuming Record) throws -> Void
  ) throws {
    var text = TokenizedText()
    do {
      try bytes.withUnsafeBufferPointer { buffer throws(TokenizerError) in
        try tokenize(buffer, into: &text)
      }
    } catch TokenizerError.notUTF8(let offset, let line, let byte) {
      throw TokenizerError.notUTF8(
        offset: offset + provenance.byteOffset, line: line + provenance.line - 1, byte: byte)
    }
    var start = 0
    var line = provenance.line
    for sentence in 0..<text.sentenceCount {
      let words = text.wordIndices(ofSentence: sentence)
      let end =
        words.upperBound < text.words.count
        ? Int(text.words[words.upperBound].start) : bytes.count
      let ranges = words.map { text.words[$0].moved(by: -start) }
      var layers = [Layer(name: "form", values: .text(ranges), places: ranges)]
      if marksTokens {
        var tokens = ranges
        for (index, word) in words.enumerated().reversed() where text.continuations[word] {
          tokens[index - 1].end = tokens[index].end
        }
        for (index, word) in words.enumerated() where text.continuations[word] {
          tokens[index] = tokens[index - 1]
        }
        layers.append(Layer(name: Tokenizer.tokenLayer, values: .text(tokens)))
      }
      var place = provenance
      place.byteOffset += start
      place.line = line
      try receive(
        Record(
          source: Array(bytes[start..<end]), count: ranges.count, layers: layers,
          provenance: place, text: ByteRange(0, end - start)))
      for byte in bytes[start..<end] where byte == 0x0A { line += 1 }
      start = end
    }
  }
}

extension ByteRange {
  func moved(by offset: Int) -> ByteRange { ByteRange(Int(start) + offset, Int(end) + offset) }
}
