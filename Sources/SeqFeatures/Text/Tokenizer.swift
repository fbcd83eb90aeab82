/// Splits raw text into sentences, tokens and words, with exact byte offsets.
///
/// The base is UAX #29 word segmentation. For English, small linear models learned from
/// UD English treebanks decide at punctuation inside a chunk and between sentences; the rules of
/// UD English split contractions (`do|n't`, `it|'s`, `gon|na`). `Docs/Formats/tokenizer.md` states
/// the rules.
public struct Tokenizer: Sendable {
  /// The conventions to follow.
  public enum Language: String, CaseIterable, Sendable {
    /// UD English.
    case english = "en"
    /// UAX #29 alone: apostrophes stay inside words, nothing is known of abbreviations' tokens.
    case universal = "und"
  }

  /// What a single line break means; a blank line always ends a paragraph.
  public enum LineBreaks: String, CaseIterable, Sendable {
    /// A line much shorter than its paragraph's longest ends a sentence; other breaks are spaces.
    case automatic
    /// Line breaks are spaces.
    case spaces
    /// Line breaks end sentences.
    case sentences
  }

  /// The conventions that are followed.
  public let language: Language
  /// What a single line break means.
  public let lineBreaks: LineBreaks
  let contractions = Contractions.Table()

  /// Makes a tokenizer.
  public init(language: Language = .english, lineBreaks: LineBreaks = .automatic) {
    self.language = language
    self.lineBreaks = lineBreaks
  }

  /// Tokenizes a text.
  ///
  /// - Parameters:
  ///   - bytes: UTF-8; a document, or whole paragraphs of one (see ``lastParagraphEnd(in:)``).
  ///   - text: receives the result instead of what it held; reused from call to call, it saves
  ///     memory allocations.
  /// - Throws: `TokenizerError.notUTF8` at the first byte that is not UTF-8.
  /// - Complexity: O(bytes) time; memory for the result and the longest paragraph's tokens.
  public func tokenize(
    _ bytes: UnsafeBufferPointer<UInt8>, into text: inout TokenizedText
  ) throws(TokenizerError) {
    var run = TokenizerRun(
      bytes: bytes, tokenizer: self, judge: ModelJudge(language: language), text: text)
    try run.tokenize()
    text = run.text
  }

  /// Tokenizes a text.
  ///
  /// - Throws: `TokenizerError.notUTF8` at the first byte that is not UTF-8.
  public func tokenize(_ bytes: [UInt8]) throws(TokenizerError) -> TokenizedText {
    var text = TokenizedText()
    let result = bytes.withUnsafeBufferPointer { buffer in
      Result { () throws(TokenizerError) in try tokenize(buffer, into: &text) }
    }
    try result.get()
    return text
  }

  /// Tokenizes a text while `judge` decides what the models decide otherwise: for training.
  package func tokenize<Judge: TokenizerJudge>(
    _ bytes: UnsafeBufferPointer<UInt8>, judge: Judge
  ) throws(TokenizerError) -> (text: TokenizedText, judge: Judge) {
    var run = TokenizerRun(bytes: bytes, tokenizer: self, judge: judge, text: TokenizedText())
    try run.tokenize()
    return (run.text, run.judge)
  }

  /// The offset behind the last blank line of `bytes`, or `nil` if there is none: a text may be cut
  /// there and its parts tokenized one after the other with the same result.
  public static func lastParagraphEnd(in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    var lineFeed = -1
    var i = bytes.count - 1
    while i >= 0 {
      switch bytes[i] {
      case 0x0A:
        if lineFeed >= 0 { return lineFeed + 1 }
        lineFeed = i
      case 0x20, 0x09, 0x0D: break
      default: lineFeed = -1
      }
      i -= 1
    }
    return nil
  }
}

/// Decides where the rules leave a choice. The features of the choice are in `slots`.
package protocol TokenizerJudge {
  /// Whether a word ends at the byte `offset`.
  mutating func splits(_ slots: borrowing FeatureSlots, at offset: Int) -> Bool
  /// Whether a sentence ends with the word that ends at the byte `offset`.
  mutating func endsSentence(_ slots: borrowing FeatureSlots, at offset: Int) -> Bool
}

/// The judge at run time: the models that ship with the library.
struct ModelJudge: TokenizerJudge {
  let junctures = LinearTable(TokenizerWeights.junctures, bias: TokenizerWeights.junctureBias)
  let sentences = LinearTable(TokenizerWeights.sentences, bias: TokenizerWeights.sentenceBias)

  init(language: Tokenizer.Language) {}

  @inline(__always)
  func splits(_ slots: borrowing FeatureSlots, at offset: Int) -> Bool {
    junctures.score(slots) > 0
  }

  @inline(__always)
  func endsSentence(_ slots: borrowing FeatureSlots, at offset: Int) -> Bool {
    sentences.score(slots) > 0
  }
}
