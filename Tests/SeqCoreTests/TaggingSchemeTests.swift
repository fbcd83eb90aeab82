import SeqCore
import SeqMath
import Testing

/// Schemes, spans and labels, against properties that hold for every sequence.
@Suite struct TaggingSchemeTests {
  /// Random spans over T positions, in order and not overlapping; many touch.
  static func spans(_ generator: inout RandomGenerator, T: Int, types: Int) -> [Segment] {
    var spans: [Segment] = []
    var start = 0
    while start < T {
      if generator.nextUnit() < 0.3 {
        start += 1
        continue
      }
      let end = min(T, start + 1 + generator.next(below: 4))
      spans.append(
        Segment(start: start, end: end, label: Label(generator.next(below: types))))
      start = end
    }
    return spans
  }

  /// Every sequence of tags with the scheme's marks over two types, up to T = 4.
  static func allTags(_ scheme: TaggingScheme, upTo longest: Int) -> [[SpanTag]] {
    var tags = [SpanTag.outside]
    for mark in scheme.marks.dropFirst() {
      tags += [SpanTag(mark, 0), SpanTag(mark, 1)]
    }
    var all: [[SpanTag]] = [[]]
    var last = all
    for _ in 0..<longest {
      last = last.flatMap { path in tags.map { path + [$0] } }
      all += last
    }
    return all
  }

  /// Touching spans of one type as one, which is all that IO can tell.
  static func joined(_ spans: [Segment]) -> [Segment] {
    var result: [Segment] = []
    for span in spans {
      if let last = result.last, last.end == span.start, last.label == span.label {
        result[result.count - 1].end = span.end
      } else {
        result.append(span)
      }
    }
    return result
  }

  @Test(arguments: TaggingScheme.allCases)
  func readingTheTagsOfSpansGivesTheSpans(scheme: TaggingScheme) {
    var generator = RandomGenerator(seed: 7)
    for _ in 0..<500 {
      let T = generator.next(below: 12)
      let spans = Self.spans(&generator, T: T, types: 2)
      let tags = scheme.tags(of: spans, count: T)
      let expected = scheme.separatesTouchingSpans ? spans : Self.joined(spans)
      #expect(scheme.firstFault(in: tags) == nil)
      #expect(scheme.segments(of: tags) == expected)
      // Seqeval's rules for IOE1 leave out some spans of one position.
      if scheme != .ioe1 { #expect(scheme.segments(of: tags, reading: .strict) == expected) }
    }
  }

  @Test(arguments: TaggingScheme.allCases)
  func tagsWithoutFaultAreExactlyThoseThatSpansHave(scheme: TaggingScheme) {
    var legal = 0
    for tags in Self.allTags(scheme, upTo: scheme.marks.count > 3 ? 3 : 4) {
      let spans = scheme.segments(of: tags)
      let again = scheme.tags(of: spans, count: tags.count)
      let isLegal = scheme.firstFault(in: tags) == nil
      #expect(isLegal == (again == tags), "\(tags)")
      if isLegal { legal += 1 }
    }
    #expect(legal > 20)
  }

  @Test(arguments: TaggingScheme.allCases.filter { $0 != .ioe1 })
  func bothReadingsAgreeOnLegalTags(scheme: TaggingScheme) {
    for tags in Self.allTags(scheme, upTo: 3) where scheme.firstFault(in: tags) == nil {
      #expect(
        scheme.segments(of: tags, reading: .strict)
          == scheme.segments(of: tags, reading: .conlleval))
    }
  }

  @Test func conllevalBeginsASpanWhereNoneGoesOn() {
    let I = SpanTag(.inside, 0)
    let other = SpanTag(.inside, 1)
    #expect(
      TaggingScheme.iob2.segments(of: [.outside, I, I, other])
        == [Segment(start: 1, end: 3, label: 0), Segment(start: 3, end: 4, label: 1)])
    #expect(TaggingScheme.iob2.segments(of: [.outside, I, I, other], reading: .strict).isEmpty)
  }

  @Test func schemesAreFoundByTheNamesInUse() {
    #expect(TaggingScheme(name: "BIO") == .iob2)
    #expect(TaggingScheme(name: "IOBES") == .bioes)
    #expect(TaggingScheme(name: "ioe1") == .ioe1)
    #expect(TaggingScheme(name: "bmes") == nil)
  }

  @Test func labelsAreTakenApartInEachStyle() {
    for style in SpanLabelStyle.allCases {
      for type in ["PER", "ARGM-TMP", "a_b", ""] {
        let name = style.compose("B", type)
        let parsed = style.parse(name)
        #expect(parsed?.letter == "B" && parsed?.type == type, "\(name)")
      }
      #expect(style.parse("O")?.letter == "O")
      #expect(style.parse("PER") == nil)
      #expect(style.parse("") == nil)
    }
    #expect(SpanLabelStyle.prefix.compose("B", "PER") == "B-PER")
    #expect(SpanLabelStyle.suffix.compose("B", "PER") == "PER-B")
  }

  @Test func aSchemaDerivesTheLabelsOfItsTypes() throws {
    let schema = SpanSchema(layer: "ner", types: ["PER", "LOC"], scheme: .bioes)
    #expect(
      schema.labels.names == [
        "O", "B-PER", "I-PER", "E-PER", "S-PER", "B-LOC", "I-LOC", "E-LOC", "S-LOC",
      ])
    let again = try SpanSchema(labels: schema.labels, scheme: .bioes)
    #expect(again == schema)
    let spans = [Segment(start: 0, end: 1, label: 1), Segment(start: 1, end: 4, label: 0)]
    let labels = try schema.labels(of: spans, count: 5)
    #expect(
      labels.map { schema.labels.names[Int($0)] } == ["S-LOC", "B-PER", "I-PER", "E-PER", "O"])
    #expect(schema.segments(of: labels) == spans)
  }

  @Test func aFaultNamesPlaceLabelAndRule() throws {
    let schema = SpanSchema(layer: "ner", types: ["PER", "LOC"], scheme: .iob2)
    func fault(_ names: [String]) -> SpanFault? {
      schema.firstFault(in: names.map { schema.labels.label($0)! })
    }
    #expect(fault(["O", "B-PER", "I-PER"]) == nil)
    #expect(
      fault(["O", "B-PER", "I-LOC"])?.description
        == "“I-LOC” cannot follow “B-PER” in the scheme iob2.")
    #expect(fault(["I-PER"])?.description == "“I-PER” cannot be the first in the scheme iob2.")
    let bioes = SpanSchema(layer: "ner", types: ["PER"], scheme: .bioes)
    let last = bioes.firstFault(in: ["O", "B-PER"].map { bioes.labels.label($0)! })
    #expect(last?.position == 1)
    #expect(last?.description == "“B-PER” cannot be the last in the scheme bioes.")
    #expect(throws: SpanFault.self) {
      try SpanSchema(labels: LabelSchema(layer: "ner", names: ["O", "PER"]), scheme: .iob2)
    }
  }

  @Test func overlappingSpansGoToLayersOfTheirOwn() {
    func span(_ positions: Range<Int>) -> LabelledSpan {
      LabelledSpan(positions: positions, type: 0)
    }
    let layers = SpanLayer.layers(
      named: "ner", types: ["X"], of: [span(2..<3), span(0..<4), span(3..<6), span(6..<7)])
    #expect(layers.map(\.name) == ["ner", "ner.2"])
    #expect(layers[0].spans.map(\.positions) == [0..<4, 6..<7])
    #expect(layers[1].spans.map(\.positions) == [2..<3, 3..<6])
    #expect(SpanLayer.isLayer("ner.2", of: "ner") && !SpanLayer.isLayer("ner.x", of: "ner"))
  }
}
