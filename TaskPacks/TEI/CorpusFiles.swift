internal import Glibc
internal import SeqFormats

/// The files of a corpus: files as they are named, and in folders all whose names end as those of XML
/// do, in the order of their paths.
public enum CorpusFiles {
  /// The endings that are looked for in folders.
  public static let endings = [".xml", ".tei", ".xml.gz", ".tei.gz"]
  /// The endings of vertical files, without that of compression.
  public static let verticalEndings = [".vert", ".vrt"]

  /// The files below the paths given.
  ///
  /// - Throws: `FormatError.cannotOpen` for a path that is not there or a folder that cannot be read.
  public static func find(_ paths: [String]) throws -> [String] {
    var files: [String] = []
    for path in paths { try add(path, &files) }
    return files
  }

  private static func add(_ path: String, _ files: inout [String]) throws {
    var status = stat()
    if path == "-" || stat(path, &status) != 0 || status.st_mode & S_IFMT != S_IFDIR {
      files.append(path)
      return
    }
    guard let folder = opendir(path) else {
      throw FormatError.cannotOpen(path: path, reason: String(cString: strerror(errno)))
    }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    let prefix = path.hasSuffix("/") ? path : path + "/"
    for name in names.sorted() {
      var status = stat()
      guard lstat(prefix + name, &status) == 0 else { continue }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: try add(prefix + name, &files)
      // A link inside a folder could lead out of it.
      case S_IFREG:
        if endings.contains(where: { name.hasSuffix($0) }) { files.append(prefix + name) }
      default: break
      }
    }
  }

  /// The folder that all paths lie in: of files their folder, of folders they themselves.
  public static func commonFolder(of paths: [String]) -> String {
    var common: [Substring]?
    for path in paths where path != "-" {
      var status = stat()
      let isFolder = stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
      var parts = path.split(separator: "/", omittingEmptySubsequences: false)
      if !isFolder { parts.removeLast() }
      if let known = common {
        common = zip(known, parts).prefix { $0 == $1 }.map(\.0)
      } else {
        common = parts
      }
    }
    let folder = (common ?? []).joined(separator: "/")
    if folder.isEmpty { return paths.first?.hasPrefix("/") == true ? "/" : "." }
    return folder
  }

  /// Whether there is a folder of that name.
  public static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return path.hasSuffix("/") || stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Makes the folders that a file is to lie in.
  ///
  /// - Throws: `FormatError.cannotOpen` if one cannot be made.
  public static func makeFolder(for path: String) throws {
    var folder = path.hasPrefix("/") ? "" : "."
    for part in path.split(separator: "/").dropLast() {
      folder += "/" + part
      if mkdir(folder, 0o777) != 0, errno != EEXIST {
        throw FormatError.cannotOpen(path: folder, reason: String(cString: strerror(errno)))
      }
    }
  }
}
