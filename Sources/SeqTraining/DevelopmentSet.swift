internal import SeqCore
internal import SeqInference
internal import SeqMath
internal import SeqModel

/// A development set, to be scored with parameters that are still being learnt.
struct DevelopmentSet {
  private let corpus: EncodedCorpus
  private let threads: Int

  init(_ corpus: EncodedCorpus, threads: Int) {
    self.corpus = corpus
    self.threads = threads
  }

  /// The fraction of positions whose label is right under the best path.
  ///
  /// - Parameter parameters: over the features of the corpus, in the order of their numbers.
  func accuracy(_ parameters: LinearParameters) -> Double {
    let set = corpus.set
    guard set.positionCount > 0 else { return 0 }
    let chain = Chain(start: parameters.start, step: parameters.step, end: parameters.end)
    let pieces = min(64, max(set.sequenceCount, 1))
    var correct = [Int](repeating: 0, count: pieces)
    correct.withUnsafeMutableBufferPointer { correct in
      let correct = correct.baseAddress!
      inParallel(pieces: pieces, threads: threads) { piece in
        let emissions = Emissions(labelCount: parameters.labelCount)
        let viterbi = Viterbi()
        var labels: [Label] = []
        for s in set.sequenceCount * piece / pieces..<set.sequenceCount * (piece + 1) / pieces {
          let first = Int(set.sequenceStarts[s])
          let T = Int(set.sequenceStarts[s + 1]) - first
          emissions.reset(count: T)
          for t in 0..<T { addScores(set, first + t, parameters, to: emissions.row(t)) }
          guard (try? viterbi.bestPath(emissions, chain, into: &labels)) != nil else { continue }
          for t in 0..<T where labels[t] == set.gold[first + t] { correct[piece] += 1 }
        }
      }
    }
    return Double(correct.reduce(0, +)) / Double(set.positionCount)
  }

  private func addScores(
    _ set: TrainingSet, _ position: Int, _ parameters: LinearParameters,
    to row: UnsafeMutablePointer<Float>
  ) {
    for index in Int(set.blockStarts[position])..<Int(set.blockStarts[position + 1]) {
      let block = Int(set.blocks[index])
      for f in Int(set.featureStarts[block])..<Int(set.featureStarts[block + 1]) {
        let feature = Int(set.features[f])
        for p in Int(parameters.starts[feature])..<Int(parameters.starts[feature + 1]) {
          row[Int(parameters.labels[p])] += parameters.weights[p]
        }
      }
    }
  }
}
