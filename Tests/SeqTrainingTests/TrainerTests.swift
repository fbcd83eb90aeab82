import FoundationEssentials
import SeqCore
import SeqFeatures
import SeqModel
import SeqTraining
import Testing

@Suite("Trainers")
struct TrainerTests {
  let records = ToyCorpus.records(count: 60, seed: 1)
  let unseen = ToyCorpus.records(count: 40, seed: 2)

  func train(
    _ corpus: EncodedCorpus, _ options: TrainingOptions, start: LinearParameters? = nil,
    threads: Int = 1
  ) throws -> LinearParameters {
    var loop = try TrainingLoop(corpus, options: options, start: start, threads: threads)
    return try loop.run().parameters
  }

  @Test("Every algorithm learns a toy task", arguments: ToyCorpus.algorithms)
  func learns(_ algorithm: TrainingOptions.Algorithm) throws {
    let corpus = try ToyCorpus.corpus(records)
    let development = try ToyCorpus.development(unseen, for: corpus)
    var loop = try TrainingLoop(
      corpus, development: development, options: TrainingOptions(algorithm))
    let accuracy = try #require(try loop.run().developmentAccuracy)
    // The majority baseline cannot tell nouns from verbs.
    #expect(accuracy > (algorithm == .majority ? 0.6 : algorithm == .hmm ? 0.9 : 0.98))
    #expect(algorithm != .majority || accuracy < 0.95)
  }

  @Test("Positions are learnt one by one without a chain", arguments: ToyCorpus.online + [.lbfgs])
  func independent(_ algorithm: TrainingOptions.Algorithm) throws {
    let corpus = try ToyCorpus.corpus(records)
    var options = TrainingOptions(algorithm)
    options.chain = false
    let development = try ToyCorpus.development(unseen, for: corpus)
    var loop = try TrainingLoop(corpus, development: development, options: options)
    let result = try loop.run()
    #expect(result.developmentAccuracy ?? 0 > 0.97)
    #expect(result.parameters.step.values.allSatisfy { $0 == 0 })
    #expect(result.parameters.start.allSatisfy { $0 == 0 })
    #expect(result.parameters.end.allSatisfy { $0 == 0 })
  }

  @Test("Any number of threads gives the same bits", arguments: ToyCorpus.algorithms)
  func threads(_ algorithm: TrainingOptions.Algorithm) throws {
    let corpus = try ToyCorpus.corpus(records)
    var options = TrainingOptions(algorithm)
    options.iterations = 4
    options.c2 = algorithm == .adagrad ? 0.1 : 1
    let one = try train(corpus, options)
    #expect(try train(corpus, options, threads: 2) == one)
    #expect(try train(corpus, options, threads: 3) == one)
  }

  @Test(
    "A training that was stopped and resumed gives the same bits", arguments: ToyCorpus.algorithms)
  func resumes(_ algorithm: TrainingOptions.Algorithm) throws {
    let corpus = try ToyCorpus.corpus(records)
    let development = try ToyCorpus.development(unseen, for: corpus)
    var options = TrainingOptions(algorithm)
    options.iterations = 8
    options.patience = 0
    var whole = try TrainingLoop(corpus, development: development, options: options)
    let expected = try whole.run()
    let folder = FileManager.default.temporaryDirectory
    for stop in [1, 3, 7] {
      let path = folder.appending(path: "seqkit-\(UUID().uuidString).checkpoint").path
      defer { try? FileManager.default.removeItem(atPath: path) }
      var first = try TrainingLoop(
        corpus, development: development, options: options, checkpoint: (path, .seconds(3600)))
      var steps = 0
      let interrupted = try first.run(report: { _ in steps += 1 }, isCancelled: { steps == stop })
      guard interrupted.end == .interrupted else { continue }
      // Encoded anew, as in another process.
      var second = try TrainingLoop(
        ToyCorpus.corpus(records), development: development, options: options,
        checkpoint: (path, .seconds(3600)), resumes: true)
      let result = try second.run()
      #expect(result.parameters == expected.parameters)
      #expect(result.developmentAccuracy == expected.developmentAccuracy)
      #expect(result.iteration == expected.iteration)
    }
  }

  @Test("A checkpoint of other options is refused")
  func otherOptions() throws {
    let corpus = try ToyCorpus.corpus(records)
    let path = FileManager.default.temporaryDirectory
      .appending(path: "seqkit-\(UUID().uuidString).checkpoint").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    var options = TrainingOptions(.perceptron)
    var first = try TrainingLoop(corpus, options: options, checkpoint: (path, .seconds(3600)))
    _ = try first.run(isCancelled: { true })
    options.seed = 2
    #expect(throws: TrainingError.self) {
      try TrainingLoop(
        corpus, options: options, checkpoint: (path, .seconds(3600)), resumes: true)
    }
  }

  @Test(
    "Starting from a trained model begins where it ended", arguments: ToyCorpus.online + [.lbfgs])
  func warmStart(_ algorithm: TrainingOptions.Algorithm) throws {
    let corpus = try ToyCorpus.corpus(records)
    var options = TrainingOptions(algorithm)
    let trained = try train(corpus, options)
    options.iterations = 1
    func objective(_ start: LinearParameters?) throws -> Double {
      var loop = try TrainingLoop(corpus, options: options, start: start)
      return try loop.run().objective
    }
    #expect(try objective(trained) < 0.5 * objective(nil))
  }

  @Test("Only pairs seen in training have weights unless all labels are asked for")
  func observedPairs() throws {
    let corpus = try ToyCorpus.corpus(records)
    for algorithm in ToyCorpus.online {
      var options = TrainingOptions(algorithm)
      options.allLabels = false
      let few = try train(corpus, options).labels.count
      options.allLabels = true
      let all = try train(corpus, options).labels.count
      let observed = corpus.observedPairs(minimumCount: 1).pairCount
      #expect(few <= observed)
      #expect(all > few)
      options.allLabels = false
      options.minimumCount = 20
      #expect(try train(corpus, options).labels.count < few)
    }
  }

  @Test("L1 leaves few weights, and L2 keeps them small")
  func penalties() throws {
    let corpus = try ToyCorpus.corpus(records)
    var options = TrainingOptions(.adagrad)
    options.c2 = 0
    let free = try train(corpus, options)
    options.c1 = 2
    let sparse = try train(corpus, options)
    #expect(sparse.labels.count * 2 < free.labels.count)
    options.c1 = 0
    options.c2 = 50
    let small = try train(corpus, options)
    func largest(_ parameters: LinearParameters) -> Float { parameters.weights.map(abs).max() ?? 0 }
    #expect(largest(small) < 0.9 * largest(free))
  }

  @Test("AdaGrad comes near the optimum of L-BFGS")
  func adaGradObjective() throws {
    let corpus = try ToyCorpus.corpus(records)
    var best = try TrainingLoop(corpus, options: TrainingOptions(.lbfgs))
    let optimum = try best.run().objective
    var options = TrainingOptions(.adagrad)
    options.c2 = 1
    options.iterations = 200
    options.rate = 0.1
    let parameters = try train(corpus, options)
    // Measured by L-BFGS's own objective, at a start that it has not moved from.
    var lbfgs = TrainingOptions(.lbfgs)
    lbfgs.allLabels = false
    let state = StateFeatures(
      corpus.set, featureCount: corpus.features.count, labelCount: corpus.schema.count)
    let objective = ChainObjective(
      corpus.set, state: state, labelCount: corpus.schema.count, c2: 1, allSteps: true,
      boundaries: true, threads: 1)
    let x = Objectives.vector(parameters, objective.layout, state)
    let value = try Objectives.evaluate(objective, x).value
    #expect(value >= optimum - 1e-3)
    #expect(value < optimum * 1.05)
  }

  @Test("A class weight raises the label's recall", arguments: ToyCorpus.online + [.lbfgs])
  func classWeights(_ algorithm: TrainingOptions.Algorithm) throws {
    // The word says nothing; B is the rarer label.
    let records = (0..<100).map { ToyCorpus.record([("x", $0 % 4 == 0 ? "B" : "A")]) }
    let corpus = try ToyCorpus.corpus(records)
    var options = TrainingOptions(algorithm)
    options.chain = false
    options.iterations = algorithm == .lbfgs ? 100 : 10
    func scoreOfB(_ weights: [String: Float]) throws -> Float {
      options.classWeights = weights
      let parameters = try train(corpus, options)
      var scores: [Float] = [0, 0]
      for (label, weight) in zip(parameters.labels, parameters.weights) {
        scores[Int(label)] += weight
      }
      return scores[1] - scores[0]
    }
    #expect(try scoreOfB(["B": 9]) > scoreOfB([:]))
  }

  @Test("Options that an algorithm cannot follow are errors")
  func options() throws {
    let corpus = try ToyCorpus.corpus(records)
    func refused(_ algorithm: TrainingOptions.Algorithm, _ change: (inout TrainingOptions) -> Void)
      -> String?
    {
      var options = TrainingOptions(algorithm)
      change(&options)
      do {
        _ = try TrainingLoop(corpus, options: options)
        return nil
      } catch { return "\(error)" }
    }
    #expect(
      refused(.perceptron) { $0.c1 = 1 } == "--c1 1.0: only lbfgs and adagrad have it.")
    #expect(refused(.hmm) { $0.classWeights = ["N": 2] }?.contains("class-weight N=2.0") == true)
    #expect(refused(.hmm) { $0.chain = false } != nil)
    #expect(refused(.majority) { $0.minimumCount = 2 } != nil)
    #expect(refused(.adagrad) { $0.batchSize = 0 } != nil)
    #expect(refused(.adagrad) { $0.c2 = -1 } != nil)
    #expect(
      refused(.perceptron) { $0.classWeights = ["Nn": 2] }
        == "a class weight for “Nn”, which does not occur in training. Did you mean “N”? "
        + "Labels: D J N R V.")
  }

  @Test("Counting models ask for the templates that they need")
  func missingTemplates() throws {
    let corpus = try ToyCorpus.corpus(records, templates: ["form[1]", "form[0]"])
    #expect(
      throws: TrainingError.templates(
        algorithm: "hmm", missing: "suffixes of the word, such as suffix(form[0], 3)",
        present: ["form[1]", "form[0]"])
    ) {
      try TrainingLoop(corpus, options: TrainingOptions(.hmm))
    }
    let caseless = try ToyCorpus.corpus(
      records, templates: ["form[0]", "suffix(lower(form[0]), 2)"])
    var loop = try TrainingLoop(caseless, options: TrainingOptions(.hmm))
    #expect(try loop.run().objective.isFinite)
    let other = try ToyCorpus.corpus(records, templates: ["form[1]", "lower(form[0])"])
    #expect(throws: TrainingError.self) {
      try TrainingLoop(other, options: TrainingOptions(.majority))
    }
  }
}
