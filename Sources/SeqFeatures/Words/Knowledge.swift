/// What feature templates know beforehand: tables of words, and phrases.
///
/// A model file carries it (Docs/Formats/model.md). While a model is trained, each part of the text
/// gets the knowledge of the other parts, so that learning relies on it only as far as it will hold
/// on new text.
public struct Knowledge: Hashable, Sendable {
  /// The tables that functions such as `memory` read.
  public var tables: [WordTable]
  /// The phrases that `gazetteer` finds.
  public var phrases: PhraseTable?

  /// Makes knowledge, of nothing by default.
  public init(tables: [WordTable] = [], phrases: PhraseTable? = nil) {
    self.tables = tables
    self.phrases = phrases
  }

  /// The table called `name`, if there is one.
  public func table(_ name: WordTable.Name) -> WordTable? { tables.first { $0.name == name } }
}
