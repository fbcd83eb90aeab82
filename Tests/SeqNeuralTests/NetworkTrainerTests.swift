import Foundation
import SeqCore
import SeqInference
import SeqMath
import SeqModel
import SeqNeural
import Testing

/// Sequences whose label is the sign of a sum of the feature two positions before and after, far from
/// mean 0; some positions have no label.
func signExamples(_ count: Int, seed: UInt64 = 3) -> [NetworkExample] {
  var generator = RandomGenerator(seed: seed)
  return (0..<count).map { index in
    let T = 30 + 7 * index
    let x = (0..<T).map { _ in Float(generator.nextUnit() * 2 - 1) }
    let gold = (0..<T).map { t -> Label in
      if t % 11 == 3 { return NetworkExample.unassessed }
      let sum = (t >= 2 ? x[t - 2] : 0) + (t + 2 < T ? x[t + 2] : 0)
      return sum > 0 ? 1 : 0
    }
    let values: [Float] = x.flatMap { [100 + 5 * $0, 7] as [Float] }
    return NetworkExample(DenseRows(rows: T, width: 2, values: values), gold: gold)
  }
}

func signShape() -> NetworkShape {
  var shape = NetworkShape(inputs: 2, labels: 2)
  shape.stages = 2
  shape.dilations = [1, 2]
  shape.maps = 12
  shape.dropout = 0.1
  return shape
}

func signManifest() -> ModelManifest {
  ModelManifest(
    name: "sign", pack: "frames", layer: "action", labels: ["minus", "plus"], templates: [],
    provenance: ModelManifest.Provenance(algorithm: "tcn"))
}

@Suite("Training of networks")
struct NetworkTrainerTests {
  private static func options(batch: Int) -> NetworkTrainingOptions {
    var options = NetworkTrainingOptions()
    options.epochs = 12
    options.rate = 1e-2
    options.batch = batch
    options.schedule = .cosine
    options.longestGradient = 3
    options.loss.smoothing = 0
    return options
  }

  private func scores(_ trainer: NetworkTrainer, _ example: NetworkExample) -> [Float] {
    let emissions = trainer.scorer().scores(of: example.rows)
    return (0..<emissions.count).flatMap { [emissions[$0, 0], emissions[$0, 1]] }
  }

  private func accuracy(_ scorer: NetworkScorer, _ examples: [NetworkExample]) -> Double {
    var (right, all) = (0, 0)
    for example in examples {
      let found = scorer.scores(of: example.rows)
      for (t, label) in example.gold.enumerated() where label != NetworkExample.unassessed {
        all += 1
        if (found[t, 1] > found[t, 0]) == (label == 1) { right += 1 }
      }
    }
    return Double(right) / Double(all)
  }

  @Test("It learns, equally on one thread and three", arguments: [1, 3])
  func learns(batch: Int) throws {
    let examples = signExamples(8)
    var found: [[Float]] = []
    for threads in [1, 3] {
      var options = Self.options(batch: batch)
      options.epochs = 40
      let trainer = try NetworkTrainer(
        signShape(), options, examples: examples, standardizes: true)
      trainer.threads = threads
      var losses: [Double] = []
      try trainer.run(report: { epoch in
        losses.append(epoch.loss)
        return true
      })
      #expect(losses.count == 40 && losses.last! < losses[0] * 0.7)
      #expect(accuracy(trainer.scorer(), signExamples(3, seed: 8)) > 0.8)
      found.append(scores(trainer, examples[0]))
    }
    #expect(found[0] == found[1])
  }

  @Test("Resumed training gives the bytes of uninterrupted training")
  func resumes() throws {
    let path = NSTemporaryDirectory() + "seqkit-network-\(UUID()).checkpoint"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let examples = signExamples(5)
    func trainer() throws -> NetworkTrainer {
      try NetworkTrainer(
        signShape(), Self.options(batch: 2), examples: examples, standardizes: true)
    }
    let score: (NetworkScorer) -> Double = { self.accuracy($0, signExamples(2, seed: 9)) }
    let whole = try trainer()
    #expect(try whole.run(score: score) == .completed)
    let first = try trainer()
    first.checkpoint = path
    #expect(try first.run(score: score) { $0.number < 5 } == .stopped)
    let second = try trainer()
    try second.resume(from: path)
    #expect(try second.run(score: score) == .completed)
    #expect(
      try second.model(signManifest()).encoded() == whole.model(signManifest()).encoded())
    let other = try NetworkTrainer(
      signShape(), Self.options(batch: 2), examples: signExamples(4), standardizes: true)
    #expect(throws: NetworkError.self) { try other.resume(from: path) }
  }

  @Test("The best epoch is kept, and training ends when none gets better")
  func stopsEarly() throws {
    var options = Self.options(batch: 1)
    options.patience = 3
    let trainer = try NetworkTrainer(
      signShape(), options, examples: signExamples(3), standardizes: true)
    var calls = 0
    var atBest: [Float] = []
    let example = signExamples(1)[0]
    let ending = try trainer.run(
      score: { scorer in
        calls += 1
        if calls == 2 {
          let found = scorer.scores(of: example.rows)
          atBest = (0..<found.count).flatMap { [found[$0, 0], found[$0, 1]] }
        }
        return calls == 2 ? 1 : 0
      })
    #expect(ending == .noProgress && calls == 5)
    #expect(scores(trainer, example) == atBest)
  }

  @Test("Examples that do not fit are refused in a sentence")
  func refuses() {
    func refusal(_ shape: NetworkShape, _ examples: [NetworkExample]) -> String {
      do {
        _ = try NetworkTrainer(shape, examples: examples, standardizes: false)
        return ""
      } catch { return "\(error)" }
    }
    var examples = signExamples(2)
    #expect(refusal(NetworkShape(inputs: 3, labels: 2), examples).contains("2 numbers a position"))
    #expect(refusal(NetworkShape(inputs: 2, labels: 1), examples).contains("label 1 where there"))
    examples[1].gold.removeLast()
    #expect(refusal(signShape(), examples).contains("36 labels for 37"))
    #expect(refusal(signShape(), []).contains("no sequence"))
  }

  @Test("Standardized columns have mean 0 and deviation 1; constant ones are 0")
  func standardization() {
    let found = Standardization(of: signExamples(4).map(\.rows))
    #expect(abs(found.mean[0] - 100) < 1 && abs(found.mean[1] - 7) < 1e-5)
    #expect(abs(1 / found.factor[0] - 5 / 3.0.squareRoot().asFloat) < 0.3)
    #expect(found.factor[1] == 0)
  }

  @Test("Symbols stand for the rows of their table, unknown ones for zeros")
  func symbols() {
    let rows = SymbolRows([2, 0, 9], .oneHot(3))
    var values = [Float](repeating: 5, count: 12)
    values.withUnsafeMutableBufferPointer { rows.write(0..<3, to: $0.baseAddress!, stride: 4) }
    #expect(values == [0, 0, 1, 5, 1, 0, 0, 5, 0, 0, 0, 5])
  }
}

extension Double {
  fileprivate var asFloat: Float { Float(self) }
}

@Suite("Model files of networks")
struct NetworkModelTests {
  private func model(_ structure: ScoreDecoder.Structure) throws -> NetworkModel {
    var options = NetworkTrainingOptions()
    options.epochs = 2
    let trainer = try NetworkTrainer(
      signShape(), options, examples: signExamples(2), standardizes: true)
    try trainer.run()
    return trainer.model(
      signManifest(),
      decoder: ScoreDecoder(scale: 0.5, offsets: [0.1, -0.2], structure: structure),
      extras: ["frames": "{\"fps\":10}"])
  }

  static var structures: [ScoreDecoder.Structure] {
    let chain = Chain(
      start: [0, -1], step: Matrix([[0, -2], [-.infinity, 0.5]]), end: [0.25, 0])
    return [
      .independent, .chain(chain),
      .segments(
        SegmentChain(chain: chain, durations: Matrix([[0, -1, -2], [-1, 0, -.infinity]]))),
    ]
  }

  @Test("A model that is written and read scores and labels alike", arguments: 0..<3)
  func roundTrip(_ kind: Int) throws {
    let written = try model(Self.structures[kind])
    let bytes = try written.encoded()
    let read = try NetworkModel(SafetensorsFile(bytes: bytes, name: "model"))
    try read.check()
    #expect(read.shape == written.shape && read.extras == written.extras)
    #expect(read.preparation == written.preparation)
    #expect(read.manifest == written.manifest)
    #expect(try read.encoded() == bytes)
    let rows = signExamples(1)[0].rows
    let (a, b) = (written.scorer().scores(of: rows), read.scorer().scores(of: rows))
    for t in 0..<a.count {
      for j in 0..<2 { #expect(a[t, j] == b[t, j]) }
    }
    if kind < 2 { #expect(try read.decoder.labels(of: b) == written.decoder.labels(of: a)) }
  }

  @Test("A model with dual layers is written, named in its components, and read back")
  func dualLayers() throws {
    var options = NetworkTrainingOptions()
    options.epochs = 1
    var shape = signShape()
    shape.dualLayers = 3
    shape.stages = 3
    shape.sharesRefinement = true
    let trainer = try NetworkTrainer(
      shape, options, examples: signExamples(2), standardizes: true)
    try trainer.run()
    let written = trainer.model(signManifest())
    #expect(written.manifest.components.contains("dual.v1"))
    #expect(try !model(.independent).manifest.components.contains("dual.v1"))
    let bytes = try written.encoded()
    let read = try NetworkModel(SafetensorsFile(bytes: bytes, name: "model"))
    #expect(read.shape == shape)
    #expect(try read.encoded() == bytes)
    let rows = signExamples(1)[0].rows
    let (a, b) = (written.scorer().scores(of: rows), read.scorer().scores(of: rows))
    for t in 0..<a.count { #expect(a[t, 0] == b[t, 0] && a[t, 1] == b[t, 1]) }
    for count in [0, 22, -1, .max] {
      shape.dualLayers = count
      #expect(shape.fault?.contains("dual layers") == true)
    }
  }

  @Test(
    "A recurrent model is written, named in its components, and read back",
    arguments: [false, true])
  func recurrentUnits(causal: Bool) throws {
    var options = NetworkTrainingOptions()
    options.epochs = 2
    options.longestGradient = 1
    var shape = NetworkShape.recurrent(inputs: 2, labels: 2)
    (shape.maps, shape.recurrentUnits, shape.isCausal) = (11, 5, causal)
    var encoded: [[UInt8]] = []
    for threads in [1, 3] {
      let trainer = try NetworkTrainer(
        shape, options, examples: signExamples(3), standardizes: true)
      trainer.threads = threads
      try trainer.run()
      encoded.append(try trainer.model(signManifest()).encoded())
    }
    #expect(encoded[0] == encoded[1], "threads change nothing")
    let file = try SafetensorsFile(bytes: encoded[0], name: "model")
    let read = try NetworkModel(file)
    try read.check()
    #expect(read.manifest.components.contains("gru.v1") && read.shape == shape)
    #expect(try read.encoded() == encoded[0])
    #expect(file.tensor("tcn.stage1.forward.candidate.recurrent")?.shape == [5, 5])
    #expect((file.tensor("tcn.stage1.backward.update.input.weights") == nil) == causal)
    #expect(file.tensor("tcn.stage1.exit.weights")?.shape == [1, causal ? 5 : 10, 2])
    for units in [0, -3, 5000] {
      shape.recurrentUnits = units
      #expect(shape.fault?.contains("recurrent units") == true)
    }
    shape.recurrentUnits = 4
    shape.stages = 2
    #expect(shape.fault?.contains("one stage") == true)
  }

  @Test(
    "Rows that do not become the network's inputs are refused",
    arguments: [
      #"{"columns":4611686018427387904,"expansion":EXPANSION,"appendsSquares":true}"#,
      #"{"columns":1,"expansion":EXPANSION,"appendsSquares":false}"#,
      #"{"columns":2,"expansion":{"offsets":[],"differences":[],"windows":[],"isCausal":false},"appendsSquares":false}"#,
    ])
  func rows(_ text: String) throws {
    let file = try SafetensorsFile(bytes: model(.independent).encoded(), name: "model")
    let identity = #"{"offsets":[0],"differences":[],"windows":[],"isCausal":false}"#
    var writer = SafetensorsWriter(metadata: file.metadata)
    writer.metadata["seqkit-network"] = file.metadata["seqkit-network"]!
      .replacingOccurrences(
        of: "\"shape\"",
        with: "\"rows\":" + text.replacingOccurrences(of: "EXPANSION", with: identity)
          + ",\"shape\"")
    for tensor in file.tensors {
      writer.add(tensor.name, shape: tensor.shape, try tensor.array(of: Float.self))
    }
    let bytes = try writer.encoded()
    #expect(throws: ModelError.self) {
      try NetworkModel(SafetensorsFile(bytes: bytes, name: "model"))
    }
  }

  @Test("Files with a tensor missing or of another shape are refused, not trapped on")
  func hostile() throws {
    let bytes = try model(.independent).encoded()
    let text = String(decoding: bytes, as: Unicode.ASCII.self)
    #expect(text.contains("tcn.stage2.layer1.mix.bias"))
    var shorter = bytes
    shorter.removeLast(64)
    #expect(throws: (any Error).self) {
      try NetworkModel(SafetensorsFile(bytes: shorter, name: "model"))
    }
    let file = try SafetensorsFile(bytes: bytes, name: "model")
    for change in [
      ("\"stages\":2", "\"stages\":3"), ("\"maps\":12", "\"maps\":13"),
      ("\"taps\":3", "\"taps\":0"),
      ("\"independent\"", "\"tree\""), ("\"inputs\":2", "\"inputs\":9000000000000"),
    ] {
      var writer = SafetensorsWriter(metadata: file.metadata)
      let json = file.metadata["seqkit-network"]!
      writer.metadata["seqkit-network"] = json.replacingOccurrences(of: change.0, with: change.1)
      #expect(writer.metadata["seqkit-network"] != json)
      for tensor in file.tensors {
        writer.add(tensor.name, shape: tensor.shape, try tensor.array(of: Float.self))
      }
      let changed = try writer.encoded()
      #expect(throws: (any Error).self) {
        try NetworkModel(SafetensorsFile(bytes: changed, name: "model"))
      }
    }
  }
}
