import SeqCore
import SeqInference
import SeqMath
import SeqModel
import SeqNeural
import Testing

@Suite("Principal components")
struct PrincipalComponentsTests {
  /// Rows of D columns made of two hidden numbers, with a column that is constant and little noise.
  private static func rows(_ count: Int, seed: UInt64, noise: Double = 0.02) -> DenseRows {
    var generator = RandomGenerator(seed: seed)
    func draw() -> Double { generator.nextUnit() * 2 - 1 }
    var values: [Float] = []
    for _ in 0..<count {
      let (a, b) = (draw() * 3, draw())
      let clean: [Double] = [a, b, a + b, 1000 * (a - b), 0.001 * b]
      var row = clean.map { Float($0 * (1 + noise * draw())) }
      row[4] += 5
      values += row + [7]
    }
    return DenseRows(rows: count, width: 6, values: values)
  }

  private static func projected(_ found: PrincipalComponents, _ rows: DenseRows) -> [[Double]] {
    (0..<rows.rows).map { t in
      (0..<found.count).map { k in
        (0..<6).reduce(0.0) { sum, d in
          let x = rows.values[t * 6 + d]
          let standardized =
            (x - found.standardization.mean[d]) * found.standardization.factor[d]
          return sum + Double(standardized) * Double(found.basis[d * found.count + k])
        }
      }
    }
  }

  @Test("Coordinates have mean 0, no correlation, and the variances that were told")
  func fit() throws {
    let sequences = [Self.rows(700, seed: 1), Self.rows(40, seed: 2)]
    let found = try PrincipalComponents(of: sequences, keeping: .count(3))
    #expect(found.columns == 6 && found.count == 3)
    let values = sequences.flatMap { Self.projected(found, $0) }
    let n = Double(values.count)
    for i in 0..<3 {
      #expect(abs(values.reduce(0) { $0 + $1[i] } / n) < 1e-3)
      for j in i..<3 {
        let product = values.reduce(0) { $0 + $1[i] * $1[j] } / n
        // Five columns vary, each with variance 1.
        #expect(abs(product - (i == j ? Double(found.shares[i]) * 5 : 0)) < 1e-3)
      }
    }
    #expect((0..<3).allSatisfy { found.basis[5 * 3 + $0] == 0 }, "a constant column has no part")
    #expect(found.shares[0] >= found.shares[1] && found.shares[1] > 20 * found.shares[2])
    #expect(
      try PrincipalComponents(of: sequences, keeping: .count(3), threads: 3) == found,
      "threads change nothing")
  }

  @Test("A share of the variance takes as few as have it")
  func share() throws {
    let rows = [Self.rows(500, seed: 3)]
    let all = try PrincipalComponents(of: rows, keeping: .count(6))
    #expect(abs(all.share - 1) < 1e-6)
    for share in [0.3, 0.9, 0.999, 1] {
      let found = try PrincipalComponents(of: rows, keeping: .share(share))
      let less = all.shares.prefix(found.count - 1).reduce(0) { $0 + Double($1) }
      #expect(found.share >= share - 1e-6 && less < share, "\(share): \(found.count)")
    }
    for wanted in [.count(0), .count(7), .share(0), .share(1.5), .share(.nan)]
      as [PrincipalComponents.Wanted]
    {
      #expect(throws: NetworkError.self) { try PrincipalComponents(of: rows, keeping: wanted) }
    }
    #expect(throws: NetworkError.self) { try PrincipalComponents(of: [], keeping: .count(1)) }
  }

  private func trainer(_ components: PrincipalComponents?) throws -> NetworkTrainer {
    let examples = (0..<3).map { number in
      let rows = Self.rows(60, seed: 10 + UInt64(number))
      return NetworkExample(rows, gold: (0..<60).map { rows.values[$0 * 6] > 0 ? 1 : 0 })
    }
    var shape = NetworkShape(inputs: components?.count ?? 6, labels: 2)
    (shape.stages, shape.layers, shape.maps, shape.isCausal) = (1, 2, 8, true)
    var options = NetworkTrainingOptions()
    options.epochs = 3
    return try NetworkTrainer(
      shape, options, examples: examples, standardizes: true, components: components)
  }

  @Test("A model keeps them: it is read back, and runs alike whole, by layers and as a stream")
  func model() throws {
    let fitted = try PrincipalComponents(of: [Self.rows(200, seed: 4)], keeping: .count(2))
    let trainer = try trainer(fitted)
    try trainer.run()
    let written = trainer.model(signManifest())
    #expect(written.manifest.components.contains("pca.v1"))
    let bytes = try written.encoded()
    let read = try NetworkModel(SafetensorsFile(bytes: bytes, name: "model"))
    try read.check()
    #expect(read.preparation == written.preparation && read.preparation.components == fitted)
    #expect(try read.encoded() == bytes)
    let rows = Self.rows(400, seed: 5)
    let expected = written.plainScores(of: rows)
    let found = read.scorer(threads: 2).scores(of: rows)
    let stream = try #require(NetworkStream(read))
    for t in 0..<400 {
      for j in 0..<2 { #expect(abs(found[t, j] - expected[t][j]) < 1e-5) }
      stream.push(Array(rows.values[t * 6..<t * 6 + 6]), count: 1) { number, row in
        #expect(number == t && abs(row[0] - expected[t][0]) < 1e-4)
      }
    }
  }

  @Test("Gaussians are fitted on the coordinates, windows of them too")
  func gaussian() throws {
    let examples = (0..<2).map { number in
      let rows = Self.rows(300, seed: 20 + UInt64(number))
      return NetworkExample(rows, gold: (0..<300).map { rows.values[$0 * 6] > 0 ? 1 : 0 })
    }
    let components = try PrincipalComponents(of: examples.map(\.rows), keeping: .count(2))
    let fit = try GaussianFit(
      examples, labels: 2, components: components,
      expansion: FeatureExpansion(offsets: [0], windows: [2]))
    let model = fit.model(signManifest(), decoder: .independent(labelCount: 2))
    #expect(model.shape.inputs == 2 * 2 * 3)
    let found = model.scorer().scores(of: examples[0].rows)
    let right = (0..<300).count { (found[$0, 1] > found[$0, 0]) == (examples[0].gold[$0] == 1) }
    #expect(right > 270)
    let read = try NetworkModel(SafetensorsFile(bytes: model.encoded(), name: "model"))
    #expect(
      read.scorer().scores(of: examples[1].rows)[7, 0]
        == model.scorer().scores(of: examples[1].rows)[7, 0])
  }

  @Test("Damaged files and components of other rows are refused")
  func refuses() throws {
    let fitted = try PrincipalComponents(of: [Self.rows(200, seed: 4)], keeping: .count(2))
    let bytes = try trainer(fitted).model(signManifest()).encoded()
    let file = try SafetensorsFile(bytes: bytes, name: "model")
    for (name, shape) in [
      ("pca.basis", [2, 6]), ("pca.mean", [12]), ("pca.shares", [1]), ("pca.basis", [6, 0]),
    ] {
      var writer = SafetensorsWriter(metadata: file.metadata)
      for tensor in file.tensors {
        if tensor.name == name {
          writer.add(
            name, shape: shape, [Float](repeating: 1, count: shape.reduce(1, *)))
        } else {
          writer.add(tensor.name, shape: tensor.shape, try tensor.array(of: Float.self))
        }
      }
      let changed = try writer.encoded()
      #expect(throws: (any Error).self, "\(name) \(shape)") {
        try NetworkModel(SafetensorsFile(bytes: changed, name: "model"))
      }
    }
    let narrow = DenseRows(rows: 4, width: 3, values: [Float](repeating: 1, count: 12))
    let other = NetworkExample(narrow, gold: [0, 1, 0, 1])
    #expect(throws: NetworkError.self) { try GaussianFit([other], labels: 2, components: fitted) }
    #expect(throws: NetworkError.self) {
      try NetworkTrainer(
        NetworkShape(inputs: 2, labels: 2), examples: [other], standardizes: true,
        components: fitted)
    }
  }
}
