import SeqCore
import SeqFeatures
import SeqModel
import SeqTraining
import Testing

@Suite("Training on a stream")
struct StreamTests {
  let records = ToyCorpus.records(count: 60, seed: 1)

  func stream(_ batchPositions: Int) throws -> StreamedCorpus {
    try StreamedCorpus(
      program: ToyCorpus.program, layer: "tag", batchPositions: batchPositions
    ) {
      var index = 0
      return {
        defer { index += 1 }
        return index < records.count ? records[index] : nil
      }
    }
  }

  @Test("The first pass finds what an encoder in memory finds", arguments: [1, 50, 10_000])
  func firstPass(_ batchPositions: Int) throws {
    let corpus = try ToyCorpus.corpus(records)
    let stream = try stream(batchPositions)
    #expect(stream.schema == corpus.schema)
    #expect(stream.features == corpus.features)
    #expect(stream.featureTemplates == corpus.featureTemplates)
    #expect(stream.positionCount == corpus.positionCount)
    #expect(stream.sequenceCount == corpus.sequenceCount)
    #expect(stream.labelCounts == corpus.labelCounts)
    #expect(stream.chainCounts() == corpus.chainCounts())
    for minimumCount in [1, 5] {
      let a = stream.observedPairs(minimumCount: minimumCount)
      let b = corpus.observedPairs(minimumCount: minimumCount)
      #expect(a.starts == b.starts && a.labels == b.labels && a.counts == b.counts)
    }
  }

  @Test(
    "In one batch, a stream gives the bits that memory gives",
    arguments: ToyCorpus.algorithms.filter { $0 != .lbfgs })
  func oneBatch(_ algorithm: TrainingOptions.Algorithm) throws {
    let options = TrainingOptions(algorithm)
    var memory = try TrainingLoop(ToyCorpus.corpus(records), options: options)
    var streamed = try TrainingLoop(stream(.max), options: options)
    #expect(try memory.run().parameters == streamed.run().parameters)
  }

  @Test(
    "In small batches, a stream learns as well",
    arguments: [TrainingOptions.Algorithm.perceptron, .arow, .adagrad])
  func smallBatches(_ algorithm: TrainingOptions.Algorithm) throws {
    let stream = try stream(40)
    var encoder = CorpusEncoder(program: try ToyCorpus.program, developmentFor: stream)
    for record in ToyCorpus.records(count: 40, seed: 2) { try encoder.add(record) }
    var loop = try TrainingLoop(
      stream, development: encoder.finish(), options: TrainingOptions(algorithm))
    #expect(try loop.run().developmentAccuracy ?? 0 > 0.98)
  }

  @Test("Counts do not depend on batches", arguments: [TrainingOptions.Algorithm.hmm, .majority])
  func counts(_ algorithm: TrainingOptions.Algorithm) throws {
    var memory = try TrainingLoop(ToyCorpus.corpus(records), options: TrainingOptions(algorithm))
    var streamed = try TrainingLoop(stream(40), options: TrainingOptions(algorithm))
    #expect(try memory.run().parameters == streamed.run().parameters)
  }

  @Test("Data that change between passes are an error")
  func changed() throws {
    var passes = 0
    let corpus = try StreamedCorpus(program: ToyCorpus.program, layer: "tag") {
      passes += 1
      var rest = passes == 1 ? records : Array(records.dropLast())
      return { rest.popLast() }
    }
    var loop = try TrainingLoop(corpus, options: TrainingOptions(.perceptron))
    #expect(throws: TrainingError.self) { try loop.run() }
  }

  @Test("L-BFGS refuses a stream, and an empty stream has no data")
  func refusals() throws {
    #expect(throws: TrainingError.self) {
      try TrainingLoop(stream(.max), options: TrainingOptions(.lbfgs))
    }
    #expect(throws: TrainingError.noData(source: "training data")) {
      try StreamedCorpus(program: ToyCorpus.program, layer: "tag") { { nil } }
    }
  }
}
