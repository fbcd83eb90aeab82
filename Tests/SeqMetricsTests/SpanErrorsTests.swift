import SeqCore
import SeqMath
import SeqMetrics
import Testing

@Suite struct SpanErrorsTests {
  private func span(_ start: Int, _ end: Int, _ type: Label = 0) -> Segment {
    Segment(start: start, end: end, label: type)
  }

  private func random(_ generator: inout RandomGenerator) -> [Segment] {
    var spans: [Segment] = []
    var t = 0
    while t < 15 {
      t += generator.next(below: 3)
      let end = t + 1 + generator.next(below: 4)
      spans.append(span(t, end, Label(generator.next(below: 3))))
      t = end
    }
    return spans
  }

  @Test func everySpanIsCountedOnce() {
    var generator = RandomGenerator(seed: 3)
    var relations: Set<SpanAlignment.Relation> = []
    for _ in 0..<300 {
      let (gold, predicted) = (random(&generator), random(&generator))
      let alignment = SpanAlignment(gold: gold, predicted: predicted)
      #expect(
        (alignment.pairs.map(\.gold) + alignment.missed).sorted() == Array(gold.indices))
      #expect(
        (alignment.pairs.map(\.predicted) + alignment.spurious).sorted()
          == Array(predicted.indices))
      var score = SpanScore(types: ["a", "b", "c"])
      score.add(gold: gold, predicted: predicted)
      #expect(alignment.pairs.count { $0.relation == .correct } == score.micro.correct)
      for pair in alignment.pairs {
        let (g, p) = (gold[pair.gold], predicted[pair.predicted])
        #expect(g.start < p.end && p.start < g.end)
        let isSameType = pair.relation == .correct || pair.relation == .wrongBoundary
        #expect((g.label == p.label) == isSameType)
        relations.insert(pair.relation)
      }
      // What is left over overlaps nothing that is left over on the other side.
      for m in alignment.missed {
        for s in alignment.spurious {
          #expect(gold[m].end <= predicted[s].start || predicted[s].end <= gold[m].start)
        }
      }
    }
    #expect(relations == Set(SpanAlignment.Relation.allCases))
  }

  @Test func equalPlacesComeBeforeLargeOverlaps() {
    let alignment = SpanAlignment(
      gold: [span(0, 4, 0), span(4, 5, 1)], predicted: [span(0, 1, 0), span(1, 5, 0)])
    #expect(alignment.pairs.map(\.predicted) == [1])
    #expect(alignment.pairs.map(\.relation) == [.wrongBoundary])
    #expect(alignment.missed == [1] && alignment.spurious == [0])
  }

  /// The example of the task's description: one of each case, counted by hand.
  @Test func theFourMeasuresWeighMistakesDifferently() {
    var errors = SpanErrors(typeCount: 2)
    errors.add(
      gold: [span(0, 1, 0), span(2, 4, 0), span(5, 7, 0), span(8, 10, 0), span(11, 12, 1)],
      predicted: [span(0, 1, 0), span(2, 4, 1), span(5, 6, 0), span(9, 11, 1), span(13, 14, 0)])
    let strict = errors.categories(.strict)
    #expect(
      [strict.correct, strict.incorrect, strict.partial, strict.missed, strict.spurious]
        == [1, 3, 0, 1, 1])
    let exact = errors.categories(.exact)
    #expect(exact.correct == 2 && exact.incorrect == 2)
    let partial = errors.categories(.partial)
    #expect(partial.correct == 2 && partial.partial == 2 && partial.f1 == 0.6)
    let type = errors.categories(.type)
    #expect(type.correct == 2 && type.incorrect == 2)
    for measure in SpanErrors.Measure.allCases {
      #expect(errors.categories(measure).possible == 5 && errors.categories(measure).actual == 5)
    }
    #expect(errors.count(gold: 0, predicted: 1) == 2)
    #expect(errors.count(gold: 1, predicted: nil) == 1)
    #expect(errors.count(gold: nil, predicted: 0) == 1)
  }
}
