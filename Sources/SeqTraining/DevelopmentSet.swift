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
    let set = corpus.set
    let pieces = min(64, max(set.sequenceCount, 1))
    var sums = [Double](repeating: 0, count: pieces)
    sums.withUnsafeMutableBufferPointer { sums in
      let sums = sums.baseAddress!
      inParallel(pieces: pieces, threads: threads) { piece in
        let emissions = Emissions(labelCount: parameters.labelCount)
        for s in set.sequenceCount * piece / pieces..<set.sequenceCount * (piece + 1) / pieces {
          let first = Int(set.sequenceStarts[s])
          let end = Int(set.sequenceStarts[s + 1])
          emissions.reset(count: end - first)
          for t in first..<end { addScores(set, t, parameters, to: emissions.row(t - first)) }
          sums[piece] += body(emissions, set.gold[first..<end])
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
