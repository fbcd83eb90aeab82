import SeqCore
import SeqFeatures
import SeqMath
import SeqModel
import SeqTraining

/// Small corpora with known answers.
enum ToyCorpus {
  static let templates = [
    "form[0]", "form[-1]", "form[1]", "suffix(form[0], 1)", "suffix(form[0], 2)",
    "prefix(form[0], 1)", "form[-1] & form[0]", "bias",
  ]

  static var program: TemplateProgram {
    get throws { try TemplateProgram(parsing: templates) }
  }

  /// A record of words with labels in the layer `tag`.
  static func record(_ words: [(form: String, tag: String)]) -> Record {
    var record = Record(
      source: [], count: words.count, layers: [], provenance: Provenance(source: "toy"))
    let forms = words.map { record.append(Array($0.form.utf8)) }
    record.setText("form", to: forms)
    let tags = words.map { record.append(Array($0.tag.utf8)) }
    record.setText("tag", to: tags)
    return record
  }

  /// Sentences of nouns, verbs that end in -s, and adverbs that end in -ly; some words are
  /// ambiguous but for their neighbours.
  static func records(count: Int, seed: UInt64) -> [Record] {
    var generator = RandomGenerator(seed: seed)
    let stems = ["cat", "dog", "bird", "walk", "run", "plan", "light", "Ü", "na\u{EF}ve"]
    func pick() -> String { stems[generator.next(below: stems.count)] }
    return (0..<count).map { _ in
      var words: [(form: String, tag: String)] = []
      let clauses = 1 + generator.next(below: 3)
      for _ in 0..<clauses {
        words.append(("the", "D"))
        if generator.next(below: 2) == 0 { words.append((pick() + "ish", "J")) }
        // “plan” is a noun after “the” and a verb after a noun.
        words.append((pick(), "N"))
        words.append((generator.next(below: 2) == 0 ? pick() : pick() + "s", "V"))
        if generator.next(below: 2) == 0 { words.append((pick() + "ly", "R")) }
      }
      return record(words)
    }
  }

  static func corpus(
    _ records: [Record], templates: [String] = templates
  ) throws -> EncodedCorpus {
    var encoder = CorpusEncoder(program: try TemplateProgram(parsing: templates), layer: "tag")
    for record in records { try encoder.add(record) }
    return encoder.finish()
  }

  static func development(_ records: [Record], for corpus: EncodedCorpus) throws -> EncodedCorpus {
    var encoder = CorpusEncoder(program: try program, developmentFor: corpus)
    for record in records { try encoder.add(record) }
    return encoder.finish()
  }

  /// Every algorithm.
  static let algorithms = TrainingOptions.Algorithm.allCases
  /// Those that go through the data in passes and learn from mistakes or gradients.
  static let online: [TrainingOptions.Algorithm] = [.perceptron, .arow, .adagrad]
}
