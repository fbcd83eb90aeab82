/// What the decision on a sentence's end depends on besides the tokens around it.
struct SentenceContext {
  /// The tokens of the stretch between line breaks that end sentences, or of the whole paragraph.
  var stretch: Range<Int>
  /// The first token of the current sentence.
  var start = 0
  /// Brackets opened and not closed in the current sentence.
  var brackets = 0
  /// Quotation marks seen in the stretch.
  var quotes = 0
  /// Shape and hash of the first token of the current sentence.
  var startShape: UInt8 = 0
  var startHash: UInt64 = 0
}

extension ParagraphTokens {
  /// Fills `slots` with the features of the gap between token `t` and the next.
  @inline(__always)
  func features(_ t: Int, context: SentenceContext, into slots: inout FeatureSlots) {
    let first = context.stretch.lowerBound
    let last = context.stretch.upperBound - 1
    @inline(__always) func hash(_ i: Int) -> UInt64 { i < first ? 11 : i > last ? 13 : hashes[i] }
    @inline(__always) func shape(_ i: Int) -> UInt64 {
      i < first ? 0 : i > last ? 15 : UInt64(shapes[i])
    }
    let gap = UInt64(gaps[t + 1].rawValue)
    let p = hash(t)
    let n = hash(t + 1)
    let ps = shape(t)
    let ns = shape(t + 1)
    let pps = shape(t - 1)
    let nns = shape(t + 2)
    let shapes4 = pps << 15 | ps << 10 | ns << 5 | nns
    let pair = ps << 5 | ns
    let distance = t + 1 - context.start
    let done = UInt64(
      distance < 6 ? distance : distance < 10 ? 6 : distance < 20 ? 7 : distance < 40 ? 8 : 9)
    let remaining = last - t
    let left = UInt64(remaining < 4 ? remaining : remaining < 8 ? 4 : remaining < 20 ? 5 : 6)
    let quoteParity = UInt64(context.quotes & 1)
    let inBrackets: UInt64 = context.brackets > 0 ? 1 : 0
    let isPoint = ps == UInt64(TokenShape.point)
    // A very long stretch is a text whose paragraphs are unmarked: more sentences end in it.
    let count = context.stretch.count
    let size: UInt64 = count < 300 ? 0 : count < 1000 ? 1 : 2
    // The last token that is no quotation mark or closing bracket: what ends before `"`, `)`.
    let isCloser =
      ps == UInt64(TokenShape.quote) || ps == UInt64(TokenShape.closing)
      || ps == UInt64(TokenShape.apostrophe)
    let anchor = isCloser ? t - 1 : t
    let anchorShape = shape(anchor)

    slots.removeAll()
    slots.add(1, pair << 2 | gap)
    slots.add(2, p &* 31 &+ gap)
    slots.add(3, n &* 31 &+ gap)
    slots.add(4, p &* 0x9E37_79B9 &+ n)
    slots.add(5, shapes4)
    slots.add(6, shapes4 << 2 | gap)
    slots.add(7, n &* 31 &+ ps)
    slots.add(8, p &* 31 &+ ns)
    slots.add(9, hash(t - 1) &* 961 &+ p &* 31 &+ ns)
    slots.add(10, hash(t - 1) &* 31 &+ pair)
    slots.add(11, hash(t + 2) &* 31 &+ pair)
    slots.add(12, n &* 961 &+ hash(t + 2) &* 31 &+ ps)
    slots.add(13, pair << 4 | done)
    slots.add(14, pair << 4 | left)
    slots.add(15, pair << 4 | quoteParity << 2 | inBrackets << 1 | (isPoint ? 1 : 0))
    slots.add(16, anchorShape << 10 | ps << 5 | ns)
    slots.add(17, anchorShape << 12 | ps << 7 | ns << 2 | quoteParity << 1 | inBrackets)
    slots.add(18, shape(t - 2) << 20 | shapes4)
    slots.add(19, shape(t + 3) << 20 | shapes4)
    slots.add(20, context.startHash &* 31 &+ ps)
    slots.add(21, UInt64(context.startShape) << 14 | pair << 4 | done)
    slots.add(22, n &* 31 &+ anchorShape)
    slots.add(23, UInt64(min(7, ends[t] - starts[t])) << 12 | pair << 2 | gap)
    slots.add(24, done << 4 | left)
    slots.add(25, hash(t - 1) &* 0x9E37_79B9 &+ ns)
    slots.add(27, pair << 2 | size)
    slots.add(28, (n &* 31 &+ ps) << 2 | size)
    slots.add(29, shapes4 << 2 | size)
    slots.add(26, p &* 31 &+ done)
  }

  /// Whether token `t` ends sentences by itself, or closes a quotation or bracket behind one that
  /// does.
  func isFinal(_ t: Int) -> Bool {
    let isCloser = shapes[t] == TokenShape.closing || shapes[t] == TokenShape.quote
    return TokenShape.isFinal(shapes[isCloser && t > 0 ? t - 1 : t])
  }

  /// What the rules say of the gap between token `t` and the next; `nil` leaves it to the model.
  @inline(__always)
  func rule(_ t: Int) -> Bool? {
    let next = shapes[t + 1]
    if continuations[t + 1] { return false }
    let isCloser =
      next == TokenShape.closing || next == TokenShape.quote || next == TokenShape.terminator
    if shapes[t] == TokenShape.terminator { return !(isCloser && gaps[t + 1] == .none) }
    if gaps[t + 1] == .none {
      // Without a space only a final mark ends a sentence, alone or behind a quotation mark.
      let anchor = shapes[t] == TokenShape.closing || shapes[t] == TokenShape.quote ? t - 1 : t
      guard anchor >= 0 else { return false }
      if anchor < t, shapes[anchor] == TokenShape.terminator { return !isCloser }
      return TokenShape.isFinal(shapes[anchor]) ? nil : false
    }
    return nil
  }
}
