import SeqCore
import SeqFeatures
import SeqMath
import SeqModel
import Testing

/// Models whose weights were tampered with and whose checksum is right again.
@Suite struct ModelHostileTests {
  static let words = ["a", "b", "cc", "d"]

  /// A model of 8 labels, so that rows of scores have no padding that a label too high could hit.
  static func model(
    _ precision: LinearWeights.Precision, compact: Bool = false
  ) throws -> [UInt8] {
    let L = 8
    let program = try TemplateProgram(parsing: ["form[0]", "form[-1]"])
    let hashes = try Set(program.features(of: record).joined().map(\.hash)).sorted()
    var generator = RandomGenerator(seed: 1)
    var starts: [Int32] = [0]
    var labels: [Label] = []
    for _ in hashes {
      labels += (0..<L).filter { _ in generator.next(below: 2) == 0 }.map { Label($0) }
      starts.append(Int32(labels.count))
    }
    let zeros = [Float](repeating: 0, count: L)
    return try Model.encode(
      LinearParameters(
        features: hashes, starts: starts, labels: labels,
        weights: labels.map { Float($0) + 1 }, start: zeros, step: Matrix(rows: L, columns: L),
        end: zeros),
      manifest: ModelManifest(
        name: "hostile", pack: "test", layer: "tag", labels: (0..<L).map(String.init),
        templates: ["form[0]", "form[-1]"], provenance: .init(algorithm: "none")),
      precision: precision, lexicon: [], compact: compact)
  }

  static var record: Record {
    var record = Record(
      source: [], count: words.count, layers: [], provenance: Provenance(source: "words"))
    let ranges = words.map { record.append(Array($0.utf8)) }
    record.setText("form", to: ranges)
    return record
  }

  @Test(
    "What opens after a mutation of its weights tags without a fault",
    arguments: [
      LinearWeights.Precision.int8, .int16, .float32,
    ], [false, true])
  func mutations(_ precision: LinearWeights.Precision, compact: Bool) throws {
    let file = try SafetensorsFile(bytes: Self.model(precision, compact: compact), name: "m")
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = RandomGenerator(seed: seed)
    var opened = 0
    var refused = 0
    for round in 0..<4000 {
      var writer = SafetensorsWriter(metadata: file.metadata)
      for tensor in file.tensors {
        var bytes = Array(tensor.bytes)
        if tensor.name.hasPrefix("linear."), !bytes.isEmpty {
          for _ in 0...generator.next(below: 2) {
            bytes[generator.next(below: bytes.count)] = UInt8(
              [0, 1, 7, 8, 9, 127, 128, 255][generator.next(below: 8)])
          }
        }
        add(bytes, as: tensor, to: &writer)
      }
      do {
        let model = try Model(bytes: writer.encoded(), name: "m")
        opened += 1
        let tagger = Tagger(model)
        _ = try tagger.tag(Self.record, in: Workspace(tagger))
        let features = try model.program.features(of: Self.record).joined()
        for feature in features {
          for pair in model.weights.weights(of: feature.hash) {
            #expect(pair.label < 8, "seed \(seed), round \(round)")
          }
        }
      } catch is ModelError { refused += 1 }
    }
    #expect(opened > 0 && refused > 0, "seed \(seed)")
  }

  @Test("The full check finds lists that no slot or count agrees with")
  func lists() throws {
    let file = try SafetensorsFile(bytes: Self.model(.int8), name: "m")
    try Model(bytes: Self.model(.int8), name: "m").check()
    // The first list loses a row to a list of its own, which no slot names.
    var writer = SafetensorsWriter(metadata: file.metadata)
    for tensor in file.tensors {
      var bytes = Array(tensor.bytes)
      if tensor.name == "linear.pairs" { bytes[0] -= 1 }
      add(bytes, as: tensor, to: &writer)
    }
    let model = try Model(bytes: writer.encoded(), name: "m")
    #expect(throws: ModelError.self) { try model.check() }
  }

  private func add(
    _ bytes: [UInt8], as tensor: SafetensorsTensor, to writer: inout SafetensorsWriter
  ) {
    func values<Element: SafetensorsElement>(_: Element.Type) -> [Element] {
      bytes.withUnsafeBytes { Array($0.bindMemory(to: Element.self)) }
    }
    switch tensor.dtype {
    case .int8: writer.add(tensor.name, shape: tensor.shape, values(Int8.self))
    case .int16: writer.add(tensor.name, shape: tensor.shape, values(Int16.self))
    case .float32: writer.add(tensor.name, shape: tensor.shape, values(Float.self))
    case .uint8: writer.add(tensor.name, shape: tensor.shape, values(UInt8.self))
    case .uint32: writer.add(tensor.name, shape: tensor.shape, values(UInt32.self))
    default: writer.add(tensor.name, shape: tensor.shape, values(UInt64.self))
    }
  }
}
