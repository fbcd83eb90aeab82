import SeqCore
import SeqMath
import SeqMetrics
import Testing

@Suite struct TaggingScoreTests {
  /// Three sequences over labels 0, 1, 2; label 3 never occurs. Counted by hand.
  static let score: TaggingScore = {
    var score = TaggingScore(labelCount: 4)
    score.add(gold: [0, 1, 1, 2], predicted: [0, 1, 0, 2], known: [true, true, false, false])
    score.add(gold: [0, 0], predicted: [0, 0], known: [true, true])
    score.add(gold: [2, .max, 2], predicted: [1, 1, 0], known: [false, true, true])
    return score
  }()

  @Test func countsPositionsSequencesAndWords() {
    let score = Self.score
    #expect(score.positions == Tally(count: 8, correct: 5))
    #expect(score.positions.accuracy == 0.625)
    #expect(score.unscored == 1)
    #expect(score.known == Tally(count: 5, correct: 4))
    #expect(score.unknown == Tally(count: 3, correct: 1))
    #expect(score.exactSequences == Tally(count: 3, correct: 1))
    #expect(score.sequences.map(\.count) == [4, 2, 2])
    #expect(score.sequences.map(\.correct) == [3, 2, 0])
  }

  @Test func scoresEachLabel() {
    let scores = Self.score.labelScores
    #expect(scores.map(\.support) == [3, 2, 3, 0])
    #expect(scores.map(\.predicted) == [5, 2, 1, 0])
    #expect(scores.map(\.correct) == [3, 1, 1, 0])
    let precision: [Double?] = [0.6, 0.5, 1, nil]
    let recall: [Double?] = [1, 0.5, 1.0 / 3, nil]
    let f1: [Double?] = [0.75, 0.5, 0.5, nil]
    #expect(scores.map(\.precision) == precision)
    #expect(scores.map(\.recall) == recall)
    #expect(scores.map(\.f1) == f1)
  }

  @Test func averagesLabels() throws {
    let precision: [Double] = [0.6, 0.5, 1]
    let recall: [Double] = [1, 0.5, 1.0 / 3]
    let f1: [Double] = [0.75, 0.5, 0.5]
    func mean(_ values: [Double], _ weights: [Double]) -> Double {
      var sum = 0.0
      for (value, weight) in zip(values, weights) { sum += value * weight }
      return sum / weights.reduce(0, +)
    }
    let macro = try #require(AveragedScore.macro(Self.score.labelScores))
    #expect(abs(macro.precision - mean(precision, [1, 1, 1])) < 1e-15)
    #expect(abs(macro.recall - mean(recall, [1, 1, 1])) < 1e-15)
    #expect(abs(macro.f1 - mean(f1, [1, 1, 1])) < 1e-15)
    let weighted = try #require(AveragedScore.weighted(Self.score.labelScores))
    #expect(abs(weighted.precision - mean(precision, [3, 2, 3])) < 1e-15)
    // Weighted recall is the accuracy.
    #expect(abs(weighted.recall - 0.625) < 1e-15)
    #expect(abs(weighted.f1 - mean(f1, [3, 2, 3])) < 1e-15)
    #expect(AveragedScore.macro(TaggingScore(labelCount: 3).labelScores) == nil)
    #expect(AveragedScore.weighted(TaggingScore(labelCount: 3).labelScores) == nil)
  }

  @Test func listsConfusionsByFrequency() {
    var matrix = ConfusionMatrix(labelCount: 3)
    for (gold, predicted, count) in [(2, 0, 5), (0, 1, 2), (1, 2, 7), (0, 2, 2), (1, 1, 9)] {
      for _ in 0..<count { matrix.add(gold: Label(gold), predicted: Label(predicted)) }
    }
    #expect(matrix.confusions.map(\.count) == [7, 5, 2, 2])
    #expect(matrix.confusions.map(\.gold) == [1, 2, 0, 0])
    #expect(matrix.confusions.map(\.predicted) == [2, 0, 1, 2])
    #expect(matrix.goldCounts == [4, 16, 5])
    #expect(matrix.predictedCounts == [5, 11, 9])
  }

  /// The numbers of scikit-learn 1.9.1, `precision_recall_fscore_support(gold, predicted,
  /// average=…, zero_division=0.0)`, over the same labels; label 5 is predicted but never gold.
  @Test func agreesWithScikitLearn() throws {
    var (gold, predicted): ([Label], [Label]) = ([], [])
    for i in 0..<500 {
      let label: Int = (i * i * 7 + i / 3) % 5
      let other: Int = (i * 11) % 6
      gold.append(Label(label))
      predicted.append(Label((i * 13) % 7 > 1 ? label : other))
    }
    var score = TaggingScore(labelCount: 6)
    score.add(gold: gold, predicted: predicted)
    #expect(score.positions.accuracy == 0.77)
    let scores = score.labelScores
    #expect(scores.map(\.support) == [166, 66, 100, 101, 67, 0])
    let f1: [Double] = [0.83601286, 0.82352941, 0.83076923, 0.7244898, 0.68115942, 0]
    for (score, expected) in zip(scores, f1) {
      let found = score.f1 ?? -1
      #expect(abs(found - expected) < 1e-8)
    }
    let macro = try #require(AveragedScore.macro(scores))
    #expect(abs(macro.precision - 0.6597539258539744) < 1e-15)
    #expect(abs(macro.recall - 0.6410133688247445) < 1e-15)
    #expect(abs(macro.f1 - 0.6493267867464155) < 1e-15)
    let weighted = try #require(AveragedScore.weighted(scores))
    #expect(abs(weighted.precision - 0.8134541346080111) < 1e-15)
    #expect(abs(weighted.recall - 0.77) < 1e-15)
    #expect(abs(weighted.f1 - 0.7900382996976012) < 1e-15)
  }

  /// Random labels, counted again with dictionaries and filters.
  @Test func agreesWithPlainCounting() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = RandomGenerator(seed: seed)
    for _ in 0..<200 {
      let labelCount = 1 + generator.next(below: 6)
      var (gold, predicted): ([[Label]], [[Label]]) = ([], [])
      var score = TaggingScore(labelCount: labelCount)
      for _ in 0..<generator.next(below: 8) {
        let count = generator.next(below: 6)
        gold.append((0..<count).map { _ in Label(generator.next(below: labelCount)) })
        predicted.append((0..<count).map { _ in Label(generator.next(below: labelCount)) })
        score.add(gold: gold.last!, predicted: predicted.last!)
      }
      let pairs = Array(zip(gold.joined(), predicted.joined()))
      #expect(score.positions.count == pairs.count, "seed \(seed)")
      #expect(score.positions.correct == pairs.filter { $0 == $1 }.count, "seed \(seed)")
      let sequences = zip(gold, predicted).filter { !$0.0.isEmpty }
      #expect(score.exactSequences.count == sequences.count, "seed \(seed)")
      #expect(score.exactSequences.correct == sequences.filter { $0 == $1 }.count, "seed \(seed)")
      for label in score.labelScores {
        #expect(label.support == pairs.filter { $0.0 == label.label }.count)
        #expect(label.predicted == pairs.filter { $0.1 == label.label }.count)
        let correct = pairs.filter { $0 == (label.label, label.label) }.count
        #expect(label.correct == correct)
      }
      let mistakes = pairs.filter { $0 != $1 }.count
      #expect(score.confusion.confusions.reduce(0) { $0 + $1.count } == mistakes, "seed \(seed)")
    }
  }

  @Test func mergedPartsEqualTheWhole() {
    var generator = RandomGenerator(seed: 3)
    var whole = TaggingScore(labelCount: 5)
    var parts = [TaggingScore](repeating: TaggingScore(labelCount: 5), count: 4)
    for part in parts.indices {
      for _ in 0..<10 {
        let count = generator.next(below: 9)
        let gold = (0..<count).map { _ in Label(generator.next(below: 5)) }
        let predicted = (0..<count).map { _ in Label(generator.next(below: 5)) }
        let known = (0..<count).map { _ in generator.next(below: 2) == 0 }
        let confidences = (0..<count).map { _ in Float(generator.nextUnit()) }
        whole.add(gold: gold, predicted: predicted, known: known, confidences: confidences)
        parts[part].add(gold: gold, predicted: predicted, known: known, confidences: confidences)
      }
    }
    var merged = TaggingScore(labelCount: 5)
    for part in parts { merged.merge(part) }
    #expect(merged == whole)
  }

  @Test func theMajorityBaselineTakesTheLabelOfTraining() throws {
    let baseline = try #require(
      MajorityBaseline(trainingCounts: [4, 9, 9, 1], goldCounts: [10, 3, 5, 2]))
    #expect(baseline.label == 1)
    #expect(baseline.positions == Tally(count: 20, correct: 3))
    #expect(MajorityBaseline(trainingCounts: [], goldCounts: []) == nil)
    #expect(MajorityBaseline(trainingCounts: [0, 0], goldCounts: [1, 2]) == nil)
  }

  @Test func nothingCountedHasNoAccuracy() {
    let score = TaggingScore(labelCount: 2)
    #expect(score.positions.accuracy == nil)
    #expect(score.calibration.expectedError == nil)
    #expect(Bootstrap().intervals(of: score.sequences) == nil)
  }
}
