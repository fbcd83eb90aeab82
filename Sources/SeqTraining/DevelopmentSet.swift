internal import SeqCore
internal import SeqInference
internal import SeqMath
internal import SeqMetrics
internal import SeqModel

/// A development set, to be scored with parameters that are still being learnt.
struct DevelopmentSet {
  let corpus: EncodedCorpus
  private let threads: Int

  init(_ corpus: EncodedCorpus, threads: Int) {
    self.corpus = corpus
    self.threads = threads
  }

  /// What early stopping goes by: micro F1 for spans, chosen as readily as is best, and accuracy
  /// for labels of positions.
  func score(_ parameters: LinearParameters) -> Double {
    corpus.spans.map { bestSpanScore(parameters, spans: $0) } ?? accuracy(parameters)
  }

  /// The fraction of positions whose label is right under the best path.
  ///
  /// - Parameter parameters: over the features of the corpus, in the order of their numbers.
  func accuracy(_ parameters: LinearParameters) -> Double {
    guard corpus.set.positionCount > 0 else { return 0 }
    let chain = Chain(start: parameters.start, step: parameters.step, end: parameters.end)
    let correct = forEachSequence(parameters) { emissions, gold in
      var labels: [Label] = []
      guard (try? Viterbi().bestPath(emissions, chain, into: &labels)) != nil else { return 0 }
      return Double(zip(labels, gold).count { $0 == $1 })
    }
    return correct.reduce(0, +) / Double(corpus.set.positionCount)
  }

  /// Calls `body` with the emissions and the gold labels of each sequence, on all threads, and
  /// gives the sums of what it returns, in an order that does not depend on the threads.
  func forEachSequence(
    _ parameters: LinearParameters, _ body: (Emissions, ArraySlice<Label>) -> Double
  ) -> [Double] {
    mapSequences(parameters, 0.0) { $2 += body($0, $1) }
  }

  /// The same for sums of any kind, which begin as `zero`.
  func mapSequences<Sum>(
    _ parameters: LinearParameters, _ zero: Sum,
    _ body: (Emissions, ArraySlice<Label>, inout Sum) -> Void
  ) -> [Sum] {
    let set = corpus.set
    let pieces = min(64, max(set.sequenceCount, 1))
    var sums = [Sum](repeating: zero, count: pieces)
    sums.withUnsafeMutableBufferPointer { sums in
      let sums = sums.baseAddress!
      inParallel(pieces: pieces, threads: threads) { piece in
        let emissions = Emissions(labelCount: parameters.labelCount)
        for s in set.sequenceCount * piece / pieces..<set.sequenceCount * (piece + 1) / pieces {
          let first = Int(set.sequenceStarts[s])
          let end = Int(set.sequenceStarts[s + 1])
          emissions.reset(count: end - first)
          for t in first..<end { addScores(set, t, parameters, to: emissions.row(t - first)) }
          body(emissions, set.gold[first..<end], &sums[piece])
        }
      }
    }
    return sums
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
