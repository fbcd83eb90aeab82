public import SeqPack

/// Part-of-speech tags for the words of a sentence.
public struct PartOfSpeechPack: TaskPack {
  /// The name on the command line.
  public static let name = "pos"
  /// What it does.
  public static let abstract = "Part-of-speech tags for words."

  /// The target that holds its manifest and models.
  public static let resources = "LanguagePack"

  /// Makes the pack.
  public init() {}
}
