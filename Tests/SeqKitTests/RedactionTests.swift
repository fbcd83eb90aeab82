import Foundation
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

  /// Nothing that repeats a name is left in a file of words: neither lemma nor comment.
  @Test func recordsOfWordsAreMadeAnew() throws {
    let text = """
      # text = Ana Bo met Eve
      1\tAna\tAna\tPROPN\t_\t_\t3\tnsubj\t_\t_
      2\tBo\tBo\tPROPN\t_\t_\t1\tflat\t_\tGloss=Bo
      3\tmet\tmeet\tVERB\t_\t_\t0\troot\t_\t_
      4\tEve\tEve\tPROPN\t_\t_\t3\tobj\t_\tSpaceAfter=No


      """
    var output: [UInt8] = []
    var results: [Redaction.Result] = []
    let chunk = Chunk(bytes: Array(text.utf8), provenance: Provenance(source: "a.conllu"))
    try CoNLLU().decode(chunk) { record in
      var record = record
      record.setSpans(
        SpanLayer(
          name: "ner", types: ["PER"],
          spans: [0..<2, 3..<4].map { LabelledSpan(positions: $0, type: 0, origin: "model") }))
      let result = Redaction(.type).redacted(record, layers: ["ner"])
      try CoNLLU().encode(result.record, into: &output)
      results.append(result)
    }
    let written = String(decoding: output, as: UTF8.self)
    for name in ["Ana", "Bo", "Eve"] { #expect(!written.contains(name)) }
    #expect(written.contains("2\t[PER]\t_\tPROPN\t_\t_\t1\tflat\t_\t_\n"))
    #expect(written.contains("3\tmet\tmeet\tVERB"))
    #expect(results[0].entries.map(\.words) == [0..<2, 3..<4])
    #expect(results[0].leftOut.comments == 1)
  }

  @Test func theReportSaysWhereTheReplacementsStand() {
    let (text, entries) = Self.redacted(Redaction(.type))
    #expect(
      entries.map { Array(text.utf8)[$0.output!].elementsEqual("[PER]".utf8) } == [
        true, true, true,
      ])
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
    // One set is one draw, however large: the map stands between the set's and the identity.
    #expect((0.71..<0.99).contains(fitted.slope) && (-0.3 ..< -0.1).contains(fitted.offset))
    let doubled = try #require(ProbabilityCalibration(fitting: predictions + predictions))
    #expect(abs(doubled.slope - fitted.slope) < 0.01)
    #expect(abs(doubled.offset - fitted.offset) < 0.01)
    #expect(ProbabilityCalibration(fitting: Array(predictions.prefix(40))) == nil)
  }

  @Test func calibrationMovesTypesApartAndHeedsEverySet() throws {
    // Half of what is thought to be right with 0.5 is, more of one type and less of the other.
    func set(_ right: (a: Int, b: Int)) -> [ProbabilityCalibration.Prediction] {
      [("A", right.a), ("B", right.b)].flatMap { type, right in
        (0..<100).map { .init(probability: 0.5, type: type, isRight: $0 < right) }
      }
    }
    let one = try #require(ProbabilityCalibration(fitting: [set((70, 30))]))
    #expect(one(0.5, type: "A") > 0.52 && one(0.5, type: "B") < 0.48)
    #expect(abs(one(0.5) - 0.5) < 1e-3 && one(0.5, type: "C") == one(0.5))
    // More sets that show the same are believed more.
    let six = try #require(
      ProbabilityCalibration(fitting: Array(repeating: set((70, 30)), count: 6)))
    #expect(six(0.5, type: "A") > one(0.5, type: "A") + 0.03)
    #expect(six(0.5, type: "A") < 0.7)
    // At the maximum the gradient is 0: differences on both sides of the slope's are worse.
    let sets = [set((90, 60)), set((80, 40))]
    let best = try #require(ProbabilityCalibration(fitting: sets))
    func cost(_ map: ProbabilityCalibration) -> Double {
      var cost = 5 * ((map.slope - 1) * (map.slope - 1) + map.offset * map.offset)
      for offset in map.typeOffsets?.values.map({ $0 }) ?? [] { cost += 5 * offset * offset }
      for set in sets {
        for prediction in set {
          let p = Double(map(prediction.probability, type: prediction.type))
          // 200 predictions of 0.5 have the information 50; 1 / (1 + 0.1 · 50).
          cost -= log(prediction.isRight ? p : 1 - p) / 6
        }
      }
      return cost
    }
    for change in [-0.01, 0.01] {
      var other = best
      other.offset += change
      #expect(cost(other) > cost(best))
      other = best
      other.typeOffsets?["A", default: 0] += change
      #expect(cost(other) > cost(best))
    }
  }

  @Test func aMapWithoutTypesIsReadFromOlderFiles() throws {
    let map = try JSONDecoder().decode(
      ProbabilityCalibration.self, from: Data(#"{"slope":0.9,"offset":0.1}"#.utf8))
    #expect(map == ProbabilityCalibration(slope: 0.9, offset: 0.1))
  }
}
