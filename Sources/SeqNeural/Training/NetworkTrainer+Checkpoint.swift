internal import FoundationEssentials
internal import SeqCore
internal import SeqMath
internal import SeqModel

extension NetworkTrainer {
  /// What a checkpoint says beside its numbers.
  private struct Record: Codable {
    var format = 1
    var shape: NetworkShape
    var options: NetworkTrainingOptions
    var fingerprint: UInt64
    var state: State
    var steps: Int
  }

  /// Continues from a checkpoint as if training had not been interrupted, bit for bit.
  ///
  /// The number of epochs and the patience may differ from the checkpoint's.
  ///
  /// - Throws: `NetworkError.checkpoint` if it is of other examples, another shape or other options;
  ///   `SafetensorsError` if the file is damaged.
  public func resume(from path: String) throws {
    let file = try SafetensorsFile(path: path)
    guard let json = file.metadata[Self.key],
      let record = try? JSONDecoder().decode(Record.self, from: Data(json.utf8)),
      record.format == 1
    else { throw NetworkError.checkpoint(path: path, problem: "no checkpoint of a network") }
    guard record.fingerprint == fingerprint else {
      throw NetworkError.checkpoint(path: path, problem: "a checkpoint of other examples")
    }
    var options = record.options
    options.epochs = self.options.epochs
    options.patience = self.options.patience
    guard record.shape == shape, options == self.options else {
      throw NetworkError.checkpoint(path: path, problem: "a checkpoint of another recipe")
    }
    let count = network.parameters.count
    func read(_ name: String, to buffer: AlignedBuffer) throws {
      let tensor = try file.tensor(name, of: Float.self, shape: [count])
      try tensor.withUnsafeElements(of: Float.self) { values in
        buffer.base.update(from: values.baseAddress!, count: count)
      }
    }
    try read("values", to: network.parameters.values)
    try read("adam.first", to: optimizer.first)
    try read("adam.second", to: optimizer.second)
    if file.tensor("best") != nil {
      let kept = AlignedBuffer(count: count)
      try read("best", to: kept)
      best = kept
    }
    optimizer.steps = record.steps
    state = record.state
  }

  /// Writes the whole state, or nothing.
  func writeCheckpoint(to path: String) throws {
    let record = Record(
      shape: shape, options: options, fingerprint: fingerprint, state: state,
      steps: optimizer.steps)
    let count = network.parameters.count
    var file = SafetensorsWriter()
    func add(_ name: String, _ buffer: AlignedBuffer) {
      file.add(
        name, shape: [count], Array(UnsafeBufferPointer(start: buffer.base, count: count)))
    }
    add("values", network.parameters.values)
    add("adam.first", optimizer.first)
    add("adam.second", optimizer.second)
    if let best { add("best", best) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    file.metadata[Self.key] = String(decoding: try encoder.encode(record), as: UTF8.self)
    try file.write(to: path)
  }

  private static var key: String { "seqkit-network-checkpoint" }

  /// A number that differs for other examples: FNV-1a over lengths, labels and first rows, and over the
  /// principal components that are made of them.
  private var fingerprint: UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    func add(_ value: UInt64) { hash = (hash ^ value) &* 0x100_0000_01B3 }
    for example in examples {
      add(UInt64(example.gold.count))
      for label in example.gold { add(UInt64(label)) }
      guard example.rows.count > 0 else { continue }
      var row = [Float](repeating: 0, count: example.rows.width)
      row.withUnsafeMutableBufferPointer {
        example.rows.write(0..<1, to: $0.baseAddress!, stride: example.rows.width)
      }
      for value in row { add(UInt64(value.bitPattern)) }
    }
    if let components = preparation.components {
      for value in components.basis { add(UInt64(value.bitPattern)) }
    }
    return hash
  }
}
