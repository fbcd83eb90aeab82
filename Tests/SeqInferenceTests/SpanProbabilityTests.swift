import Glibc
import SeqCore
import SeqInference
import SeqMath
import Testing

/// Span probabilities against the enumeration of all legal paths.
@Suite struct SpanProbabilityTests {
  @Test(arguments: TaggingScheme.allCases)
  func aSpanHasTheProbabilityOfTheLabelingsThatHaveIt(scheme: TaggingScheme) throws {
    let schema = SpanSchema(layer: "ner", types: ["A", "B"], scheme: scheme)
    let legality = Legality(schema)
    let T = 4
    let emissions = LegalityTests.emissions(T, schema.count, seed: 11)
    let before = (0..<T).map { t in (0..<schema.count).map { emissions[t, $0] } }
    var total = 0.0
    var ofSpan: [Segment: Double] = [:]
    for path in LegalityTests.paths(T, schema.count) where legality.allows(path) {
      let weight = exp(
        path.enumerated().reduce(0.0) { $0 + Double(emissions[$1.offset, Int($1.element)]) })
      total += weight
      for span in schema.segments(of: path) { ofSpan[span, default: 0] += weight }
    }
    var all: [Segment] = []
    for start in 0..<T {
      for end in (start + 1)...T {
        for type in 0..<2 as Range<Label> {
          all.append(Segment(start: start, end: end, label: type))
        }
      }
    }
    let found = try SpanProbabilities().probabilities(
      of: all, emissions, LegalityTests.chain(schema), schema)
    for (span, probability) in zip(all, found) {
      #expect(
        abs(Double(probability) - (ofSpan[span] ?? 0) / total) < 1e-5, "\(scheme) \(span)")
    }
    #expect((0..<T).map { t in (0..<schema.count).map { emissions[t, $0] } } == before)
  }

  @Test(arguments: TaggingScheme.allCases, TaggingScheme.allCases)
  func conversionKeepsTheSpans(from source: TaggingScheme, to target: TaggingScheme) {
    let schema = SpanSchema(layer: "ner", types: ["A", "B"], scheme: source)
    let conversion = LabelConversion(from: schema, to: target)
    let targetSchema = SpanSchema(layer: "ner", types: ["A", "B"], scheme: target)
    for path in LegalityTests.paths(3, schema.count) where Legality(schema).allows(path) {
      let spans = schema.segments(of: path)
      // IO cannot tell touching spans of one type apart.
      let touch = zip(spans, spans.dropFirst()).contains {
        $0.end == $1.start && $0.label == $1.label
      }
      if target == .io, touch { continue }
      #expect(targetSchema.segments(of: conversion(path)) == spans)
    }
  }
}
