public import SeqPack

/// Tags for the residues of proteins and nucleic acids. Its target is called as the pack's type.
public struct BiosequencePack: TaskPack {
  /// The name on the command line.
  public static let name = "bio"
  /// What it does.
  public static let abstract = "Motifs and labels for the residues of FASTA."
  /// The target that holds its motif libraries.
  public static let resources = "BiosequencePack"
  /// Residues.
  public static let material = PackMaterial.residues

  /// Makes the pack.
  public init() {}
}
