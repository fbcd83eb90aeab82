internal import SeqCore
internal import SeqFeatures
internal import SeqXML

/// A word of a sentence: marked by the document, or found by the tokenizer.
struct SentenceWord {
  /// Its bytes in the segment's text; those of the surface token for a word inside one.
  var text: Range<Int>
  /// Its form among the segment's values, if that is not the text.
  var form = ValueRange()
  /// The number of the token that marks it; -1 for none.
  var token = -1
  /// The number of the last word of the surface token that begins with it; -1 if it is its own.
  var lastOfSurface = -1
  /// Whether it is a part of the surface token before it.
  var continuesSurface = false
}

/// Cuts segments into sentences and words.
final class SentenceBuilder {
  /// How text without marked tokens is cut.
  enum Language { case automatic, fixed(Tokenizer) }

  /// The sentence's words.
  @exclusivity(unchecked) private(set) var words: [SentenceWord] = []
  /// The sentence's bytes in the segment's text.
  @exclusivity(unchecked) private(set) var text = 0..<0
  /// The sentence's number in its segment, from 0.
  @exclusivity(unchecked) private(set) var index = 0
  /// The number of the sentence in its document, from 1.
  @exclusivity(unchecked) private(set) var number = 0
  @exclusivity(unchecked) private var document = -1
  private let english = Tokenizer(language: .english, lineBreaks: .spaces)
  private let universal = Tokenizer(language: .universal, lineBreaks: .spaces)
  private let language: Language
  /// Whether the words of surface tokens (`<w><w/><w/></w>`) are words; otherwise the surface is.
  private let splitsSurface: Bool
  @exclusivity(unchecked) private var tokenized = TokenizedText()
  /// Where names of the segment begin and end, in order, if words are held against that.
  @exclusivity(unchecked) private var edges: [Int] = []
  /// Where the segment is, for the error that an edge inside a word is; `nil` if words are cut there.
  @exclusivity(unchecked) private var edgeFault: ((Range<Int>) -> TEIError)?

  init(language: Language = .automatic, splitsSurface: Bool) {
    self.language = language
    self.splitsSurface = splitsSurface
  }

  /// Calls `body` for each sentence of a segment.
  ///
  /// - Throws: `TEIError.edge` for a name with an edge inside a word, where that is an error; what
  ///   `body` throws.
  func forEachSentence(
    of segment: TEISegment, _ importer: TEIImporter, _ body: () throws -> Void
  ) throws {
    let name = importer.language(of: segment)
    noteEdges(of: segment, importer)
    if segment.document != document {
      document = segment.document
      number = 0
    }
    let tokenizer =
      switch language {
      case .fixed(let tokenizer): tokenizer
      case .automatic: name.lowercased().hasPrefix("en") ? english : universal
      }
    index = 0
    if segment.tokens.isEmpty {
      try tokenize(segment.text.indices, of: segment, with: tokenizer)
      if segment.isSentence {
        // The document says what a sentence is.
        words.removeAll(keepingCapacity: true)
        for word in tokenized.words.indices { try addWord(word, shift: 0) }
        guard let first = words.first, let last = words.last else { return }
        text = first.text.lowerBound..<last.text.upperBound
        number += 1
        return try body()
      }
      for sentence in 0..<tokenized.sentenceCount {
        words.removeAll(keepingCapacity: true)
        for word in tokenized.wordIndices(ofSentence: sentence) { try addWord(word, shift: 0) }
        guard let first = words.first, let last = words.last else { continue }
        text = first.text.lowerBound..<last.text.upperBound
        number += 1
        try body()
        index += 1
      }
      return
    }
    words.removeAll(keepingCapacity: true)
    var end = 0
    var token = 0
    while token < segment.tokens.count {
      let range =
        segment.tokens[token]
        .textStart..<max(
          segment.tokens[token].textStart, segment.tokens[token].textEnd)
      if range.lowerBound > end { try addGap(end..<range.lowerBound, of: segment, tokenizer) }
      end = max(end, range.upperBound)
      try requireNoEdge(inside: range)
      token = addToken(token, of: segment)
    }
    if end < segment.text.count { try addGap(end..<segment.text.count, of: segment, tokenizer) }
    guard !words.isEmpty else { return }
    if !segment.sentences.isEmpty { return try forEachMarkedSentence(of: segment, body) }
    text = segment.text.indices
    number += 1
    try body()
  }

  /// Cuts words where annotations apart from the text say that a sentence begins or ends.
  private func forEachMarkedSentence(
    of segment: TEISegment, _ body: () throws -> Void
  ) throws {
    let all = words
    var sentence = 0
    var start = 0
    while start < all.count {
      while sentence < segment.sentences.count,
        segment.sentences[sentence].upperBound <= all[start].text.lowerBound
      {
        sentence += 1
      }
      var border = segment.text.count
      if sentence < segment.sentences.count {
        let next = segment.sentences[sentence]
        border = all[start].text.lowerBound < next.lowerBound ? next.lowerBound : next.upperBound
      }
      var end = start + 1
      while end < all.count, all[end].text.lowerBound < border || all[end].continuesSurface {
        end += 1
      }
      words = all[start..<end].map { word in
        var word = word
        if word.lastOfSurface >= 0 { word.lastOfSurface -= start }
        return word
      }
      text =
        all[start].text
        .lowerBound..<max(
          all[end - 1].text.upperBound, all[start].text.lowerBound)
      number += 1
      try body()
      index += 1
      start = end
    }
  }

  private func tokenize(
    _ range: Range<Int>, of segment: TEISegment, with tokenizer: Tokenizer
  ) throws {
    try segment.text.withUnsafeBufferPointer { bytes throws(TokenizerError) in
      try tokenizer.tokenize(UnsafeBufferPointer(rebasing: bytes[range]), into: &tokenized)
    }
  }

  /// Adds a word that the tokenizer found, cut where names begin and end if that is asked for.
  private func addWord(_ word: Int, shift: Int) throws {
    let range = tokenized.words[word]
    var start = Int(range.start) + shift
    let end = Int(range.end) + shift
    if !edges.isEmpty {
      try requireNoEdge(inside: start..<end)
      for edge in edges where edge > start && edge < end {
        words.append(SentenceWord(text: start..<edge))
        start = edge
      }
    }
    words.append(SentenceWord(text: start..<end))
  }

  private func noteEdges(of segment: TEISegment, _ importer: TEIImporter) {
    edges.removeAll(keepingCapacity: true)
    edgeFault = nil
    let mode = importer.settings.edges
    guard mode != .expand, !segment.names.isEmpty else { return }
    edges = Set(segment.names.flatMap { $0.parts.flatMap { [$0.lowerBound, $0.upperBound] } })
      .sorted()
    guard mode == .error else { return }
    edgeFault = { [unowned segment, unowned importer] word in
      .edge(
        at: "\(importer.currentSource):\(segment.line):\(segment.column)",
        word: String(decoding: segment.text[word], as: UTF8.self))
    }
  }

  private func requireNoEdge(inside word: Range<Int>) throws {
    guard let edgeFault, edges.contains(where: { $0 > word.lowerBound && $0 < word.upperBound })
    else { return }
    throw edgeFault(word)
  }

  /// Text between marked tokens: white space, or characters that nobody marked.
  private func addGap(
    _ range: Range<Int>, of segment: TEISegment, _ tokenizer: Tokenizer
  ) throws {
    guard segment.text[range].contains(where: { $0 > 0x20 }) else { return }
    try tokenize(range, of: segment, with: tokenizer)
    for word in tokenized.words.indices { try addWord(word, shift: range.lowerBound) }
  }

  /// Adds a token, with the tokens in it.
  ///
  /// - Returns: the number of the token behind it.
  private func addToken(_ index: Int, of segment: TEISegment) -> Int {
    let token = segment.tokens[index]
    let range = token.textStart..<max(token.textStart, token.textEnd)
    guard token.lastWord >= 0 else {
      if range.isEmpty, token.norm.isEmpty || !splitsSurface { return index + 1 }
      words.append(
        SentenceWord(text: range, form: range.isEmpty ? token.norm : ValueRange(), token: index))
      return index + 1
    }
    var next = index + 1
    var inner: [Int] = []
    while next < segment.tokens.count, isInside(segment, next, index) {
      if segment.tokens[next].lastWord < 0 { inner.append(next) }
      next += 1
    }
    guard splitsSurface, inner.count > 1 else {
      if !range.isEmpty { words.append(SentenceWord(text: range, token: inner.first ?? index)) }
      return next
    }
    let first = words.count
    for (position, word) in inner.enumerated() {
      let own = segment.tokens[word]
      let ownRange = own.textStart..<max(own.textStart, own.textEnd)
      var form = own.norm
      if form.isEmpty, ownRange.isEmpty { form = own.lemma }
      words.append(
        SentenceWord(
          text: range, form: form.isEmpty ? ValueRange() : form, token: word,
          continuesSurface: position > 0))
      if form.isEmpty { words[words.count - 1].text = ownRange }
    }
    words[first].lastOfSurface = words.count - 1
    surface = range
    return next
  }

  /// The text of the last surface token.
  @exclusivity(unchecked) private var surface = 0..<0

  private func isInside(_ segment: TEISegment, _ token: Int, _ ancestor: Int) -> Bool {
    var parent = segment.tokens[token].parent
    while parent >= 0 {
      if parent == ancestor { return true }
      parent = segment.tokens[parent].parent
    }
    return false
  }

  /// Whether white space follows a word in the text.
  func hasSpaceAfter(_ word: Int, in segment: TEISegment) -> Bool {
    let end = words[word].text.upperBound
    return end >= segment.text.count || segment.text[end] <= 0x20
  }

  /// The words that a stretch of text touches, and whether it begins and ends with words.
  func wordRange(_ range: Range<Int>) -> (words: Range<Int>, isExact: Bool)? {
    guard let first = words.firstIndex(where: { $0.text.upperBound > range.lowerBound }),
      words[first].text.lowerBound < range.upperBound
    else { return nil }
    var last = first
    while last + 1 < words.count, words[last + 1].text.lowerBound < range.upperBound { last += 1 }
    return (
      first..<(last + 1),
      words[first].text.lowerBound == range.lowerBound
        && words[last].text.upperBound == range.upperBound
    )
  }
}
