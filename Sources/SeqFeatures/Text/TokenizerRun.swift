import SeqCore

/// One text on its way through the tokenizer: bytes → chunks → tokens of a paragraph → sentences.
struct TokenizerRun<Judge: TokenizerJudge>: ~Copyable {
  let bytes: UnsafeBufferPointer<UInt8>
  let tokenizer: Tokenizer
  var judge: Judge
  var text: TokenizedText

  private var chunk = ChunkScalars()
  private var tokens = ParagraphTokens()
  private var slots = FeatureSlots()
  private var gap = ParagraphTokens.Gap.none
  /// Whether a single quotation mark was opened in this paragraph: then `s'` is no possessive.
  private var hasOpenQuote = false

  init(
    bytes: UnsafeBufferPointer<UInt8>, tokenizer: Tokenizer, judge: Judge, text: TokenizedText
  ) {
    self.bytes = bytes
    self.tokenizer = tokenizer
    self.judge = judge
    self.text = text
    self.text.removeAll()
  }

  mutating func tokenize() throws(TokenizerError) {
    guard bytes.count <= Int(UInt32.max) else { throw .tooLong(count: bytes.count) }
    var p = 0
    p = try skipSpace(p)
    while p < bytes.count {
      p = try readChunk(p)
      p = try skipSpace(p)
    }
    endParagraph()
  }

  // MARK: - Bytes

  /// Decodes the scalar at `p`.
  ///
  /// - Returns: the scalar and the offset behind it.
  @inline(__always)
  private func decode(_ p: Int) throws(TokenizerError) -> (scalar: UInt32, next: Int) {
    let lead = bytes[p]
    if lead < 0x80 { return (UInt32(lead), p + 1) }
    return try decodeLong(p, lead: lead)
  }

  private func decodeLong(
    _ p: Int, lead: UInt8
  ) throws(TokenizerError) -> (scalar: UInt32, next: Int) {
    @inline(__always) func continuation(_ k: Int) -> UInt32? {
      guard p + k < bytes.count, bytes[p + k] & 0xC0 == 0x80 else { return nil }
      return UInt32(bytes[p + k] & 0x3F)
    }
    if lead >= 0xC2, lead < 0xE0, let a = continuation(1) {
      return (UInt32(lead & 0x1F) << 6 | a, p + 2)
    }
    if lead >= 0xE0, lead < 0xF0, let a = continuation(1), let b = continuation(2) {
      let scalar = UInt32(lead & 0x0F) << 12 | a << 6 | b
      if scalar >= 0x800, scalar & 0xF800 != 0xD800 { return (scalar, p + 3) }
    }
    if lead >= 0xF0, lead < 0xF5, let a = continuation(1), let b = continuation(2),
      let c = continuation(3)
    {
      let scalar = UInt32(lead & 0x07) << 18 | a << 12 | b << 6 | c
      if scalar >= 0x10000, scalar < 0x110000 { return (scalar, p + 4) }
    }
    throw .notUTF8(offset: p, line: bytes[..<p].count { $0 == 0x0A } + 1, byte: lead)
  }

  /// Skips white space from `p`, notes what it was, and ends the paragraph at a blank line.
  private mutating func skipSpace(_ start: Int) throws(TokenizerError) -> Int {
    let space = try space(start)
    gap = space.gap
    if space.endsParagraph { endParagraph() }
    return space.end
  }

  private func space(
    _ start: Int
  ) throws(TokenizerError) -> (end: Int, gap: ParagraphTokens.Gap, endsParagraph: Bool) {
    var p = start
    var lines = 0
    var endsParagraph = false
    while p < bytes.count {
      let byte = bytes[p]
      if byte == 0x20 {
        p += 1
        continue
      }
      let (scalar, next) = try decode(p)
      let kind = scalarKind(scalar)
      if kind == ScalarKind.lineBreak.rawValue {
        if scalar == 0x0D, next < bytes.count, bytes[next] == 0x0A {
          p = next
          continue
        }
        lines += 1
        if lines > 1 || scalar == 0x2029 || scalar == 0x0C { endsParagraph = true }
      } else if kind != ScalarKind.space.rawValue {
        break
      }
      p = next
    }
    if lines > 0 { return (p, .line, endsParagraph) }
    return (p, p == start ? .none : p == start + 1 ? .space : .spaces, false)
  }

  // MARK: - Chunks

  /// Reads the chunk at `start` and appends its tokens.
  private mutating func readChunk(_ start: Int) throws(TokenizerError) -> Int {
    var p = start
    // Most chunks are a word of ASCII letters: no scalars, no junctures.
    var hash = MarkHash.empty
    var uppers = 0
    while p < bytes.count {
      let byte = bytes[p]
      guard (byte | 32) &- 97 < 26 else { break }
      hash = MarkHash.adding(byte | 32, to: hash)
      uppers += byte < 97 ? 1 : 0
      p += 1
    }
    if p > start, p == bytes.count || bytes[p] == 0x20 || bytes[p] == 0x0A {
      appendWord(start: start, end: p, hash: hash, uppers: uppers)
      return p
    }

    chunk.begin()
    p = start
    while p < bytes.count {
      let (scalar, next) = try decode(p)
      let kind = scalarKind(scalar)
      if kind == ScalarKind.space.rawValue || kind == ScalarKind.lineBreak.rawValue { break }
      chunk.append(kind: kind, mark: Mark.of(scalar, kind: kind), offset: p)
      p = next
    }
    chunk.finish(end: p)
    let (nextKind, nextMark) = try peek(p)
    splitChunk(nextKind: nextKind, nextMark: nextMark)
    return p
  }

  /// Kind and mark of the scalar that follows the white space at `p` in the same paragraph.
  private func peek(_ p: Int) throws(TokenizerError) -> (kind: UInt8, mark: UInt8) {
    let space = try space(p)
    guard space.end < bytes.count, !space.endsParagraph else {
      return (ScalarKind.space.rawValue, Mark.chunkEnd)
    }
    let scalar = try decode(space.end).scalar
    let kind = scalarKind(scalar)
    return (kind, Mark.of(scalar, kind: kind))
  }

  private mutating func appendWord(start: Int, end: Int, hash: UInt64, uppers: Int) {
    let count = end - start
    let first = bytes[start] < 97
    let shape =
      uppers == 0
      ? TokenShape.lower
      : uppers == count
        ? (count == 1 ? TokenShape.oneCapital : TokenShape.capitals)
        : uppers == 1 && first ? TokenShape.capitalized : TokenShape.mixed
    tokens.append(start: start, end: end, hash: hash, shape: shape, gap: gap)
    if tokenizer.language == .english, count <= 8, let cuts = tokenizer.contractions.cuts(of: hash)
    {
      cut(at: cuts)
    }
  }

  /// Cuts the last token into the words of a contraction.
  private mutating func cut(at cuts: (UInt8, UInt8)) {
    let last = tokens.count - 1
    let start = tokens.starts[last]
    let end = tokens.ends[last]
    tokens.ends[last] = start + Int(cuts.0)
    let third = cuts.1 == 0 ? end : start + Int(cuts.1)
    appendContinuation(start: start + Int(cuts.0), end: third)
    if third < end { appendContinuation(start: third, end: end) }
  }

  private mutating func appendContinuation(start: Int, end: Int) {
    var hash = MarkHash.empty
    for p in start..<end { hash = MarkHash.adding(bytes[p] | 32, to: hash) }
    tokens.append(
      start: start, end: end, hash: hash, shape: TokenShape.lower, gap: .none, continues: true)
  }

  private mutating func splitChunk(nextKind: UInt8, nextMark: UInt8) {
    // The scalars are read through pointers, so they leave `self` while tokens are added to it.
    let chunk = self.chunk
    self.chunk = ChunkScalars()
    let padding = ChunkScalars.padding
    chunk.offsets.withUnsafeBufferPointer { offsets in
      chunk.kinds.withUnsafeBufferPointer { kinds in
        chunk.marks.withUnsafeBufferPointer { marks in
          chunk.runHashes.withUnsafeBufferPointer { hashes in
            chunk.runLengths.withUnsafeBufferPointer { lengths in
              splitChunk(
                ChunkView(
                  count: chunk.count, offsets: offsets.baseAddress! + padding,
                  kinds: kinds.baseAddress! + padding, marks: marks.baseAddress! + padding,
                  runHashes: hashes.baseAddress! + padding,
                  runLengths: lengths.baseAddress! + padding, nextKind: nextKind,
                  nextMark: nextMark))
            }
          }
        }
      }
    }
    self.chunk = chunk
  }

  private mutating func splitChunk(_ chunk: ChunkView) {
    let isEnglish = tokenizer.language == .english
    let span = chunk.protectedSpan() ?? 0..<0
    var tokenStart = 0
    var previousSplit = 0
    var regionalIndicators = 0
    var i = 0
    while i < chunk.count - 1 {
      regionalIndicators =
        chunk.kinds[i] == ScalarKind.regionalIndicator.rawValue ? regionalIndicators + 1 : 0
      i += 1
      let isJoined: Bool
      switch chunk.rule(i, regionalIndicatorsBefore: regionalIndicators) {
      case .join: continue
      case .split: isJoined = false
      case .open:
        if i > span.lowerBound, i < span.upperBound {
          isJoined = true
        } else if !span.isEmpty, i == span.lowerBound || i == span.upperBound {
          isJoined = false
        } else if isEnglish {
          switch chunk.englishRule(i, previousSplit: previousSplit) {
          case .join: isJoined = true
          case .split: isJoined = false
          case .open:
            chunk.features(i, previousSplit: previousSplit, into: &slots)
            isJoined = !judge.splits(slots, at: chunk.offsets[i])
          }
        } else {
          isJoined = chunk.defaultJoins(i)
        }
      }
      previousSplit = isJoined ? 1 : 2
      if !isJoined {
        append(tokenStart..<i, of: chunk)
        tokenStart = i
      }
    }
    append(tokenStart..<chunk.count, of: chunk)
  }

  /// Appends the token of the scalars `range`, split into words where it is a contraction.
  private mutating func append(_ range: Range<Int>, of chunk: ChunkView) {
    let first = range.lowerBound
    let gap = first == 0 ? self.gap : .none
    var end = range.upperBound
    var isClitic = false
    var negation: Int?
    if tokenizer.language == .english {
      negation = Contractions.negation(range, of: chunk)
      if let negation { end = negation }
      if chunk.marks[first] == UInt8(ascii: "'") || chunk.marks[first] == UInt8(ascii: "`") {
        isClitic =
          first > 0 && (Contractions.isClitic(range, of: chunk) || isPossessive(range, of: chunk))
        if range.count == 1, first == 0 || chunk.runClass(first - 1) > RunClass.digit {
          hasOpenQuote = true
        }
      }
    }
    var hash = MarkHash.empty
    for i in first..<end { hash = MarkHash.adding(chunk.marks[i], to: hash) }
    tokens.append(
      start: chunk.offsets[first], end: chunk.offsets[end], hash: hash,
      shape: TokenShape.of(first..<end, in: chunk), gap: gap, continues: isClitic)
    if let negation {
      var hash = MarkHash.empty
      for i in negation..<range.upperBound { hash = MarkHash.adding(chunk.marks[i], to: hash) }
      tokens.append(
        start: chunk.offsets[negation], end: chunk.offsets[range.upperBound], hash: hash,
        shape: TokenShape.lower, gap: .none, continues: true)
    } else if tokenizer.language == .english, end - first <= 8, first == 0 || !isClitic,
      let cuts = tokenizer.contractions.cuts(of: hash)
    {
      // The table holds ASCII letters only, whose marks are as many as their bytes.
      cut(at: cuts)
    }
  }

  /// A lone apostrophe behind s: a possessive unless a quotation is open.
  private func isPossessive(_ range: Range<Int>, of chunk: ChunkView) -> Bool {
    guard range.count == 1, !hasOpenQuote, chunk.marks[range.lowerBound] == UInt8(ascii: "'")
    else { return false }
    let before = chunk.marks[range.lowerBound - 1]
    return before == UInt8(ascii: "s") || before == UInt8(ascii: "z") || before == UInt8(ascii: "x")
  }

  // MARK: - Sentences

  /// Divides the paragraph's tokens into sentences and moves them to the text.
  private mutating func endParagraph() {
    guard tokens.count > 0 else { return }
    tokens.decideLineBreaks(tokenizer.lineBreaks)
    var start = 0
    while start < tokens.count {
      var end = start + 1
      while end < tokens.count, tokens.gaps[end] != .line { end += 1 }
      divide(start..<end)
      start = end
    }
    tokens.removeAll()
    hasOpenQuote = false
  }

  /// Divides the tokens between line breaks that end sentences.
  private mutating func divide(_ stretch: Range<Int>) {
    var context = SentenceContext(stretch: stretch)
    beginSentence(at: stretch.lowerBound, context: &context)
    for t in stretch {
      text.words.append(ByteRange(tokens.starts[t], tokens.ends[t]))
      text.continuations.append(tokens.continuations[t])
      guard t + 1 < stretch.upperBound else { break }
      switch tokens.shapes[t] {
      case TokenShape.opening: context.brackets += 1
      case TokenShape.closing: context.brackets = max(0, context.brackets - 1)
      case TokenShape.quote: context.quotes += 1
      default: break
      }
      let ends: Bool
      if let rule = tokens.rule(t) {
        ends = rule
      } else if tokenizer.language == .universal, !tokens.isFinal(t) {
        ends = false
      } else {
        tokens.features(t, context: context, into: &slots)
        ends = judge.endsSentence(slots, at: tokens.ends[t])
      }
      if ends { beginSentence(at: t + 1, context: &context) }
    }
  }

  private mutating func beginSentence(at t: Int, context: inout SentenceContext) {
    text.sentenceStarts.append(text.words.count)
    context.start = t
    context.brackets = 0
    context.startShape = tokens.shapes[t]
    context.startHash = tokens.hashes[t]
  }
}
