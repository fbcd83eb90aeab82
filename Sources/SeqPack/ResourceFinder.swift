#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Finds the files that packs ship with the program: bundled models, manifests, motif libraries.
///
/// Looked for, in this order, are `PLACE/Models/NAME` resp. `PLACE/Manifests/NAME` with these places:
///
/// 1. `DIR/seqkit_PACK.resources`, where a build leaves them, with `DIR` the executable's folder;
/// 2. `DIR/../share/seqkit/PACK`, where `Scripts/install` puts them;
/// 3. `$SEQTAG_RESOURCES/PACK`, and `$SEQTAG_RESOURCES/seqkit_PACK.resources`.
///
/// Foundation's `Bundle` does the first alone, and would bring all of Foundation into the program.
public struct ResourceFinder: Sendable {
  /// The folder of pack resources to look in.
  public enum Kind: String, Sendable {
    /// Model files.
    case models = "Models"
    /// Pack manifests.
    case manifests = "Manifests"
    /// Libraries of motifs.
    case motifs = "Motifs"
    /// Label grammars.
    case grammars = "Grammars"
  }

  /// The folder of the running executable, symbolic links followed.
  public let executableFolder: String
  /// The value of `SEQTAG_RESOURCES`, if set.
  public let environmentFolder: String?

  /// Makes a finder for this process.
  public init() {
    self.init(
      executableFolder: ResourceFinder.folderOfThisProgram(),
      environmentFolder: getenv("SEQTAG_RESOURCES").map { String(cString: $0) })
  }

  /// Makes a finder that looks beside another executable.
  public init(executableFolder: String, environmentFolder: String?) {
    self.executableFolder = executableFolder
    self.environmentFolder = environmentFolder.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The path of a file that a pack ships.
  ///
  /// - Parameters:
  ///   - kind: models or manifests.
  ///   - name: the file's name, such as `pos.json5`.
  ///   - pack: the target that ships it, such as `LanguagePack`.
  /// - Throws: `PackError.resourceMissing` with the places looked at.
  public func path(_ kind: Kind, _ name: String, pack: String) throws -> String {
    let places = places(pack: pack)
    for place in places {
      let candidate = "\(place)/\(kind.rawValue)/\(name)"
      if access(candidate, R_OK) == 0 { return candidate }
    }
    throw PackError.resourceMissing(
      kind: kind.rawValue, name: name, pack: pack, placesLookedAt: places)
  }

  private func places(pack: String) -> [String] {
    var places = [
      "\(executableFolder)/seqkit_\(pack).resources",
      "\(executableFolder)/../share/seqkit/\(pack)",
    ]
    if let environmentFolder {
      places.append("\(environmentFolder)/\(pack)")
      places.append("\(environmentFolder)/seqkit_\(pack).resources")
    }
    return places
  }

  private static func folderOfThisProgram() -> String {
    let path = withUnsafeTemporaryAllocation(byteCount: Int(PATH_MAX), alignment: 1) { buffer in
      let bytes = buffer.bindMemory(to: CChar.self)
      let length = readlink("/proc/self/exe", bytes.baseAddress!, bytes.count)
      return length > 0 ? String(decoding: buffer[..<length], as: UTF8.self) : ""
    }
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
