import Foundation
import SeqFeatures
import SeqPack
import Testing

@Suite struct PackManifestTests {
  private func manifest(_ text: String) throws -> PackManifest {
    try PackManifest(json5: Array(text.utf8), path: "p/pack.json5")
  }

  private func problem(_ text: String) -> String {
    do {
      _ = try manifest(text)
      return ""
    } catch {
      return "\(error)"
    }
  }

  private static let whole = """
    // A comment.
    {
      name: 'toy', abstract: "Toys.", version: "2",
      reader: { kind: "csv", fields: ["unit", "value"], group: "unit" },
      fields: {
        size: { of: "value", bins: [1, 2.5] },
        step: { of: "value", difference: 1, bins: [0] },
      },
      layers: [
        {
          name: "state", outside: "ok", structure: "independent", metrics: ["micro"],
          schema: { name: "toys", version: "1", labels: ["ok", "bad"] },
          templates: ["size[0]"],
          trainer: { algorithm: "perceptron", iterations: 5, classWeights: { bad: 2 } },
        },
      ],
    }
    """

  @Test func everyKeyIsRead() throws {
    let found = try manifest(Self.whole)
    #expect(found.name == "toy")
    #expect(found.version == "2")
    #expect(found.reader?.kind == .csv)
    #expect(found.reader?.header == true)
    #expect(found.reader?.group == "unit")
    #expect(found.fields.map(\.name) == ["size", "step"])
    #expect(found.fields[1].measure == .difference(lag: 1))
    let layer = try #require(found.layer("state"))
    #expect(layer.chain == false)
    #expect(layer.schema?.labels == ["ok", "bad"])
    #expect(layer.trainer.algorithm == "perceptron")
    #expect(layer.trainer.classWeights == ["bad": 2])
    #expect(layer.metrics == [.micro])
  }

  @Test func anUnknownKeyIsNamedWithItsLineAndTheNearest() {
    let text = Self.whole.replacingOccurrences(of: "group:", with: "gruop:")
    let found = problem(text)
    #expect(found.hasPrefix("p/pack.json5:4: "), Comment(rawValue: found))
    #expect(found.contains("Did you mean \"group\"?"))
    let top = problem("{ name: \"a\",\n layrs: [] }")
    #expect(top.contains("there are no \"layers\""))
    #expect(
      problem("{ name: \"a\", layers: [{ name: \"l\", templates: [] }],\n nmae: 1 }").hasPrefix(
        "p/pack.json5:2: "))
  }

  @Test(arguments: [
    ("{ name: \"a\"", "expected"), ("{ name: \"A b\", layers: [] }", "lower-case"),
    ("{ name: \"a\", name: \"b\" }", "already"), ("[]", "must be an object"),
    ("{ name: \"a\", layers: [{ name: \"l\", templates: [1] }] }", "must hold strings"),
    ("{ name: \"a\", reader: { kind: \"cvs\" }, layers: [] }", "Did you mean \"csv\"?"),
    ("{ name: \"a\", reader: { kind: \"lines\", tokens: \"[\" }, layers: [] }", "does not parse"),
    (
      "{ name: \"a\", fields: { x: { of: \"v\", bins: [2, 1] } }, layers: [] }", "numbers that grow"
    ),
    ("{ name: \"a\", fields: { x: { of: \"v\" } }, layers: [] }", "needs one of bins"),
    (
      "{ name: \"a\", fields: { x: { of: \"v\", length: true, same: 1 } }, layers: [] }",
      "needs \"bins\""
    ),
    ("", "the file ends"), ("{ /* ", "*/"), ("{ name: \"a\nb\" }", "closing quote"),
  ])
  func whatIsWrongIsSaid(text: String, part: String) {
    let found = problem(text)
    #expect(found.contains(part), Comment(rawValue: found))
    #expect(found.hasPrefix("p/pack.json5:"))
  }

  @Test func truncationsThrow() {
    let bytes = Array(Self.whole.utf8)
    // Behind the last brace there is nothing that could be missing.
    for length in 0..<bytes.count - 1 {
      #expect(throws: PackError.self) {
        try PackManifest(json5: Array(bytes[..<length]), path: "p")
      }
    }
  }

  @Test func preparationChangesWithFieldsAndReader() throws {
    let first = try manifest(Self.whole).preparation
    #expect(!first.isEmpty)
    #expect(first == (try manifest(Self.whole + "\n// end").preparation))
    #expect(
      first
        != (try manifest(Self.whole.replacingOccurrences(of: "2.5", with: "2.6")).preparation))
    let plain = try manifest("{ name: \"a\", layers: [{ name: \"l\", templates: [] }] }")
    #expect(plain.preparation.isEmpty)
  }

  @Test func packsAreFoundByTheirFoldersNames() throws {
    let place = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    defer { try? FileManager.default.removeItem(atPath: place) }
    for name in ["toy", "other"] {
      try FileManager.default.createDirectory(
        atPath: "\(place)/\(name)", withIntermediateDirectories: true)
      try Self.whole.write(
        toFile: "\(place)/\(name)/pack.json5", atomically: true, encoding: .utf8)
    }
    let finder = PackFinder(places: ["/nowhere", place])
    #expect(finder.names() == ["other", "toy"])
    #expect(try finder.pack(named: "toy")?.abstract == "Toys.")
    #expect(try finder.pack(named: "third") == nil)
    #expect(try finder.pack(named: "../toy") == nil)
    // A pack that calls itself otherwise than its folder is refused.
    #expect(throws: PackError.self) { try finder.pack(named: "other") }
  }
}
