import SeqKit
import Testing

/// `Docs/Guide/library.md`, "Tag".
@Suite struct TaggingExample {
  @Test func tagsInThreeLines() throws {
    let path = try TrainingExample.smallModel()

    // Example
    let tagger = try Tagger(path: path)
    for sentence in try tagger.tag("The dog sleeps. A cat runs.") {
      print(sentence.map { "\($0.form)/\($0.label)" }.joined(separator: " "))
    }
    // End

    let words = try tagger.tag("The dog sleeps. A cat runs.").joined()
    #expect(words.map(\.form) == ["The", "dog", "sleeps", ".", "A", "cat", "runs", "."])
    #expect(words.map(\.label).prefix(4) == ["DET", "NOUN", "VERB", "PUNCT"])
    #expect(words.allSatisfy { ($0.probability ?? 0) > 0.3 })
  }
}
