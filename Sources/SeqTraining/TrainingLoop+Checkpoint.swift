internal import FoundationEssentials
internal import SeqCore
internal import SeqModel

/// What a checkpoint says of itself, stored as JSON under the key `seqkit-checkpoint`.
private struct CheckpointHeader: Codable {
  var format = 1
  var options: TrainingOptions
  var fingerprint: String
  var iteration: Int
  var worse: Int
  var bestAccuracy: Double?
  var bestIteration: Int?
}

extension TrainingLoop {
  private static let key = "seqkit-checkpoint"

  /// Writes a checkpoint, whole or not at all, if there is a path for one.
  func save() throws {
    guard let checkpoint else { return }
    let header = CheckpointHeader(
      options: options, fingerprint: fingerprint, iteration: iteration, worse: worse,
      bestAccuracy: best?.accuracy, bestIteration: best?.iteration)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    var file = SafetensorsWriter()
    file.metadata[Self.key] = String(decoding: try encoder.encode(header), as: UTF8.self)
    trainer.save(to: &file)
    if let best { best.parameters.add(to: &file, prefix: "best.") }
    try file.write(to: checkpoint.path)
  }

  /// Goes on where the checkpoint was written.
  mutating func restore(from path: String) throws {
    let file = try SafetensorsFile(path: path)
    guard let json = file.metadata[Self.key],
      let header = try? JSONDecoder().decode(CheckpointHeader.self, from: Data(json.utf8))
    else { throw TrainingError.checkpoint(path: path, problem: "it is not a training checkpoint") }
    var comparable = header.options
    comparable.iterations = options.iterations
    guard comparable == options else {
      throw TrainingError.checkpoint(
        path: path, problem: "it was made with other options. Give the same, or start anew")
    }
    guard header.fingerprint == fingerprint else {
      throw TrainingError.checkpoint(
        path: path, problem: "it was made with other training data, templates or labels")
    }
    try trainer.restore(from: file)
    iteration = header.iteration
    worse = header.worse
    if let accuracy = header.bestAccuracy, let step = header.bestIteration {
      let parameters = try LinearParameters(from: file, prefix: "best.")
      best = (accuracy, step, parameters)
    }
  }
}

extension LinearParameters {
  /// Adds the parameters to a checkpoint.
  func add(to file: inout SafetensorsWriter, prefix: String) {
    let L = labelCount
    file.add(prefix + "features", shape: [features.count], features)
    file.add(prefix + "starts", shape: [starts.count], starts)
    file.add(prefix + "labels", shape: [labels.count], labels)
    file.add(prefix + "weights", shape: [weights.count], weights)
    file.add(prefix + "start", shape: [L], start)
    file.add(prefix + "step", shape: [L, L], step.values)
    file.add(prefix + "end", shape: [L], end)
  }

  /// Reads parameters from a checkpoint.
  init(from file: SafetensorsFile, prefix: String) throws {
    func floats(_ name: String) throws -> [Float] {
      try file.tensor(prefix + name, of: Float.self, shape: [nil]).array(of: Float.self)
    }
    let start = try floats("start")
    var step = Matrix(rows: start.count, columns: start.count)
    step.values = try file.tensor(
      prefix + "step", of: Float.self, shape: [start.count, start.count]
    ).array(of: Float.self)
    self.init(
      features: try file.tensor(prefix + "features", of: UInt64.self, shape: [nil])
        .array(of: UInt64.self),
      starts: try file.tensor(prefix + "starts", of: Int32.self, shape: [nil])
        .array(of: Int32.self),
      labels: try file.tensor(prefix + "labels", of: Label.self, shape: [nil])
        .array(of: Label.self),
      weights: try floats("weights"), start: start, step: step, end: try floats("end"))
  }
}
