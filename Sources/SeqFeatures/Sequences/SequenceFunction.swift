/// A function from the words of a whole sequence to a value for each of them, as templates name it:
/// `gazetteer(form[0])`.
///
/// It stands innermost in a term, since it reads a layer and not the value of one position; other
/// functions may follow.
public enum SequenceFunction: String, Hashable, Sendable, CaseIterable {
  /// How the letters of the sequence are written; see ``SentenceCase``.
  case sentenceCase
  /// The phrase that the word is part of, and its place in it; see ``PhraseTable``.
  case gazetteer
  /// The thing with a form, such as an e-mail address or a date, that the word is part of, and its place
  /// in it; see ``TextPattern``.
  case pattern
}
