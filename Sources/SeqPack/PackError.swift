/// What can be wrong with a pack or with what it ships.
public enum PackError: Error, Equatable, CustomStringConvertible {
  /// A file that a pack ships is in none of the places where it is looked for.
  ///
  /// - `kind`: the folder of the pack: `Models` or `Manifests`.
  case resourceMissing(kind: String, name: String, pack: String, placesLookedAt: [String])
  /// A manifest that is not as it should be, and on which line.
  case manifest(path: String, line: Int, problem: String)
  /// A manifest that cannot be read.
  case unreadable(path: String)
  /// Another file that cannot be read.
  case unreadableFile(path: String)
  /// A file of a declarative pack that is not in its folder.
  case fileMissing(path: String, pack: String)

  /// The sentence for the user.
  public var description: String {
    switch self {
    case .manifest(let path, let line, let problem):
      "\(path):\(line): \(problem)\(problem.hasSuffix("?") || problem.hasSuffix(".") ? "" : ".")"
    case .unreadable(let path):
      "\(path) cannot be read. A declarative pack is a folder with a file pack.json5 in it."
    case .unreadableFile(let path): "\(path) cannot be read."
    case .fileMissing(let path, let pack):
      "\(path): the pack \(pack) names this file, and it is not there. "
        + "Has its model been trained (train --output)? --model names another."
    case .resourceMissing(let kind, let name, let pack, let places):
      "\(kind)/\(name) of \(pack) is not in "
        + places.joined(separator: ", nor in ")
        + ". Is seqkit installed whole (Scripts/install)? SEQTAG_RESOURCES may name its folder."
    }
  }
}
