import FoundationEssentials
import LanguagePack
import SeqCore
import SeqFormats
import SeqModel
import SeqPack
import SeqTestSupport
import Testing

@Suite struct SemanticRoleTests {
  private static let sample: [Record] = {
    let path = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Corpora/english-roles/sample.tsv").standardizedFileURL.path
    var records: [Record] = []
    do {
      var reader = RecordReader(try ByteSource(path: path), as: try FrameColumns())
      while let record = try reader.next() { records.append(record) }
    } catch { preconditionFailure("\(error)") }
    return records
  }()

  private func train(threads: Int) throws -> [(layer: String, bytes: [UInt8])] {
    var options = FrameTrainingOptions()
    options.folds = 3
    options.parserIterations = 6
    options.roleIterations = 12
    options.beam = 2
    options.committee = 2
    options.parserMinimumUpdates = 1
    options.roleMinimumUpdates = 1
    options.minimumRole = 1
    options.dropout = 0
    options.threads = threads
    return try SemanticRoleTrainer(options).run(Self.sample, trees: []) { _ in }
  }

  @Test func modelsDoNotDependOnTheNumberOfThreads() throws {
    let one = try train(threads: 1)
    let three = try train(threads: 3)
    #expect(one.map(\.layer) == ["lemmarule", "step", "role"])
    #expect(one.map(\.layer) == three.map(\.layer))
    #expect(one.map(\.bytes) == three.map(\.bytes))
  }

  @Test func aTrainingThatGoesOnGivesTheSameModels() throws {
    let path = FileManager.default.temporaryDirectory.appending(
      path: "seqkit-srl-\(UInt64.random(in: 0 ..< .max))"
    ).path
    defer { try? FileManager.default.removeItem(atPath: path) }
    var options = FrameTrainingOptions()
    options.folds = 2
    options.parserIterations = 2
    options.roleIterations = 2
    options.beam = 2
    options.minimumRole = 1
    options.roleMinimumUpdates = 1
    options.parserMinimumUpdates = 1
    options.checkpoint = path
    let whole = try SemanticRoleTrainer(options).run(Self.sample, trees: []) { _ in }
    options.resumes = true
    let again = try SemanticRoleTrainer(options).run(Self.sample, trees: []) { _ in }
    #expect(whole.map(\.bytes) == again.map(\.bytes))
    // Other options of roles use the same trees, and other models say so.
    options.roleIterations = 3
    let other = try SemanticRoleTrainer(options).run(Self.sample, trees: []) { _ in }
    options.checkpoint = nil
    options.resumes = false
    let fresh = try SemanticRoleTrainer(options).run(Self.sample, trees: []) { _ in }
    #expect(other.map(\.bytes) == fresh.map(\.bytes))
    #expect(other.map(\.bytes) != whole.map(\.bytes))
  }

  @Test(arguments: [false, true])
  func whatWasLearntByHeartIsLabelledRightWithGoldTrees(shares: Bool) throws {
    // The labeler itself, without the mistakes of tags and trees.
    let examples = Self.sample.flatMap { record in
      let tree = DependencyTree(
        heads: record.strings("head")!.map { Int($0)! - 1 }, relations: record.strings("deprel")!)
      return record.frames!.map {
        RoleLabeler.Example(
          sentence: TaggedSentence(record), tree: tree, predicate: $0.predicate,
          lemma: String($0.sense.prefix { $0 != "." }), arguments: $0.arguments)
      }
    }
    let templates = try #require(try SemanticRolePack.manifest().layer("role")).templates
    let trained = try RoleLabeler.train(
      examples, templates: templates, iterations: 15, margin: 1, dropout: 0, minimumRole: 1,
      sharesWeights: shares, seeds: [1], threads: 1)
    #expect((trained.labels.last == "*") == shares)
    let manifest = ModelManifest(
      name: "test", pack: "srl", layer: "role", labels: trained.labels, templates: templates,
      provenance: ModelManifest.Provenance(algorithm: "perceptron"))
    let labeler = try RoleLabeler(
      Model(
        bytes: Model.encode(
          PerceptronWeights.average(trained.learners, minimumUpdates: 1), manifest: manifest,
          precision: .float32, lexicon: []), name: "test"))
    for example in examples {
      let found = labeler.arguments(
        of: example.predicate, lemma: example.lemma, in: example.sentence, example.tree)
      #expect(found == example.arguments)
      for explanation in labeler.explanations(
        of: found, predicate: example.predicate, lemma: example.lemma, in: example.sentence,
        example.tree)
      {
        // Sums of the same hundreds of floats in another order.
        let sum = explanation.features.reduce(0) { $0 + $1.weight }
        #expect(abs(sum - explanation.score) < 1e-5 * max(1000, abs(explanation.score)))
        #expect(explanation.score > explanation.rivalScore)
      }
    }
  }

  @Test func aModelThatIsMissingIsNamed() throws {
    #expect(throws: RoleError.missingModel(layer: "upos")) { try SemanticRoleLabeler([]) }
  }

  @Test func aHeadOutsideTheSentenceIsReportedWithItsLine() throws {
    let bytes = Array("1\tGo\tgo\tVERB\tVB\t7\troot\tgo.01\tB-V\n\n".utf8)
    var records: [Record] = []
    try FrameColumns().decode(Chunk(bytes: bytes, provenance: Provenance(source: "x.tsv"))) {
      records.append($0)
    }
    let error = #expect(throws: RoleError.self) {
      try SemanticRoleTrainer(FrameTrainingOptions()).run(records, trees: []) { _ in }
    }
    #expect(
      "\(try #require(error))"
        == "x.tsv:1: found the head “7”, expected a number from 0 to 1, which is the number of words."
    )
  }

  @Test func aCycleOfHeadsEnds() {
    let tree = DependencyTree(heads: [1, 0, 3, 2], relations: ["a", "b", "c", "d"])
    #expect(tree.ancestors(of: 0) == [0, 1])
    #expect(tree.children == [[1], [0], [3], [2]])
  }
}
