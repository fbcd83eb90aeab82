package import SeqCore

/// A sentence as the pipeline of semantic roles sees it: words with part-of-speech tags.
package struct TaggedSentence: Sendable {
  /// A word with what its form tells at once.
  package struct Word: Hashable, Sendable {
    /// The form as written.
    package var form: String
    /// The form in lower case.
    package var lower: String
    /// The universal tag.
    package var upos: String
    /// The treebank's tag.
    package var xpos: String
  }
  /// The words.
  package var words: [Word]

  /// The number of words.
  package var count: Int { words.count }

  /// Reads the layers `form`, `upos` and `xpos` of a record.
  ///
  /// - Precondition: the record has them.
  package init(_ record: borrowing Record) {
    guard let forms = record.strings("form"), let upos = record.strings("upos"),
      let xpos = record.strings("xpos")
    else { preconditionFailure("A tagged sentence has the layers form, upos and xpos.") }
    words = forms.indices.map { t in
      Word(form: forms[t], lower: forms[t].lowercased(), upos: upos[t], xpos: xpos[t])
    }
  }
}
