public import SeqPack

/// Actions in video frames and sensor streams. Its target is called as the pack's type.
public struct VideoPack: TaskPack {
  /// The name on the command line.
  public static let name = "frames"
  /// What it does.
  public static let abstract = "Action tags for video frames and sensor streams."
  /// The target that holds its models.
  public static let resources = "VideoPack"
  /// Frames.
  public static let material = PackMaterial.frames

  /// Makes the pack.
  public init() {}
}
