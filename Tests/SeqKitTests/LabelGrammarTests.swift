import SeqKit
import Testing

/// Grammars as files, and what the bundled ones allow.
struct LabelGrammarTests {
  private func problem(_ text: String) -> String {
    do {
      _ = try LabelGrammar(parsing: text, source: "g")
      return "none"
    } catch {
      return error.description
    }
  }

  @Test(arguments: [
    (
      "state a\nstart a\nend a",
      "g:1: a state is written: state NAME LABEL, and the label is one letter."
    ),
    (
      "state a AB\nstart a\nend a",
      "g:1: a state is written: state NAME LABEL, and the label is one letter."
    ),
    ("state a A\nstate a B\nstart a\nend a", "g:2: the state a was declared before."),
    ("state a A\nstep a -> b\nstart a\nend a", "g:2: there is no state b."),
    ("state a A\nstep a b\nstart a\nend a", "g:2: a step is written: step FROM … -> TO …."),
    (
      "state a A length 3\nstart a\nend a",
      "g:1: \"3\" is no length; write 12..40, or 30..200+ for no limit."
    ),
    (
      "state a A length 3..5\nstep a -> a\nstart a\nend a",
      "g:2: a has a length, so it cannot follow itself."
    ),
    (
      "state a A colour red\nstart a\nend a",
      "g:1: \"colour\" is no property of a state; known are class, letters, length."
    ),
    ("state a A\nstart a", "g:1: no state may be last (end)."),
    ("state a A\nend a", "g:1: no state may be first (start)."),
    ("", "g:1: it has no state."),
    (
      "states a",
      "g:1: \"states\" is no keyword; known are grammar, state, step, start, end, signal, group, segments."
    ),
    ("state a A\nsignal B\nstart a\nend a", "g:2: there is no class B."),
    ("state a A\ngroup A A\nstart a\nend a", "g:2: the class A is in a group already."),
  ])
  func faultsAreNamed(text: String, expected: String) { #expect(problem(text) == expected) }

  @Test func statesSharingAClassShareItsNumber() throws {
    let grammar = try LabelGrammar(
      parsing: """
        grammar g   # a comment
        segments H 5
        state i 1
        state h H length 2..4
        state k H class core letters AC length 3..5+
        step i -> i h k
        step h k -> i
        start i
        end i h
        """, source: "g")
    #expect(grammar.labels == Array("1H".utf8))
    #expect(grammar.classes == ["1", "H", "core"])
    #expect(grammar.classNumber(ofLabel: UInt8(ascii: "1")) == 0)
    #expect(grammar.classNumber(ofLabel: UInt8(ascii: "H")) == nil)
    #expect(!grammar.classesAreLabels)
    #expect(grammar.states[2].isOpen && grammar.states[2].lengths == 3...5)
    #expect(grammar.segments == Array("H".utf8) && grammar.tolerance == 5)
    #expect(grammar.steps == [[0, 1, 2], [0], [0]])
  }

  @Test func aChainOfLabelsIsAGrammarToo() throws {
    for longest in [nil, 4] {
      let text = LabelGrammar.chain(of: Array("CEH".utf8), longest: longest)
      let grammar = try LabelGrammar(parsing: text, source: "g")
      #expect(grammar.classesAreLabels && grammar.labels == Array("CEH".utf8))
    }
  }
}
