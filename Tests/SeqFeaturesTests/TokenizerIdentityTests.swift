import SeqCore
import SeqFeatures
import SeqMath
import Testing

@Suite("Tokenizer: identity")
struct TokenizerIdentityTests {
  @Test("the identity names language, version and checksum")
  func form() {
    let english = Tokenizer().identity
    #expect(english.hasPrefix("seqkit-en.v"))
    #expect(english.split(separator: "+").last?.count == 16)
    #expect(Tokenizer(language: .universal).identity.hasPrefix("seqkit-und.v"))
    #expect(Tokenizer(lineBreaks: .sentences).identity == english)
  }

  /// If this fails, words have changed: where the checksum has not changed with them, raise
  /// `Tokenizer.rulesVersion`. Then record the pairs that the failure prints.
  @Test(
    "one identity, one result",
    arguments: [
      ("seqkit-en.v1+35142b00fd9afa7f", "20e23aed032fb771"),
      ("seqkit-und.v1+a20961102a2259f9", "8380ec384b05da38"),
    ])
  func result(identity: String, digest: String) throws {
    let language: Tokenizer.Language = identity.hasPrefix("seqkit-en") ? .english : .universal
    let tokenizer = Tokenizer(language: language)
    var state: UInt64 = 0
    var random = RandomGenerator(seed: 2026)
    for _ in 0..<2000 {
      let text = TokenizerPropertyTests.randomText(&random)
      for word in try tokenizer.tokenize(Array(text.utf8)).words {
        state = (state ^ UInt64(word.start) << 32 ^ UInt64(word.end)) &* 0x9E37_79B9_7F4A_7C15
        state ^= state >> 29
      }
    }
    #expect(tokenizer.identity == identity)
    #expect(String(state, radix: 16) == digest)
  }
}
