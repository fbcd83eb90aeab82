import SeqCore
import SeqMath
import SeqModel
import Testing

@Suite struct CompactKeysTests {
  /// A model of so many features with hashes at random, two weights each.
  private func model(
    _ hashes: [UInt64], _ precision: LinearWeights.Precision, compact: Bool
  ) throws -> Model {
    let L = 5
    let zeros = [Float](repeating: 0, count: L)
    let bytes = try Model.encode(
      LinearParameters(
        features: hashes, starts: (0...hashes.count).map { Int32($0 * 2) },
        labels: hashes.indices.flatMap { [Label($0 % 3), Label(3 + $0 % 2)] },
        weights: hashes.indices.flatMap { [Float($0 % 7) + 1, -Float($0 % 11) - 1] },
        start: zeros, step: Matrix(rows: L, columns: L), end: zeros),
      manifest: ModelManifest(
        name: "compact", pack: "test", layer: "tag", labels: (0..<L).map(String.init),
        templates: ["form[0]"], provenance: .init(algorithm: "none")),
      precision: precision, lexicon: [], compact: compact)
    return try Model(bytes: bytes, name: "m")
  }

  @Test(
    "Both layouts of features give the same weights",
    arguments: [0, 1, 7, 8, 15, 16, 1000, 50_000], [LinearWeights.Precision.int8, .float32])
  func weights(count: Int, precision: LinearWeights.Precision) throws {
    var generator = RandomGenerator(seed: 5)
    var hashes: Set<UInt64> = count > 2 ? [1, .max] : []
    while hashes.count < count { hashes.insert(max(generator.next(), 1)) }
    // Neither layout asks for an order.
    let features = Array(hashes)
    let plain = try model(features, precision, compact: false)
    let compact = try model(features, precision, compact: true)
    #expect(compact.manifest.components.first == "linear.v2")
    #expect(compact.weights.featureCount == count)
    #expect(compact.weights.pairCount == plain.weights.pairCount)
    try compact.check()
    for hash in features {
      let expected = plain.weights.weights(of: hash)
      let found = compact.weights.weights(of: hash)
      #expect(
        found.map(\.label) == expected.map(\.label) && found.map(\.weight) == expected.map(\.weight)
      )
    }
    for _ in 0..<1000 {
      let hash = generator.next()
      if !hashes.contains(hash) { #expect(!compact.weights.contains(hash)) }
    }
    if count > 100 {
      let saved = try plain.file.tensor("linear.slots", of: UInt64.self, shape: [nil]).bytes.count
      #expect(Double(saved) > 2.4 * Double(count) * 4.2)
    }
  }

  @Test("Blocks that do not count the keys, and lists that are not one a key, are refused")
  func contradictions() throws {
    let file = try SafetensorsFile(
      bytes: ModelHostileTests.model(.int8, compact: true), name: "m")
    for name in ["linear.blocks", "linear.keys", "linear.pairs"] {
      var writer = SafetensorsWriter(metadata: file.metadata)
      for tensor in file.tensors {
        var bytes = Array(tensor.bytes)
        switch tensor.dtype {
        case .uint8:
          if tensor.name == name { bytes[0] += 1 }
          writer.add(tensor.name, shape: tensor.shape, bytes)
        case .uint32:
          var keys = bytes.withUnsafeBytes { Array($0.bindMemory(to: UInt32.self)) }
          if tensor.name == name { keys.removeLast() }
          writer.add(tensor.name, shape: [keys.count], keys)
        case .int8:
          if tensor.name == name { bytes[0] += 1 }
          writer.add(tensor.name, shape: tensor.shape, bytes.map { Int8(bitPattern: $0) })
        default:
          writer.add(
            tensor.name, shape: tensor.shape,
            bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) })
        }
      }
      #expect(throws: ModelError.self) { try Model(bytes: writer.encoded(), name: "m") }
    }
  }
}
