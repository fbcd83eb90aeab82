import FoundationEssentials
import SeqCore
import SeqModel
import SeqTraining
import Testing

@Suite("Committees, margins and dropout")
struct CommitteeTests {
  let records = ToyCorpus.records(count: 60, seed: 1)
  let unseen = ToyCorpus.records(count: 40, seed: 2)

  func train(_ options: TrainingOptions, threads: Int = 1) throws -> LinearParameters {
    var loop = try TrainingLoop(
      ToyCorpus.corpus(records), options: options, threads: threads)
    return try loop.run().parameters
  }

  @Test("A committee is the mean of its members, whatever the threads", arguments: ToyCorpus.online)
  func mean(_ algorithm: TrainingOptions.Algorithm) throws {
    var options = TrainingOptions(algorithm)
    options.iterations = 2
    options.seed = 5
    let members = try (0..<3).map { number in
      var own = options
      own.seed += UInt64(number)
      return try train(own)
    }
    options.committee = 3
    let committee = try train(options)
    #expect(committee == LinearParameters(meanOf: members))
    #expect(try train(options, threads: 3) == committee)
  }

  @Test("The mean counts a weight that a member lacks as 0")
  func meanOfUnequal() {
    func parameters(_ labels: [Label], _ weights: [Float]) -> LinearParameters {
      var step = Matrix(rows: 2, columns: 2)
      step[0, 1] = weights[0]
      return LinearParameters(
        features: [7], starts: [0, Int32(labels.count)], labels: labels, weights: weights,
        start: [1, 2], step: step, end: [0, weights[0]])
    }
    let mean = LinearParameters(meanOf: [parameters([0, 1], [4, 6]), parameters([1], [2])])
    #expect(mean.labels == [0, 1])
    #expect(mean.weights == [2, 4])
    #expect(mean.step[0, 1] == 3)
    #expect(mean.start == [1, 2])
    #expect(mean.end == [0, 3])
  }

  @Test("A committee with dropout and a margin learns, and resumes with the same bits")
  func resumes() throws {
    let corpus = try ToyCorpus.corpus(records)
    let development = try ToyCorpus.development(unseen, for: corpus)
    var options = TrainingOptions(.perceptron)
    options.iterations = 6
    options.patience = 0
    options.margin = 5
    options.dropout = 0.2
    options.committee = 2
    var whole = try TrainingLoop(corpus, development: development, options: options)
    let expected = try whole.run()
    #expect(try #require(expected.developmentAccuracy) > 0.98)

    let path = FileManager.default.temporaryDirectory
      .appending(path: "seqkit-\(UUID().uuidString).checkpoint").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    var first = try TrainingLoop(
      corpus, development: development, options: options, checkpoint: (path, .seconds(3600)))
    var steps = 0
    _ = try first.run(report: { _ in steps += 1 }, isCancelled: { steps == 2 })
    var second = try TrainingLoop(
      corpus, development: development, options: options, checkpoint: (path, .seconds(3600)),
      resumes: true)
    #expect(try second.run().parameters == expected.parameters)
  }

  @Test("With a margin, the gold path must win by more than being best")
  func margin() throws {
    let corpus = try ToyCorpus.corpus(records)
    func mistakes(_ margin: Float) throws -> Double {
      var options = TrainingOptions(.perceptron)
      options.iterations = 1
      options.margin = margin
      var loop = try TrainingLoop(corpus, options: options)
      return try loop.run().objective
    }
    #expect(try mistakes(20) > 2 * mistakes(0))
  }

  @Test("Hidden features make mistakes, which are learnt from")
  func dropout() throws {
    let corpus = try ToyCorpus.corpus(records)
    func mistakes(_ dropout: Double, iterations: Int) throws -> Double {
      var options = TrainingOptions(.perceptron)
      options.iterations = iterations
      options.dropout = dropout
      var loop = try TrainingLoop(corpus, options: options)
      return try loop.run().objective
    }
    #expect(try mistakes(0.6, iterations: 1) > mistakes(0, iterations: 1))
    #expect(try mistakes(0, iterations: 5) == 0)
    #expect(try mistakes(0.6, iterations: 5) > 0)
  }

  @Test("Options that mean nothing for an algorithm are refused")
  func refused() throws {
    let corpus = try ToyCorpus.corpus(records)
    func refuses(
      _ algorithm: TrainingOptions.Algorithm, _ change: (inout TrainingOptions) -> Void
    ) {
      var options = TrainingOptions(algorithm)
      change(&options)
      #expect(throws: TrainingError.self) { try TrainingLoop(corpus, options: options) }
    }
    refuses(.perceptron) { $0.dropout = 1 }
    refuses(.perceptron) { $0.dropout = -0.1 }
    refuses(.perceptron) { $0.margin = -1 }
    refuses(.perceptron) { $0.margin = .infinity }
    refuses(.perceptron) { $0.committee = 0 }
    refuses(.adagrad) { $0.dropout = 0.1 }
    refuses(.lbfgs) { $0.margin = 1 }
    refuses(.lbfgs) { $0.committee = 2 }
    refuses(.hmm) { $0.committee = 2 }
  }
}
