internal import Glibc
internal import SeqCore
package import SeqModel

/// Each word's most frequent label; words that are not known get the most frequent label of all.
///
/// The word's weights and the label's prior add up to log P(t | w), where P(t | w) is the word's
/// share of label t, to which the prior P(t) is added as half an occurrence: so the most frequent
/// label wins, of several equally frequent ones the one that is more frequent at large, and the
/// probabilities mean something. The prior stands at the start and in every step alike, so labels
/// do not depend on their neighbours.
///
/// The templates must tell words apart (`form[0]`); others get no weight.
package struct MajorityTrainer: Trainer {
  private let result: LinearParameters
  private let mistakes: Int

  private static let priorWeight = 0.5

  package init(_ source: some TrainingSource) throws {
    let words = try WordCounts(source, algorithm: "majority", needsSuffixes: false)
    let L = source.schema.count
    let N = Double(words.positionCount)
    let prior = words.labels.map { (Double($0) + 0.5) / (N + 0.5 * Double(L)) }
    var rows = LabelRows(labelCount: L)
    var mistakes = 0
    for word in words.words.indices {
      let counts = words.counts(of: word)
      let sum = Double(counts.reduce(0) { $0 + Int($1) })
      rows[words.words[word]] = counts.enumerated().map { j, count in
        let probability =
          (Double(count) + Self.priorWeight * prior[j]) / (sum + Self.priorWeight)
        return Float(log(probability / prior[j]))
      }
      mistakes += Int(sum) - Int(counts.max() ?? 0)
    }
    self.mistakes = mistakes
    let scores = prior.map { Float(log($0)) }
    var step = Matrix(rows: L, columns: L)
    for i in 0..<L { for j in 0..<L { step[i, j] = scores[j] } }
    result = rows.parameters(
      source.features, start: scores, step: step, end: Array(repeating: 0, count: L))
  }

  /// There is one step, and the model is ready before it. The objective counts mistakes.
  package func step() -> StepReport {
    StepReport(objective: Double(mistakes), isConverged: true)
  }

  package func parameters() -> LinearParameters { result }

  /// Counting again takes less time than reading the counts.
  package func save(to file: inout SafetensorsWriter) {}

  package func restore(from file: SafetensorsFile) {}
}
