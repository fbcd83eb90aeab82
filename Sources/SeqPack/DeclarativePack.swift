public import SeqCore
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// A pack without code: a folder with a manifest `pack.json5`, which says all, and the files that it
/// names.
public struct DeclarativePack: Pack {
  /// The folder.
  public let folder: String
  /// What the manifest says.
  public let contents: PackManifest

  /// The file that makes a folder a pack.
  public static let manifestName = "pack.json5"

  /// Reads a pack.
  ///
  /// - Throws: `PackError` with file and line.
  public init(folder: String) throws {
    self.folder = folder
    contents = try PackManifest(path: "\(folder)/\(Self.manifestName)")
  }

  /// The name on the command line.
  public var name: String { contents.name }
  /// What it does.
  public var abstract: String { contents.abstract }
  /// Spans if a layer has a scheme.
  public var material: PackMaterial {
    contents.layers.contains { $0.scheme != nil } ? .spans : .words
  }

  /// None but the fields of the manifest.
  public var derivedLayers: [String] { [] }

  /// Nothing.
  public func derive(_ record: inout Record) throws {}

  /// The manifest, which was read already.
  public func manifest(_ finder: ResourceFinder) throws -> PackManifest { contents }

  /// A file in the folder.
  ///
  /// - Throws: `PackError.fileMissing`.
  public func path(
    _ kind: ResourceFinder.Kind, _ file: String, _ finder: ResourceFinder
  ) throws -> String {
    let path = file.hasPrefix("/") ? file : "\(folder)/\(file)"
    guard access(path, R_OK) == 0 else { throw PackError.fileMissing(path: path, pack: name) }
    return path
  }
}

/// Finds declarative packs.
///
/// They are looked for, in this order, in
///
/// 1. `$XDG_CONFIG_HOME/seqkit/packs`, or `~/.config/seqkit/packs`: the user's own;
/// 2. `DIR/../share/seqkit/packs`, where `Scripts/install` puts those that come with the program, with
///    `DIR` the executable's folder;
/// 3. `TaskPacks` in the folder above the nearest `.build` or `.build-static` that the executable is
///    in: those of a build;
/// 4. `$SEQTAG_RESOURCES/packs`.
///
/// A pack called `NAME` is the folder `NAME`; nothing is read but the manifest of the one asked for.
public struct PackFinder: Sendable {
  /// The folders of packs, the first first.
  public let places: [String]

  /// Makes a finder that looks in given folders.
  public init(places: [String]) { self.places = places }

  /// Makes a finder for this process.
  public init(_ finder: ResourceFinder = ResourceFinder()) {
    func variable(_ name: String) -> String? {
      getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
    var places: [String] = []
    if let folder = variable("XDG_CONFIG_HOME") {
      places.append("\(folder)/seqkit/packs")
    } else if let home = variable("HOME") {
      places.append("\(home)/.config/seqkit/packs")
    }
    places.append("\(finder.executableFolder)/../share/seqkit/packs")
    let parts = finder.executableFolder.split(separator: "/", omittingEmptySubsequences: false)
    if let build = parts.lastIndex(where: { $0 == ".build" || $0 == ".build-static" }) {
      places.append(parts[..<build].joined(separator: "/") + "/TaskPacks")
    }
    if let folder = finder.environmentFolder { places.append("\(folder)/packs") }
    self.places = places
  }

  /// The folder of the pack called `name`, or `nil` if there is none.
  public func folder(named name: String) -> String? {
    guard PackRegistry.isName(name) else { return nil }
    return places.map { "\($0)/\(name)" }.first {
      access("\($0)/\(DeclarativePack.manifestName)", R_OK) == 0
    }
  }

  /// The pack called `name`, or `nil` if there is none.
  ///
  /// - Throws: `PackError` if there is one and its manifest is not right, or names another.
  public func pack(named name: String) throws -> DeclarativePack? {
    guard let folder = folder(named: name) else { return nil }
    let pack = try DeclarativePack(folder: folder)
    guard pack.name == name else {
      throw PackError.manifest(
        path: "\(folder)/\(DeclarativePack.manifestName)", line: 1,
        problem: "the pack calls itself \"\(pack.name)\" and lies in a folder \"\(name)\"; "
          + "give both the same name")
    }
    return pack
  }

  /// The names of all packs, sorted; of equal names the first place's counts.
  public func names() -> [String] {
    var names: Set<String> = []
    for place in places {
      guard let folder = opendir(place) else { continue }
      defer { closedir(folder) }
      while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
          pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if self.folder(named: name) != nil { names.insert(name) }
      }
    }
    return names.sorted()
  }
}
