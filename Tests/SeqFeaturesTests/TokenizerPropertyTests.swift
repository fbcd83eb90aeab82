import SeqCore
import SeqFeatures
import SeqMath
import Testing

@Suite("Tokenizer: what holds for every text")
struct TokenizerPropertyTests {
  static let pieces: [String] = [
    "a", "Z", "word", "don't", "Mr.", ".", ",", "...", "!", "?", "'", "\"", "(", ")", "-", "--",
    "/",
    "@", ":", "://", "www.", ".com", "<", ">", "=", "^", "#", "$", "1", "23", "4.5", " ", "  ",
    "\n",
    "\n\n", "\r\n", "\t", "\u{A0}", "\u{2028}", "\u{200D}", "\u{301}", "é", "我", "。", "カ", "ไ", "م",
    "👩", "👍🏽", "🇩", "🇪", "’", "“", "…", "\u{600}", "\u{FEFF}", "\u{0}", "\u{7F}", "क्", "½", "_",
    "n't",
    "'s", ";)", ":-", "x@y.z",
  ]

  static func randomText(_ random: inout RandomGenerator) -> String {
    var text = ""
    for _ in 0..<(1 + random.next(below: 40)) {
      text += pieces[random.next(below: pieces.count)]
    }
    return text
  }

  @Test("words ascend, do not overlap, and cover all that is not white space", arguments: 0..<40)
  func ranges(seed: Int) throws {
    var random = RandomGenerator(seed: UInt64(seed))
    for _ in 0..<50 {
      let text = Self.randomText(&random)
      let bytes = Array(text.utf8)
      for language in Tokenizer.Language.allCases {
        let result = try Tokenizer(language: language).tokenize(bytes)
        var end = 0
        for word in result.words {
          #expect(Int(word.start) >= end, "seed \(seed): \(text.debugDescription)")
          #expect(!word.isEmpty)
          #expect(
            Self.isSpace(bytes[end..<Int(word.start)]), "seed \(seed): \(text.debugDescription)")
          end = Int(word.end)
        }
        #expect(Self.isSpace(bytes[end...]), "seed \(seed): \(text.debugDescription)")
        #expect(result.continuations.count == result.words.count)
        #expect(result.continuations.first != true)
        #expect(zip(result.sentenceStarts, result.sentenceStarts.dropFirst()).allSatisfy(<))
        #expect(result.sentenceStarts.allSatisfy { !result.continuations[$0] })
      }
    }
  }

  @Test("no word ends inside a grapheme", arguments: 0..<40)
  func graphemes(seed: Int) throws {
    var random = RandomGenerator(seed: UInt64(seed) + 1000)
    for _ in 0..<50 {
      // A mark behind white space makes a grapheme with it in Unicode, but a token here.
      let text = Self.randomText(&random)
      if text.contains(where: { $0.isWhitespace && $0.unicodeScalars.count > 1 && $0 != "\r\n" }) {
        continue
      }
      let starts = Set(text.indices.map { $0.utf16Offset(in: text) })
      let utf16 = text.utf16
      for language in Tokenizer.Language.allCases {
        for word in try Tokenizer(language: language).tokenize(Array(text.utf8)).words {
          let index = text.utf8.index(text.startIndex, offsetBy: Int(word.start))
          let offset = utf16.distance(from: utf16.startIndex, to: index)
          #expect(starts.contains(offset), "seed \(seed): \(text.debugDescription)")
        }
      }
    }
  }

  @Test("random bytes are tokenized or refused with their place", arguments: 0..<20)
  func randomBytes(seed: Int) throws {
    var random = RandomGenerator(seed: UInt64(seed) + 2000)
    for _ in 0..<200 {
      var bytes = (0..<random.next(below: 40)).map { _ in UInt8(random.next(below: 256)) }
      if random.next(below: 2) == 0 {
        bytes = Array(Self.randomText(&random).utf8)
        bytes[random.next(below: bytes.count)] = UInt8(random.next(below: 256))
      }
      let firstWrong = Self.firstWrongByte(bytes)
      do {
        _ = try Tokenizer().tokenize(bytes)
        #expect(firstWrong == nil, "seed \(seed): \(bytes)")
      } catch {
        guard case .notUTF8(let offset, let line, let byte) = error else {
          Issue.record("seed \(seed): \(error)")
          continue
        }
        #expect(offset == firstWrong, "seed \(seed): \(bytes)")
        #expect(byte == bytes[offset])
        #expect(line == 1 + bytes[..<offset].count { $0 == 0x0A })
      }
    }
  }

  @Test("the records' sources make up the text, and their ranges its words")
  func records() throws {
    let text = "\n First one. It's two!\n\nThree  \n  four\n"
    let bytes = Array(text.utf8)
    var sources: [UInt8] = []
    var forms: [[String]] = []
    var tokens: [[String]] = []
    var places: [Int] = []
    var lines: [Int] = []
    try Tokenizer().records(
      of: bytes, provenance: Provenance(source: "t", line: 5, byteOffset: 100), marksTokens: true
    ) { record in
      sources += record.buffer
      forms.append(record.strings("form") ?? [])
      tokens.append(record.strings(Tokenizer.tokenLayer) ?? [])
      places.append(record.provenance.byteOffset)
      lines.append(record.provenance.line)
    }
    #expect(sources == bytes)
    #expect(forms == [["First", "one", "."], ["It", "'s", "two", "!"], ["Three", "four"]])
    #expect(tokens[1] == ["It's", "It's", "two", "!"])
    #expect(places == [100, 113, 124])
    #expect(lines == [5, 6, 8])
  }

  @Test("paragraphs one after the other give what the whole gives")
  func paragraphs() throws {
    var random = RandomGenerator(seed: 7)
    for _ in 0..<100 {
      let bytes = Array((Self.randomText(&random) + "\n\n" + Self.randomText(&random)).utf8)
      let cut = try #require(bytes.withUnsafeBufferPointer { Tokenizer.lastParagraphEnd(in: $0) })
      let whole = try Tokenizer().tokenize(bytes)
      let first = try Tokenizer().tokenize(Array(bytes[..<cut]))
      let second = try Tokenizer().tokenize(Array(bytes[cut...]))
      let joined =
        first.words.map { Int($0.start) } + second.words.map { Int($0.start) + cut }
      #expect(whole.words.map { Int($0.start) } == joined)
      #expect(whole.sentenceCount == first.sentenceCount + second.sentenceCount)
    }
  }

  @Test(
    "hostile texts take linear time",
    arguments: [
      ".", "a", "\"", ")", "'", "-", "a.", ":)", "@", "我", "\u{301}", "1", "a\n", "\n", " ", "🇩",
      "/", "w",
    ])
  func hostile(piece: String) throws {
    let clock = ContinuousClock()
    let bytes = Array(String(repeating: piece, count: 1_000_000 / piece.utf8.count).utf8)
    let time = try clock.measure { _ = try Tokenizer().tokenize(bytes) }
    // A tenth of a second is usual; quadratic time would take minutes.
    #expect(time < .seconds(5), "\(piece.debugDescription)")
  }

  static func isSpace(_ bytes: ArraySlice<UInt8>) -> Bool {
    String(decoding: bytes, as: UTF8.self).unicodeScalars.allSatisfy {
      $0.properties.isWhitespace || $0 == "\u{FEFF}" || $0 == "\u{200B}"
    }
  }

  static func firstWrongByte(_ bytes: [UInt8]) -> Int? {
    var offset = 0
    while offset < bytes.count {
      let length = (1...4).first {
        offset + $0 <= bytes.count
          && String(validating: bytes[offset..<offset + $0], as: UTF8.self) != nil
      }
      guard let length else { return offset }
      offset += length
    }
    return nil
  }
}
