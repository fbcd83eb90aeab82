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

@Suite("Patterns as features")
struct PatternFeatureTests {
  @Test("Words of a pattern have its kind and their place in it, others nothing")
  func kinds() throws {
    let words = ["on", "23", "November", "2025", "pay", "$4.50", "now"]
    var buffer: [UInt8] = []
    var ranges: [ByteRange] = []
    for word in words {
      ranges.append(ByteRange(buffer.count, buffer.count + word.utf8.count))
      buffer += word.utf8
    }
    let record = Record(
      source: buffer, count: words.count, layers: [Layer(name: "form", values: .text(ranges))],
      provenance: Provenance(source: "test"))
    let program = try TemplateProgram(parsing: ["pattern(form[0])", "pattern(form[1])"])
    let names = try program.features(of: record).map { $0.map(\.name) }
    #expect(names[0] == ["pattern(form[1])=B-DATE"])
    #expect(names[1] == ["pattern(form[0])=B-DATE", "pattern(form[1])=I-DATE"])
    #expect(names[3] == ["pattern(form[0])=E-DATE"])
    #expect(names[5] == ["pattern(form[0])=S-MONEY"])
    #expect(names[6].isEmpty)
  }
}

@Suite("Values of words")
struct WordValuesTests {
  @Test("ASCII is hashed in lower case as its lower case is, wherever it lies")
  func lowercase() {
    var generator = RandomGenerator(seed: 7)
    for length in 0..<40 {
      // All bytes of ASCII, the neighbours of the letters among them.
      let word = (0..<length).map { _ in UInt8(generator.next(below: 128)) }
      var lower = word
      for i in lower.indices where (0x41...0x5A).contains(lower[i]) { lower[i] += 0x20 }
      let padded = word + [0xFF] + Array(repeating: 0x41, count: 16)
      padded.withUnsafeBufferPointer {
        for readable in [length, padded.count] {
          #expect(
            FeatureHash.hashOfLowercase($0.baseAddress!, count: length, readable: readable)
              == FeatureHash.hash(lower), "\(word)")
        }
        #expect(
          FeatureHash.hashOfLowercase($0.baseAddress!, count: length + 1, readable: padded.count)
            == nil)
      }
    }
  }

  @Test("Values of tables have the hashes of the plain version", arguments: [1, 2] as [UInt64])
  func tables(_ seed: UInt64) throws {
    var generator = RandomGenerator(seed: seed)
    let pieces = ["a", "B", "é", "Z", "0"]
    func word() -> String {
      (0..<generator.next(below: 4)).map { _ in pieces[generator.next(below: 5)] }.joined()
    }
    func table(_ name: WordTable.Name, missing: String?) -> WordTable {
      var entries: [UInt64: String] = [:]
      for n in 0..<20 {
        let word = name == .cluster ? word() : word().lowercased()
        entries[WordTable.key(of: word.utf8)] = n % 3 == 0 ? "é\(n % 7)" : "v\(n % 7)"
      }
      return WordTable(name: name, entries: entries, missing: missing)
    }
    let program = try TemplateProgram(
      parsing: [
        "cluster(form[0])", "prefix(cluster(form[0]), 1)", "memory(form[0])",
        "suffix(memory(form[0]), 1)", "frequency(form[0])", "cluster(lower(form[0]))",
      ],
      knowledge: Knowledge(tables: [
        table(.cluster, missing: nil), table(.memory, missing: "new"),
        table(.frequency, missing: ""),
      ]))
    let values = WordValues(program)
    for _ in 0..<300 {
      let bytes = Array(word().utf8)
      bytes.withUnsafeBufferPointer { values.compute($0) }
      #expect(
        Array(UnsafeBufferPointer(start: values.hashes, count: values.count))
          == program.hashes(ofWord: [bytes[...]]), "seed \(seed): \(bytes)")
    }
  }

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
