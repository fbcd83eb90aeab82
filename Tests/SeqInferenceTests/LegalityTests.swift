import SeqCore
import SeqInference
import SeqMath
import Testing

/// What is derived from a scheme, against the enumeration of all paths.
@Suite struct LegalityTests {
  static func emissions(_ T: Int, _ L: Int, seed: UInt64) -> Emissions {
    var generator = RandomGenerator(seed: seed)
    var matrix = Matrix(rows: T, columns: L)
    for i in matrix.values.indices { matrix.values[i] = Float(generator.nextUnit()) * 6 - 3 }
    return Emissions(matrix)
  }

  static func chain(_ schema: SpanSchema) -> Chain {
    let zeros = [Float](repeating: 0, count: schema.count)
    return Chain(
      start: zeros, step: Matrix(rows: schema.count, columns: schema.count), end: zeros,
      mask: Legality(schema))
  }

  static func paths(_ T: Int, _ L: Int) -> [[Label]] {
    var all: [[Label]] = [[]]
    for _ in 0..<T { all = all.flatMap { path in (0..<L).map { path + [Label($0)] } } }
    return all
  }

  @Test(arguments: TaggingScheme.allCases)
  func theMaskAllowsExactlyTheLabelingsThatSpansHave(scheme: TaggingScheme) throws {
    let schema = SpanSchema(layer: "ner", types: ["A", "B"], scheme: scheme)
    let legality = Legality(schema)
    for path in Self.paths(3, schema.count) {
      let again = try schema.labels(of: schema.segments(of: path), count: 3)
      #expect(legality.allows(path) == (again == path))
      #expect(legality.allows(path) == (schema.firstFault(in: path) == nil))
    }
  }

  @Test(arguments: TaggingScheme.allCases)
  func theBestPathIsTheBestLegalOne(scheme: TaggingScheme) throws {
    let schema = SpanSchema(layer: "ner", types: ["A", "B"], scheme: scheme)
    let legality = Legality(schema)
    var changed = 0
    for seed in 0..<20 as Range<UInt64> {
      let emissions = Self.emissions(3, schema.count, seed: seed)
      var labels: [Label] = []
      _ = try Viterbi().bestPath(emissions, Self.chain(schema), into: &labels)
      func score(_ path: [Label]) -> Float {
        path.enumerated().reduce(0) { $0 + emissions[$1.offset, Int($1.element)] }
      }
      let all = Self.paths(3, schema.count)
      let best = all.filter(legality.allows).map(score).max()!
      #expect(legality.allows(labels))
      #expect(abs(score(labels) - best) < 1e-4, "seed \(seed)")
      if all.map(score).max()! > best { changed += 1 }
    }
    #expect(scheme == .io ? changed == 0 : changed > 0)
  }

  @Test(arguments: TaggingScheme.allCases)
  func probabilityIsSharedByLegalPathsAlone(scheme: TaggingScheme) throws {
    let schema = SpanSchema(layer: "ner", types: ["A", "B"], scheme: scheme)
    let emissions = Self.emissions(3, schema.count, seed: 5)
    let legality = Legality(schema)
    let scratch = ForwardBackward()
    let logZ = try scratch.run(on: emissions, Self.chain(schema))
    let legal = Self.paths(3, schema.count).filter(legality.allows).map { path in
      path.enumerated().reduce(0.0) { $0 + Double(emissions[$1.offset, Int($1.element)]) }
    }
    #expect(abs(logZ - logSum(legal)) < 1e-4)
    for j in 0..<schema.count where !legality.start[j] { #expect(scratch[0, j] == 0) }
    for j in 0..<schema.count where !legality.end[j] { #expect(scratch[2, j] == 0) }
  }
}
