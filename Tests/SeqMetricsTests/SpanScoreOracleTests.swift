import FoundationEssentials
import SeqCore
import SeqFormats
import SeqMath
import SeqMetrics
import Testing

/// Figures of seqeval 1.2.2 and conlleval 0.2 on 5,000 random label files, which
/// `Tests/Oracles/span-scores.py` made and describes.
@Suite struct SpanScoreOracleTests {
  private static let types = ["A", "B", "C"]
  private static let schemes: [(scheme: TaggingScheme, marks: [SpanMark])] = [
    (.iob1, [.inside, .begin]), (.iob2, [.inside, .begin]), (.ioe1, [.inside, .end]),
    (.ioe2, [.inside, .end]), (.bioes, [.begin, .inside, .end, .single]),
    (.bilou, [.begin, .inside, .end, .single]),
  ]

  private static func tag(_ generator: inout RandomGenerator, _ marks: [SpanMark]) -> SpanTag {
    if generator.next(below: 2) == 0, generator.next(below: 2) == 0 { return .outside }
    let mark = marks[generator.next(below: marks.count)]
    return SpanTag(mark, Label(generator.next(below: 3)))
  }

  private static func draw(
    _ number: Int, _ marks: [SpanMark]
  ) -> [(gold: [SpanTag], predicted: [SpanTag])] {
    var generator = RandomGenerator(seed: UInt64(number))
    return (0..<(1 + generator.next(below: 5))).map { _ in
      var gold: [SpanTag] = []
      var predicted: [SpanTag] = []
      for _ in 0..<(1 + generator.next(below: 12)) {
        let right = tag(&generator, marks)
        gold.append(right)
        let isSame = generator.next(below: 10) < 6
        predicted.append(isSame ? right : tag(&generator, marks))
      }
      return (gold, predicted)
    }
  }

  @Test func all5000FilesHaveTheFiguresOfSeqevalAndConlleval() throws {
    let path = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Oracles/span-scores.csv.gz").standardizedFileURL.path
    let text = String(decoding: try ByteSource(path: path).readAll(), as: UTF8.self)
    var files = 0
    for line in text.split(separator: "\n") {
      let row = line.split(separator: ",").compactMap { Int($0) }
      try #require(row.count == 28, "\(line)")
      let (scheme, marks) = Self.schemes[row[0] % Self.schemes.count]
      let sentences = Self.draw(row[0], marks)
      for (place, reading) in [SpanReading.conlleval, .strict].enumerated() {
        var score = SpanScore(types: Self.types)
        for (gold, predicted) in sentences {
          score.add(
            gold: scheme.segments(of: gold, reading: reading),
            predicted: scheme.segments(of: predicted, reading: reading))
        }
        let counts = score.counts.flatMap { [$0.gold, $0.predicted, $0.correct] }
        #expect(counts == Array(row[(1 + 9 * place)..<(10 + 9 * place)]), "file \(row[0])")
        let micro = score.micro
        if reading == .conlleval {
          #expect(
            [micro.gold, micro.predicted, micro.correct] == Array(row[19..<22]), "file \(row[0])")
        }
        let f1 = [micro.f1, score.macro?.f1 ?? 0, score.weighted?.f1 ?? 0]
        // Recorded in millionths.
        for (ours, theirs) in zip(f1, row[(22 + 3 * place)...]) where theirs >= 0 {
          #expect(abs(ours * 1e6 - Double(theirs)) < 0.5 + 1e-6, "file \(row[0])")
        }
      }
      files += 1
    }
    #expect(files == 5000)
  }
}
