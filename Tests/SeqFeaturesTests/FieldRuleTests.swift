import SeqCore
import SeqFeatures
import Testing

@Suite struct FieldRuleTests {
  private func values(
    _ texts: [String], _ measure: FieldRule.Measure = .value, _ outcome: FieldRule.Outcome
  ) throws -> [String] {
    var record = Record(
      source: [], count: texts.count, layers: [], provenance: Provenance(source: "test"))
    record.setText("x", to: texts.map { record.append(Array($0.utf8)) })
    try FieldRule(name: "y", source: "x", measure: measure, outcome: outcome).add(to: &record)
    return try #require(record.strings("y"))
  }

  @Test func binsAreCountedByTheBoundsReached() throws {
    #expect(
      try values(["-1", "0", "0.5", "1", "7e2", "x", ""], .value, .bins([0, 1, 100]))
        == ["0", "1", "1", "2", "3", "?", "?"])
  }

  @Test func differencesLookBack() throws {
    #expect(
      try values(["1", "3", "2", "a", "5"], .difference(lag: 1), .bins([0])) == [
        "?", "1", "0", "?", "?",
      ])
    #expect(try values(["1", "3", "2"], .difference(lag: 2), .bins([0])) == ["?", "?", "1"])
  }

  @Test func timesAreNumbers() throws {
    let times = [
      "2026-03-01T00:00:00Z", "2026-03-01T00:00:30Z", "2026-03-01T02:00:30+02:00", "1970-01-01",
      "2026-13-01", "2026-03-01 00:00:00.500",
    ]
    // 2026-03-01 is 20,513 days after 1970-01-01.
    #expect(
      try values(times, .value, .bins([0.1, 20_513 * 86_400, 20_513 * 86_400 + 30]))
        == ["2", "3", "3", "0", "?", "2"])
    #expect(try values(["2026-03-01T13:30:00Z", "05:10"], .hour, .bins([6, 13.5])) == ["2", "0"])
  }

  @Test func deviationsNeedThreeValuesBefore() throws {
    // Mean 2, deviation sqrt(2/3) of 1, 2, 3.
    #expect(
      try values(["1", "2", "3", "4", "100"], .deviation(window: 3), .bins([2, 50]))
        == ["?", "?", "?", "1", "2"])
  }

  @Test func textsByTheirCharacters() throws {
    let classes = [
      FieldRule.CharacterClass(name: "d", characters: "0-9"),
      FieldRule.CharacterClass(name: "a", characters: "a-zA-Z_-"),
    ]
    #expect(
      try values(["ab12.c", "é-7"], .value, .classes(classes, runs: false)) == ["aadd.a", "éad"])
    #expect(
      try values(["ab12.c", "11-"], .value, .classes(classes, runs: true)) == ["ad.a", "da"])
  }

  @Test func listsPatternsRepeatsAndNeighbours() throws {
    #expect(try values(["Rome", "x"], .value, .list(["rome"])) == ["yes", "no"])
    let ip = FieldRule.NamedExpression(
      name: "ip", expression: try TextExpression("[0-9]+(\\.[0-9]+){3}"))
    let word = FieldRule.NamedExpression(name: "word", expression: try TextExpression("\\w+"))
    #expect(
      try values(["10.0.0.1", "a1", "10.0.0.1x", ""], .value, .patterns([ip, word]))
        == ["ip", "word", "none", "none"])
    #expect(
      try values(["a", "b", "a", "a"], .repeats(window: 2), .bins([1, 2])) == ["0", "0", "1", "1"])
    #expect(try values(["a", "a", "b"], .value, .same(lag: 1)) == ["?", "yes", "no"])
    #expect(try values(["é", "abc"], .length, .bins([2])) == ["0", "1"])
  }

  @Test func aMissingFieldIsNamed() {
    var record = Record(source: [], count: 0, layers: [], provenance: Provenance(source: "f"))
    #expect(throws: FeatureError.self) {
      try FieldRule(name: "y", source: "x", measure: .value, outcome: .same(lag: 1)).add(
        to: &record)
    }
  }

  @Test func expressionsGivePlacesInBytes() throws {
    let expression = try TextExpression("(\\w+)=(é+)?")
    #expect(expression.groups(inAll: Array("aé=é".utf8)) == [0..<6, 0..<3, 4..<6])
    #expect(expression.groups(inAll: Array("b=".utf8)) == [0..<2, 0..<1, nil])
    #expect(expression.groups(inAll: Array("b".utf8)) == nil)
    #expect(try TextExpression("é|z").matches(in: Array("xéz".utf8)) == [1..<3, 3..<4])
    #expect(throws: TextExpression.Fault.self) { try TextExpression("(") }
  }
}
