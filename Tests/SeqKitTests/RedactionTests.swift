import SeqCore
import SeqKit
import Testing

@Suite struct RedactionTests {
  /// `Ana Bo met ana bo and Eve.` with names marked.
  static func record() -> Record {
    let text = Array("Ana Bo met ana  bo and Eve.\n".utf8)
    let ranges = [(0, 3), (4, 6), (7, 10), (11, 14), (16, 18), (19, 22), (23, 26), (26, 27)].map {
      ByteRange($0.0, $0.1)
    }
    var record = Record(
      source: text, count: ranges.count,
      layers: [Layer(name: "form", values: .text(ranges), places: ranges)],
      provenance: Provenance(source: "test"), text: ByteRange(0, text.count))
    record.setSpans(
      SpanLayer(
        name: "ner", types: ["PER"],
        spans: [0..<2, 3..<5, 6..<7].map { LabelledSpan(positions: $0, type: 0, origin: "model") }))
    return record
  }

  static func redacted(_ redaction: Redaction) -> (text: String, entries: [Redaction.Entry]) {
    var output: [UInt8] = []
    let entries = redaction.redact(record(), layers: ["ner"], into: &output)
    return (String(decoding: output, as: UTF8.self), entries)
  }

  @Test func onlySpansAreReplaced() {
    #expect(Self.redacted(Redaction(.type)).text == "[PER] met [PER] and [PER].\n")
    #expect(Self.redacted(Redaction(.mask)).text == "█████ met █████ and █████.\n")
  }

  @Test func theReportSaysWhereTheReplacementsStand() {
    let (text, entries) = Self.redacted(Redaction(.type))
    #expect(
      entries.map { Array(text.utf8)[$0.output].elementsEqual("[PER]".utf8) } == [true, true, true])
    #expect(entries.allSatisfy { $0.origin == "model" && $0.type == "PER" && $0.line == 1 })
  }

  @Test func pseudonymsAreStableAndDependOnTheKey() {
    func names(_ key: UInt8) -> [Substring] {
      let text = Self.redacted(Redaction(.pseudonym, key: Array(repeating: key, count: 16))).text
      return text.split(separator: " ").filter { $0.hasPrefix("PER-") }
    }
    let first = names(1)
    #expect(first.count == 3 && first[0] == first[1] && first[0] != first[2])
    #expect(names(1) == first && names(2) != first)
  }

  @Test func aHashTellsCaseApart() {
    let text = Self.redacted(Redaction(.hash, key: Array(repeating: 7, count: 32))).text
    let hashes = text.split(separator: " ").filter { $0.hasPrefix("[PER:") }
    #expect(hashes.count == 3 && Set(hashes).count == 3)
  }

  /// FIPS 180-4's example and RFC 4231's second test case.
  @Test func theHashIsSHA256() {
    func hex(_ bytes: [UInt8]) -> String {
      bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
    #expect(
      hex(SHA256.hash(Array("abc".utf8)))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      hex(
        SHA256.authenticationCode(
          Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8)))
        == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
  }

  @Test func calibrationFindsTheLineThatMadeTheData() throws {
    // 1,000 predictions at each of nine probabilities p, right as often as the map says.
    let map = ProbabilityCalibration(slope: 0.7, offset: -0.4)
    var predictions: [(probability: Float, isRight: Bool)] = []
    for tenth in 1...9 {
      let p = Float(tenth) / 10
      let right = Int((map(p) * 1000).rounded())
      for index in 0..<1000 { predictions.append((p, index < right)) }
    }
    let fitted = try #require(ProbabilityCalibration(fitting: predictions))
    // The penalty and whole counts move the optimum a little.
    #expect(abs(fitted.slope - 0.7) < 0.01 && abs(fitted.offset + 0.4) < 0.01)
    #expect(ProbabilityCalibration(fitting: Array(predictions.prefix(40))) == nil)
  }
}
