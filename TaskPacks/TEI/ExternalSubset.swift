internal import Glibc
internal import SeqFormats

/// Finds external DTDs, only below one folder.
public enum ExternalSubset {
  /// A function that reads the file of a system identifier, if it lies below `root`; `nil` if it does
  /// not or is not there. The identifier is taken relative to `root` and to the folders in it that
  /// the identifier's own `..` would lead out of.
  public static func below(_ root: String) -> @Sendable (String) throws -> [UInt8]? {
    { identifier in
      guard !identifier.contains(":"), !identifier.hasPrefix("/") else { return nil }
      guard let folder = realpath(root, nil) else { return nil }
      defer { free(folder) }
      let prefix = String(cString: folder) + "/"
      var parts = identifier.split(separator: "/").map(String.init)
      while true {
        if let resolved = realpath(prefix + parts.joined(separator: "/"), nil) {
          defer { free(resolved) }
          let path = String(cString: resolved)
          if path.hasPrefix(prefix) { return try ByteSource(path: path).readAll() }
        }
        guard parts.first == ".." || parts.first == "." else { return nil }
        parts.removeFirst()
      }
    }
  }
}
