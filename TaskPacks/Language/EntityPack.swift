public import SeqPack

/// Named entities: persons, organisations, places, or whatever else training data mark in text.
public struct EntityPack: TaskPack {
  /// The name on the command line.
  public static let name = "ner"
  /// What it does.
  public static let abstract = "Named entities and other labelled spans of words."

  /// The target that holds its manifest and models.
  public static let resources = "LanguagePack"

  /// Words whose labels tell spans.
  public static let material = PackMaterial.spans

  /// Makes the pack.
  public init() {}
}
