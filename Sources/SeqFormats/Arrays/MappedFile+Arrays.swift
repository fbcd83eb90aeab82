internal import Glibc
internal import SeqCore

extension MappedFile {
  /// Maps a file of arrays.
  convenience init(array path: String) throws(ArrayError) {
    do {
      try self.init(path: path)
    } catch {
      throw switch error {
      case .system(_, let code): .cannotOpen(path: path, reason: String(cString: strerror(code)))
      case .special: .cannotOpen(path: path, reason: "not a file that can be read in any order")
      }
    }
  }
}
