import SeqCore
import SeqFeatures
import Testing

@Suite struct TextPatternTests {
  /// What is found, as `kind: text`.
  static func found(_ text: String) -> [String] {
    let bytes = Array(text.utf8)
    return TextPattern.matches(in: bytes).map {
      "\($0.kind.rawValue): \(String(decoding: bytes[$0.range], as: UTF8.self))"
    }
  }

  @Test(arguments: [
    ("mail ana.b+c@mail.example.org, please", "email: ana.b+c@mail.example.org"),
    ("see https://example.org/a_(b)?x=1).", "url: https://example.org/a_(b)?x=1)"),
    ("(at www.example.org)", "url: www.example.org"),
    ("from 192.0.2.255 on", "ip: 192.0.2.255"),
    ("at 2001:db8::1 or", "ip: 2001:db8::1"),
    ("pay DE89 3704 0044 0532 0130 00 now", "iban: DE89 3704 0044 0532 0130 00"),
    ("pay GB82WEST12345698765432 now", "iban: GB82WEST12345698765432"),
    ("card 4111 1111 1111 1111!", "credit-card: 4111 1111 1111 1111"),
    ("on 2025-11-23,", "date: 2025-11-23"),
    ("on 23 Nov. 2025 at", "date: 23 Nov. 2025"),
    ("on November 3, 2025.", "date: November 3, 2025"),
    ("for $4.50 each", "money: $4.50"),
    ("about €3 million in", "money: €3 million"),
    ("about 12,000 EUR in", "money: 12,000 EUR"),
    ("call (713) 555-0199 or", "phone: (713) 555-0199"),
    ("call +49 30 1234567.", "phone: +49 30 1234567"),
  ])
  func whatHasAFormIsFoundWhole(text: String, expected: String) {
    #expect(Self.found(text) == [expected])
  }

  @Test(arguments: [
    "DE89 3704 0044 0532 0130 01", "4111 1111 1111 1112", "0000 0000 0000 0000", "256.1.2.3",
    "1.2.3", "a@b", "@home", "ana@example", "13/13/2025", "2025-13-01", "version 10", "may be",
    "12 34", "x192.0.2.1", "http://", "$ off", "1:2:3",
  ])
  func whatOnlyLooksLikeItIsNot(text: String) {
    #expect(Self.found(text).isEmpty, "\(Self.found(text))")
  }

  @Test func anyBytesAreScannedWithoutATrap() {
    var state = UInt64(3)
    let signs = Array("aZ09@.:/-+()$ ,_\u{20AC}DE89".utf8)
    for _ in 0..<2000 {
      let text = (0..<40).map { _ -> UInt8 in
        state = state &* 6_364_136_223_846_793_005 &+ 1
        return signs[Int(state >> 33) % signs.count]
      }
      var end = 0
      for (range, _) in TextPattern.matches(in: text) {
        #expect(range.lowerBound >= end && !range.isEmpty && range.upperBound <= text.count)
        end = range.upperBound
      }
    }
  }

  @Test func wordsOfARecordAreOneSpan() {
    let record = KnowledgeTests.record("write to ana@example.org on 3 May 2021")
    let spans = TextPattern.matches(in: record)
    #expect(spans.map(\.positions) == [2..<3, 4..<7])
    #expect(spans.map(\.origin) == ["rule:email", "rule:date"])
    #expect(TextPattern.matches(in: record, kinds: [.email]).count == 1)
  }
}
