import SeqCore
import SeqFeatures
import SeqMath
import Testing

@Suite("Feature templates")
struct TemplateTests {
  @Test(
    "A template's text parses to itself",
    arguments: [
      "bias", "form[0]", "form[-2]", "suffix(form[0], 3)", "prefix(lower(form[1]), 2)",
      "form[-1] & form[0]", "shape(form[0]) & lower(form[1]) & xpos[-1]", "hasDigit(form[0])",
      "shortShape(form[0])", "length(form[0])", "normal(form[2])",
    ])
  func roundTrip(_ text: String) throws {
    let template = try FeatureTemplate(parsing: text)
    #expect(template.description == text)
    #expect(try FeatureTemplate(parsing: template.description) == template)
  }

  @Test("Space does not matter")
  func space() throws {
    #expect(
      try FeatureTemplate(parsing: " suffix( form [ +1 ] ,3 )&form[0] ").description
        == "suffix(form[1], 3) & form[0]")
  }

  @Test(
    "An error names the place and what was meant",
    arguments: [
      ("sufix(form[0], 3)", 1, "Did you mean “suffix”?"),
      ("form[0] + form[1]", 9, "Terms are joined by “&”."),
      ("form[x]", 6, "Try form[-1]."),
      ("suffix(form[0])", 15, ""),
      ("suffix(form[0], 99)", 19, "Try suffix(form[0], 3)."),
      ("lower", 6, "Try lower(form[0])."),
      ("form", 5, "Try form[0]."),
      ("form[0] &", 10, "A term looks like"),
      ("", 1, "A term looks like"),
      ("form[1000]", 10, "Try form[-1]."),
    ])
  func errors(_ text: String, _ column: Int, _ hint: String) {
    do {
      _ = try FeatureTemplate(parsing: text)
      Issue.record("“\(text)” must not parse.")
    } catch {
      guard case .template(text, column, _, let found) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(found.contains(hint))
    }
  }

  @Test("A missing layer is an error that names the layers there are")
  func missingLayer() throws {
    let program = try TemplateProgram(parsing: ["lemma[0]"])
    var record = Record(
      source: [], count: 1, layers: [], provenance: Provenance(source: "a.conllu", line: 7))
    let form = record.append(Array("x".utf8))
    record.setText("form", to: [form])
    do {
      _ = try program.features(of: record)
      Issue.record("A missing layer must be refused.")
    } catch {
      #expect(
        "\(error)" == "a.conllu:7: the record has no layer “lemma”, which the features read; "
          + "it has form.")
    }
  }
}

@Suite("Values of words")
struct WordValuesTests {
  @Test("Shared values have the hashes of the plain version", arguments: [1, 2, 3] as [UInt64])
  func values(_ seed: UInt64) throws {
    let program = try TemplateProgram(parsing: [
      "form[0]", "lower(form[0])", "normal(form[0])", "shape(form[0])", "shortShape(form[0])",
      "shape(lower(form[0]))", "prefix(lower(form[0]), 3)", "suffix(lower(form[0]), 3)",
      "suffix(prefix(form[0], 5), 2)", "length(form[0])", "length(suffix(form[0], 2))",
      "hasDigit(form[0])", "hasHyphen(form[0])", "hasUpper(form[0])", "hasUpper(lower(form[0]))",
      "lemma[0] & prefix(lemma[0], 1)", "shortShape(suffix(lemma[0], 4))",
    ])
    var generator = RandomGenerator(seed: seed)
    let values = WordValues(program)
    let pieces = [
      "a", "B", "z", "Z", "@", "[", "`", "{", "9", "0", "/", ":", "-", "é", "Ü", "İ", "日",
    ]
    for round in 0..<500 {
      // Now and then a word longer than the memory that is there at first.
      let most = round % 50 == 0 ? 3000 : 12
      let words = (0..<2).map { _ in
        let known = generator.next(below: 2) == 0 ? 13 : pieces.count
        return (0..<generator.next(below: most)).map { _ in
          pieces[generator.next(below: known)]
        }.joined()
      }
      let bytes = words.map { Array($0.utf8) }
      let buffer = bytes[0] + bytes[1]
      let ranges = [
        [ByteRange(0, bytes[0].count)], [ByteRange(bytes[0].count, buffer.count)],
      ].map { TemplateProgram.SourceValues(ranges: $0, bytes: nil) }
      buffer.withUnsafeBufferPointer { values.compute(ranges, at: 0, in: $0) }
      let plain = program.hashes(ofWord: bytes.map { $0[...] })
      #expect(
        Array(UnsafeBufferPointer(start: values.hashes, count: values.count)) == plain,
        "seed \(seed): \(words)")
    }
  }
}
