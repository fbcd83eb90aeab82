/// What can be wrong with a pack or with what it ships.
public enum PackError: Error, Equatable, CustomStringConvertible {
  /// A file that a pack ships is in none of the places where it is looked for.
  ///
  /// - `kind`: the folder of the pack: `Models` or `Manifests`.
  case resourceMissing(kind: String, name: String, pack: String, placesLookedAt: [String])
  /// A manifest that does not parse.
  case manifest(path: String, problem: String)

  /// The sentence for the user.
  public var description: String {
    switch self {
    case .manifest(let path, let problem):
      "\(path): the pack's manifest does not parse: \(problem)."
    case .resourceMissing(let kind, let name, let pack, let places):
      "\(kind)/\(name) of \(pack) is not in "
        + places.joined(separator: ", nor in ")
        + ". Is seqkit installed whole (Scripts/install)? SEQTAG_RESOURCES may name its folder."
    }
  }
}
