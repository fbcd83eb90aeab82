import Foundation
import SeqCore
import SeqInference
import SeqMath
import SeqModel
import SeqNeural
import Testing

@Suite("Running networks")
struct NetworkStreamTests {
  private static func model(
    causal: Bool, layers: Int, maps: Int = 20, stages: Int = 2, labels: Int = 3, dual: Int? = nil
  ) throws -> NetworkModel {
    var shape = NetworkShape(inputs: 4, labels: labels)
    shape.stages = stages
    shape.layers = layers
    shape.maps = maps
    shape.isCausal = causal
    shape.dualLayers = dual
    return try Self.model(shape)
  }

  private static func recurrent(causal: Bool, maps: Int, units: Int) throws -> NetworkModel {
    var shape = NetworkShape.recurrent(inputs: 4, labels: 3)
    (shape.isCausal, shape.maps, shape.recurrentUnits) = (causal, maps, units)
    return try model(shape)
  }

  private static func model(_ shape: NetworkShape, rounds: Bool = false) throws -> NetworkModel {
    let labels = shape.labels
    var options = NetworkTrainingOptions()
    options.epochs = 1
    options.roundsWeights = rounds
    let trainer = try NetworkTrainer(
      shape, options,
      examples: [NetworkExample(rows(30), gold: (0..<30).map { Label($0 % labels) })],
      standardizes: true)
    try trainer.run()
    return trainer.model(
      ModelManifest(
        name: "x", pack: "frames", layer: "action", labels: (0..<labels).map { "l\($0)" },
        templates: [], provenance: .init(algorithm: "tcn")))
  }

  private static func rows(_ count: Int, seed: UInt64 = 2) -> DenseRows {
    var generator = RandomGenerator(seed: seed)
    return DenseRows(
      rows: count, width: 4,
      values: (0..<count * 4).map { _ in Float(generator.nextUnit() * 6 - 3) })
  }

  /// Scores by the layers as training runs them.
  private func plain(_ model: NetworkModel, _ rows: DenseRows) -> [[Float]] {
    model.plainScores(of: rows)
  }

  @Test(
    "Rows in rings give the bits of whole layers, on any number of threads",
    arguments: [1, 2, 47, 48, 49, 700], [false, true])
  func scorer(count: Int, causal: Bool) throws {
    for (layers, maps, dual) in [(4, 20, nil), (6, 64, nil), (0, 16, nil), (3, 20, 5), (2, 64, 4)] {
      let model = try Self.model(causal: causal, layers: layers, maps: maps, dual: dual)
      let rows = Self.rows(count)
      let expected = plain(model, rows)
      for threads in [1, 3] {
        let found = model.scorer(threads: threads).scores(of: rows)
        for t in 0..<count {
          for j in 0..<3 { #expect(found[t, j] == expected[t][j], "frame \(t), \(layers) layers") }
        }
      }
    }
  }

  @Test(
    "Recurrent units give the bits of the layers, on any number of threads",
    arguments: [1, 50, 700],
    [false, true])
  func recurrentUnits(count: Int, causal: Bool) throws {
    for (maps, units) in [(20, 9), (16, 32)] {
      let model = try Self.recurrent(causal: causal, maps: maps, units: units)
      let rows = Self.rows(count)
      let expected = plain(model, rows)
      for threads in [1, 3] {
        let scorer = model.scorer(threads: threads)
        // A second sequence knows nothing of the first.
        _ = scorer.scores(of: Self.rows(5, seed: 8))
        let found = scorer.scores(of: rows)
        for t in 0..<count {
          for j in 0..<3 { #expect(found[t, j] == expected[t][j], "frame \(t), \(units) units") }
        }
      }
    }
  }

  @Test("A stream carries the state of recurrent units", arguments: [1, 7, 300])
  func recurrentStream(piece: Int) throws {
    let model = try Self.recurrent(causal: true, maps: 16, units: 12)
    let rows = Self.rows(500)
    let expected = model.scorer().scores(of: rows)
    let stream = try #require(NetworkStream(model))
    #expect(stream.lag == 0)
    var told = 0
    for from in Swift.stride(from: 0, to: 500, by: piece) {
      let n = min(piece, 500 - from)
      stream.push(Array(rows.values[from * 4..<(from + n) * 4]), count: n) { t, row in
        #expect(t == told)
        // One frame's maps are summed in another order than many frames', which the state carries on.
        for j in 0..<3 { #expect(abs(row[j] - expected[t, j]) < 1e-5) }
        told += 1
      }
      #expect(told == from + n, "nothing waits")
    }
    stream.finish { _, _ in Issue.record("nothing is left") }
    #expect(told == 500)
    #expect(NetworkStream(try Self.recurrent(causal: false, maps: 16, units: 12)) == nil)
  }

  @Test("Threads that share a long sequence change nothing")
  func pieces() throws {
    for dual in [nil, 3] {
      let model = try Self.model(causal: false, layers: 2, maps: 16, dual: dual)
      let rows = Self.rows(2100)
      let one = model.scorer(threads: 1).scores(of: rows)
      let two = model.scorer(threads: 2).scores(of: rows)
      let isEqual = (0..<2100).allSatisfy { t in (0..<3).allSatisfy { one[t, $0] == two[t, $0] } }
      #expect(isEqual)
    }
  }

  @Test(
    "A stream gives what the whole sequence gives, in pieces of any size", arguments: [1, 7, 300])
  func stream(piece: Int) throws {
    for (causal, dual) in [(true, nil), (false, nil), (true, 5), (false, 5)] as [(Bool, Int?)] {
      let model = try Self.model(causal: causal, layers: 5, labels: 18, dual: dual)
      let rows = Self.rows(500)
      let expected = model.scorer().scores(of: rows)
      let stream = try #require(NetworkStream(model))
      // 16 + 8 + 4 + 8 + 16 of five dual layers, 1 + 2 + 4 + 8 + 16 of plain ones.
      #expect(stream.lag == (causal ? 0 : dual == nil ? 62 : 52 + 31))
      var told = 0
      func take(_ t: Int, _ row: UnsafePointer<Float>) {
        #expect(t == told)
        for j in 0..<18 { #expect(abs(row[j] - expected[t, j]) < 1e-5) }
        told += 1
      }
      for from in Swift.stride(from: 0, to: 500, by: piece) {
        let n = min(piece, 500 - from)
        let part = Array(rows.values[from * 4..<(from + n) * 4])
        stream.push(part, count: n, emit: take)
        #expect(told >= from + n - stream.lag)
        if causal { #expect(told == from + n, "nothing waits") }
      }
      stream.finish(emit: take)
      #expect(told == 500)
    }
  }

  @Test(
    "Rounded weights give a stream what they give the whole sequence", arguments: [1, 7],
    [nil, 4])
  func halves(piece: Int, dual: Int?) throws {
    // Five tiles: four are read as halves at a time, and one remains.
    var shape = NetworkShape(inputs: 4, labels: 18)
    (shape.stages, shape.layers, shape.maps, shape.isCausal) = (2, 4, 80, true)
    shape.dualLayers = dual
    let model = try Self.model(shape, rounds: true)
    let stream = try #require(NetworkStream(model))
    #expect(stream.readsHalves == NetworkStream.prefersHalves)
    #expect(try #require(NetworkStream(try Self.model(shape))).readsHalves == false)
    let rows = Self.rows(300)
    let expected = model.scorer().scores(of: rows)
    let layers = plain(model, rows)
    var told = 0
    for from in Swift.stride(from: 0, to: 300, by: piece) {
      let n = min(piece, 300 - from)
      stream.push(Array(rows.values[from * 4..<(from + n) * 4]), count: n) { t, row in
        for j in 0..<18 {
          #expect(abs(row[j] - expected[t, j]) < 1e-5)
          #expect(expected[t, j] == layers[t][j])
        }
        told += 1
      }
    }
    #expect(told == 300)
  }

  @Test("Rounded weights are written as they are and read back; rounding again changes nothing")
  func rounding() throws {
    var (dual, recurrent) = (
      NetworkShape.mstcnPlusPlus(inputs: 4, labels: 3), NetworkShape.recurrent(inputs: 4, labels: 3)
    )
    (dual.stages, dual.layers, dual.dualLayers) = (2, 2, 3)
    recurrent.recurrentUnits = 24
    for shape in [dual, recurrent] {
      let exact = try Self.model(shape)
      let rounded = try Self.model(shape, rounds: true)
      let bytes = try rounded.encoded()
      let file = try SafetensorsFile(bytes: bytes, name: "rounded")
      let old = try SafetensorsFile(bytes: exact.encoded(), name: "exact")
      #expect(file.byteCount < old.byteCount * 6 / 10)
      for tensor in old.tensors {
        #expect(tensor.dtype == .float32, "\(tensor.name)")
        let found = try #require(file.tensor(tensor.name))
        let isMatrix = tensor.shape.count > 1
        #expect(found.dtype == (isMatrix ? .float16 : .float32), "\(tensor.name)")
        let values = try tensor.array(of: Float.self)
        // The nearest number of half precision, or the same number.
        if isMatrix {
          let halves = try found.array(of: Float16.self)
          #expect(halves == values.map { Float16($0) } && halves.allSatisfy(\.isFinite))
        } else {
          #expect(try found.array(of: Float.self) == values)
        }
      }
      let read = try NetworkModel(file)
      try read.check()
      #expect(try read.encoded() == bytes)
      let rows = Self.rows(60)
      #expect(read.plainScores(of: rows) == rounded.plainScores(of: rows))
      #expect(try NetworkModel(old).plainScores(of: rows) == exact.plainScores(of: rows))
    }
  }

  @Test("Expanded rows are what loops over the sequence give")
  func expansion() {
    let base = Self.rows(40)
    let expansion = FeatureExpansion(offsets: [0, -3, 2], differences: [4], windows: [3])
    let expanded = ExpandedRows(base, expansion)
    #expect(expanded.width == 24)
    func x(_ t: Int, _ d: Int) -> Float { base.values[min(max(t, 0), 39) * 4 + d] }
    for range in [0..<40, 5..<6, 30..<40, 0..<3] {
      var values = [Float](repeating: 0, count: range.count * 24)
      values.withUnsafeMutableBufferPointer {
        expanded.write(range, to: $0.baseAddress!, stride: 24)
      }
      for (index, t) in range.enumerated() {
        for d in 0..<4 {
          let row = Array(values[index * 24..<index * 24 + 24])
          #expect(row[d] == x(t, d) && row[4 + d] == x(t - 3, d) && row[8 + d] == x(t + 2, d))
          #expect(row[12 + d] == x(t, d) - x(t - 4, d))
          let window = (max(t - 3, 0)..<min(t + 4, 40)).map { Double(x($0, d)) }
          let mean = window.reduce(0, +) / Double(window.count)
          let variance = window.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(window.count)
          #expect(abs(Double(row[16 + d]) - mean) < 1e-5)
          #expect(abs(Double(row[20 + d]) - variance.squareRoot()) < 1e-5)
        }
      }
    }
  }

  @Test("Rows of zeros hold the last other row, for so long")
  func holding() {
    let base = DenseRows(
      rows: 7, width: 2, values: [0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0])
    let held = ExpandedRows(base, FeatureExpansion(holds: 2))
    #expect(held.width == 4)
    let expected: [[Float]] = [
      [0, 0, 0, 0], [1, 2, 0, 0], [0, 0, 1, 2], [0, 0, 1, 2], [0, 0, 0, 0], [0, 3, 0, 0],
      [0, 0, 0, 3],
    ]
    for range in [0..<7, 3..<4, 4..<7] {
      var values = [Float](repeating: -1, count: range.count * 4)
      values.withUnsafeMutableBufferPointer { held.write(range, to: $0.baseAddress!, stride: 4) }
      #expect(values == Array(expected[range].joined()))
    }
    #expect(FeatureExpansion(windows: [3], holds: 2).reach == (before: 5, after: 3))
    #expect(FeatureExpansion(windows: [3], holds: 2).factor == 6)
    #expect(FeatureExpansion(holds: 0).fault?.contains("holds rows for 0") == true)
  }

  @Test("Gaussians score as their densities do")
  func gaussian() throws {
    var generator = RandomGenerator(seed: 6)
    let T = 600
    let gold = (0..<T).map { Label($0 / 50 % 2) }
    let values: [Float] = (0..<T).flatMap { t -> [Float] in
      let noise = (0..<4).reduce(0.0) { sum, _ in sum + generator.nextUnit() - 0.5 }
      return [Float(noise * (gold[t] == 0 ? 1 : 4) + (gold[t] == 0 ? 100 : 103))]
    }
    let example = NetworkExample(DenseRows(rows: T, width: 1, values: values), gold: gold)
    let fit = try GaussianFit([example], labels: 2, pooling: 0)
    let found = fit.scorer().scores(of: example.rows)
    func moments(_ label: Label) -> (Double, Double) {
      let own = (0..<T).filter { gold[$0] == label }.map { Double(values[$0]) }
      let mean = own.reduce(0, +) / Double(own.count)
      return (mean, own.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(own.count))
    }
    for t in 0..<T {
      let densities = (0..<2).map { label -> Double in
        let (mean, variance) = moments(Label(label))
        let d = Double(values[t]) - mean
        return -d * d / (2 * variance) - 0.5 * log(variance)
      }
      #expect(
        abs(Double(found[t, 1] - found[t, 0]) - (densities[1] - densities[0])) < 0.02)
    }
  }
}
