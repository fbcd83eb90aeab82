public import SeqCore

/// Takes spans out of text, running or cut into words, and puts something else in their place.
public struct Redaction: Sendable {
  /// What stands in the place of a span.
  public enum Mode: String, Hashable, Sendable, CaseIterable {
    /// Always the same black bar, which does not tell how long the text was.
    case mask
    /// The type: `[PER]`.
    case type
    /// The type and a keyed hash of the text: `[PER:9c56cc51b374c3ba]`. Equal texts of a type have
    /// equal hashes under a key; without it they cannot be tried out.
    case hash
    /// The type and five letters and digits from a keyed hash of the text without case and with
    /// single spaces: `PER-K7Q2X`. Reads better; of 5,000 different names, one pair in three runs will share one.
    case pseudonym
  }

  /// A span that was taken out, without what it said.
  public struct Entry: Hashable, Sendable {
    /// Where the replacement stands in the output, in bytes, if that is text.
    public var output: Range<Int>?
    /// The words that were replaced, counted from 0 in their record, if that has words.
    public var words: Range<Int>?
    /// The line of the input on which the sentence begins, from 1.
    public var line: Int
    /// The type of the span.
    public var type: String
    /// P(exactly this span | x), if the model gave it.
    public var confidence: Float?
    /// What found it: `model` or a rule.
    public var origin: String
  }

  /// What stands in the place of spans.
  public let mode: Mode
  private let key: [UInt8]

  /// Makes a redaction.
  ///
  /// - Parameter key: secret bytes for the modes `hash` and `pseudonym`, which need at least 16.
  public init(_ mode: Mode, key: [UInt8] = []) {
    precondition(
      mode == .mask || mode == .type || key.count >= 16, "A key has at least 16 bytes.")
    self.mode = mode
    self.key = key
  }

  /// Appends a record's text without its spans.
  ///
  /// - Parameters:
  ///   - record: a sentence of plain text; its source is the text.
  ///   - layers: the span layers to take out.
  ///   - written: the bytes of the output before `output` began.
  public func redact(
    _ record: borrowing Record, layers: [String], into output: inout [UInt8], written: Int = 0
  ) -> [Entry] {
    var entries: [Entry] = []
    for piece in MarkedText(record, layers: layers).pieces {
      guard let span = piece.span else {
        output += piece.bytes
        continue
      }
      let start = written + output.count
      output += replacement(for: Array(piece.bytes), type: span.type).utf8
      entries.append(
        Entry(
          output: start..<written + output.count, line: record.provenance.line, type: span.type,
          confidence: span.confidence, origin: span.origin ?? "input"))
    }
    return entries
  }

  /// What stands in the place of a text.
  func replacement(for text: [UInt8], type: String) -> String {
    func code(_ text: [UInt8]) -> [UInt8] {
      SHA256.authenticationCode(Array(type.utf8) + [0] + text, key: key)
    }
    switch mode {
    case .mask: return "█████"
    case .type: return "[\(type)]"
    case .hash:
      let digits = code(text).prefix(8).map { byte in
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
      return "[\(type):\(digits.joined())]"
    case .pseudonym:
      // Crockford's 32 signs, which cannot be taken for one another.
      let signs = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
      let words = String(decoding: text, as: UTF8.self).lowercased().split(
        whereSeparator: \.isWhitespace)
      let name = code(Array(words.joined(separator: " ").utf8)).prefix(5).map {
        String(signs[Int($0) & 31])
      }
      return "\(type)-\(name.joined())"
    }
  }
}
