import SeqCore
import SeqFormats
import Testing

/// A small generator, so that the mutations are the same everywhere.
private struct Numbers: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}

@Suite struct HostileInputTests {
  static let samples: [(String, String)] = [
    (
      "conllu",
      "# text = don't é\r\n1-2\tdon't\t_\t_\t_\t_\t_\t_\t_\t_\n1\tdo\tdo\tAUX\tVB\tA=b|C=d\t0\troot\t_\tX=y\n2\tn't\tnot\tPART\tRB\t_\t1\tadvmod\t_\t_\n2.1\té\t_\t_\t_\t_\t_\t_\t_\t_\n\n\n3\tx\t_\t_\t_\t_\t_\t_\t_\t_"
    ),
    ("columns", "-DOCSTART- x\n\n# c\na\tX\r\n😀\tY\n\n\nb\t\n#\tZ"),
    ("crfsuite", "@weight:2\nX\ta:1\tb\\:c\\\\:0.5\n\\:Y:2\td:e\t\tf:\n\nZ\n"),
    (
      "jsonl",
      "{\"text\":\"Zeit \\u00e9\\ud83d\\ude00.\",\"tokens\":[{\"start\":0,\"end\":4,\"tag\":\"N\"},\".\"]}\n\n{\"tokens\":[\"a\"],\"tag\":[null],\"x\":{\"y\":[-1.5e3,true]}}"
    ),
    ("text", "\u{FEFF}Zeit\n \n\né\r\n\r\nx"),
  ]

  /// Reads, changes a layer, and writes: what is no error must give records whose values can be read.
  func exercise(_ bytes: [UInt8], as format: any RecordFormat) {
    for chunkSize in [5, 1 << 16] {
      var reader = RecordReader(
        ByteSource(bytes: bytes, name: "test"), as: format, chunkSize: chunkSize)
      var output: [UInt8] = []
      var copies: [UInt8] = []
      let finished = Result {
        while var record = try reader.next() {
          try format.encode(record, into: &copies)
          for layer in record.layers { _ = record.strings(layer.name) }
          for range in record.ranges("attributes") ?? [] {
            record.buffer.withUnsafeBufferPointer {
              var parser = CRFsuiteAttributes(UnsafeBufferPointer(rebasing: $0[range.indices]))
              while let next = parser.next() { _ = next.name.count }
            }
          }
          if let layer = record.layers.last(where: { $0.name != "attributes" }) {
            let value = record.append(Array("ZZ".utf8))
            record.setText(layer.name, to: Array(repeating: value, count: record.count))
            try? format.encode(record, into: &output)
          }
          for name in Formats.names {
            let other = try Formats.named(name, FormatOptions(columns: ["form"]))
            try? other.encode(record, into: &output)
          }
        }
      }
      if case .success = finished { #expect(copies == bytes) }
    }
  }

  @Test(arguments: 0..<samples.count) func truncationsAndMutationsThrowOrParse(_ index: Int) throws
  {
    let (name, text) = Self.samples[index]
    let bytes = Array(text.utf8)
    for separator in [Columns.Separator.tab, .whitespace] {
      let format = try Formats.named(
        name, FormatOptions(columns: ["form", "tag"], separator: separator))
      for end in bytes.indices { exercise(Array(bytes[..<end]), as: format) }
      var numbers = Numbers(state: 0x5EED)
      for _ in 0..<1500 {
        var mutated = bytes
        for _ in 0...Int.random(in: 0..<3, using: &numbers) {
          let place = Int.random(in: mutated.indices, using: &numbers)
          let telling = Array("\t\n\r #\"\\:{}[],-.u0@\u{FEFF}".utf8) + [0, 0xFF, 0x80]
          switch Int.random(in: 0..<4, using: &numbers) {
          case 0: mutated[place] = UInt8.random(in: 0...255, using: &numbers)
          case 1: mutated[place] = telling.randomElement(using: &numbers)!
          case 2: mutated.insert(telling.randomElement(using: &numbers)!, at: place)
          default: if mutated.count > 1 { mutated.remove(at: place) }
          }
        }
        exercise(mutated, as: format)
      }
      if name != "columns" { break }
    }
  }

  @Test func deepNestingThrows() {
    let deep = "{\"a\":" + String(repeating: "[", count: 100_000)
    #expect(throws: FormatError.self) { try records(deep.utf8, as: JSONLines()) }
  }
}
