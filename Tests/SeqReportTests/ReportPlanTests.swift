import Foundation
import SeqPack
import Testing

@testable import SeqReport

/// Plans: what they say, and what is wrong with them.
@Suite struct ReportPlanTests {
  private func plan(_ text: String) throws -> ReportPlan {
    try ReportPlan(json5: Data(text.utf8), path: "dir/plan.json5")
  }

  private func sentence(_ text: String) -> String {
    do {
      var plan = try plan(text)
      try plan.complete(with: PackRegistry([]))
      return ""
    } catch { return "\(error)" }
  }

  static let corpus = "{ name: 'c', task: 'words', layers: 'upos', test: 't.conllu' }"

  @Test func readsWhatItSays() throws {
    let plan = try plan(
      """
      { title: 'T', seed: 7, curve: [0.5, 1], // a comment
        corpora: [{ name: 'c', task: 'spans', layers: ['ner'], test: '{data}/t.tsv', columns: ['form', 'ner'] }],
        variables: { data: '/d' },
        systems: [{ name: 'a', predictions: 'a.tsv' }, { name: 'b', command: 'python3 b.py {input}' },
          { name: 'h', pack: 'pos', train: { algorithm: 'hmm' }, seeds: [1, 2] }] }
      """)
    #expect(plan.title == "T" && plan.seed == 7 && plan.curve == [0.5, 1])
    #expect(plan.folder == "dir")
    #expect(plan.resolve(plan.corpora[0].test) == "/d/t.tsv")
    #expect(plan.resolve("x") == "dir/x")
    #expect(plan.systems.map(\.kind) == ["predictions", "command", "trained"])
    #expect(plan.systems[1].command == ["python3", "b.py", "{input}"])
    #expect(plan.systems[2].seeds == [1, 2])
  }

  @Test func unknownKeysAreErrorsWithTheNearest() {
    #expect(
      sentence("{ corpora: [\(Self.corpus)], systms: [] }").hasPrefix(
        "dir/plan.json5: there is no key \"systms\". Did you mean \"systems\"?"))
    let inner = sentence("{ corpora: [\(Self.corpus)], systems: [{ name: 'a', prediction: 'x' }] }")
    #expect(
      inner.contains("systems[0]: there is no key \"prediction\". Did you mean \"predictions\"?"))
  }

  @Test(arguments: [
    ("{ corpora: [], systems: [{ name: 'a', predictions: 'x' }] }", "corpora: there is none"),
    ("{ corpora: [\(corpus)], systems: [] }", "systems: there is none"),
    ("{ corpora: [\(corpus)], systems: [{ name: 'a' }] }", "expected one of model, train"),
    (
      "{ corpora: [\(corpus)], systems: [{ name: 'a', predictions: 'x', command: 'y' }] }",
      "expected one"
    ),
    (
      "{ corpora: [\(corpus)], systems: [{ name: 'a', train: {}, pack: 'pos' }] }",
      "there is no pack pos"
    ),
    (
      "{ corpora: [\(corpus)], systems: [{ name: 'a', predictions: 'x', corpora: ['d'] }] }",
      "no corpus d"
    ),
    (
      "{ corpora: [{ name: 'c', task: 'word', test: 't' }], systems: [{ name: 'a', predictions: 'x' }] }",
      "did you mean words?"
    ),
    (
      "{ corpora: [{ name: 'c.d', task: 'words', test: 't' }], systems: [{ name: 'a', predictions: 'x' }] }",
      "expected letters, digits"
    ),
    (
      "{ corpora: [\(corpus)], systems: [{ name: 'a', predictions: 'x' }], rounds: 0 }", "rounds: 0"
    ),
    ("{ corpora: [\(corpus)], systems: [{ name: 'a', predictions: 'x' }], curve: [2] }", "curve"),
    ("{ corpora: 3, systems: [] }", "corpora: expected a value of another kind"),
    ("{ corpora: [{ name: 'c' }], systems: [] }", "corpora[0].test: is missing"),
    ("{ corpora: [", "does not parse"),
  ])
  func faultsNameTheirPlace(_ text: String, _ expected: String) {
    let sentence = sentence(text)
    #expect(sentence.contains(expected), "\(sentence)")
  }

  @Test func bracesThatNameNothingStay() {
    #expect(substitute("a {x} {y} {", ["x": "1"]) == "a 1 {y} {")
  }
}

/// Gates: parsing, and what they say of a report.
@Suite struct GateTests {
  @Test func parses() throws {
    let gate = try Gate("my: system: ewt.upos.accuracy >= 0.953")
    #expect(gate.system == "my: system")
    #expect(gate.path == ["ewt", "upos", "accuracy"])
    #expect(gate.relation == .atLeast && gate.value == 0.953)
    #expect(try Gate("ewt.speed > 1e6").system == nil)
  }

  @Test(arguments: ["", "ewt.upos.accuracy", "accuracy >= 1", "a.b.c >= x", "a.b.c.d > 1"])
  func refusesWhatIsNone(_ text: String) {
    #expect(throws: ReportError.self) { try Gate(text) }
  }
}
