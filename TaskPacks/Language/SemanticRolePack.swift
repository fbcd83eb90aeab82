public import SeqPack

/// Semantic roles: who did what to whom, when and where.
public struct SemanticRolePack: RolePack {
  /// What labels frames.
  public typealias Labeler = SemanticRoleLabeler
  /// What trains.
  public typealias Trainer = SemanticRoleTrainer

  /// The name on the command line.
  public static let name = "srl"
  /// What it does.
  public static let abstract = "Semantic roles: predicates and their arguments."
  /// The target that holds its manifest and models.
  public static let resources = "LanguagePack"

  /// Makes the pack.
  public init() {}
}
