internal import Glibc

/// Looks for programs on PATH.
struct ExecutableSearch {
  private let folders: [String]

  init() {
    let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
    self.init(path: path)
  }

  init(path: String) {
    folders = path.split(separator: ":", omittingEmptySubsequences: false).map {
      $0.isEmpty ? "." : String($0)
    }
  }

  /// The first executable file called `name` that is not this very program.
  func path(of name: String) -> String? {
    let ourselves = FileIdentity(path: "/proc/self/exe")
    for folder in folders {
      let candidate = "\(folder)/\(name)"
      guard let file = FileIdentity(path: candidate), file.isRegular, file != ourselves,
        access(candidate, X_OK) == 0
      else { continue }
      return candidate
    }
    return nil
  }

  /// The first program called `name` that is neither this one nor another copy of it.
  ///
  /// A copy is told by its second name beside it, which `Scripts/install` gives ours.
  func otherProgram(called name: String) -> String? {
    let ourselves = FileIdentity(path: "/proc/self/exe")
    for folder in folders {
      let candidate = "\(folder)/\(name)"
      guard let file = FileIdentity(path: candidate), file.isRegular, file != ourselves,
        access(candidate, X_OK) == 0, FileIdentity(path: "\(folder)/seqkit-tag") != file
      else { continue }
      return candidate
    }
    return nil
  }
}

/// What makes two paths the same file.
private struct FileIdentity: Equatable {
  let device: UInt
  let inode: UInt
  let isRegular: Bool

  init?(path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    device = UInt(status.st_dev)
    inode = UInt(status.st_ino)
    isRegular = status.st_mode & S_IFMT == S_IFREG
  }
}

/// Becomes another program; returns only if that fails, with the system's reason.
func replaceProcess(with program: String, arguments: [String]) -> String {
  var pointers: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) }
  pointers.append(nil)
  execv(program, pointers)
  let reason = String(cString: strerror(errno))
  for pointer in pointers { free(pointer) }
  return reason
}
