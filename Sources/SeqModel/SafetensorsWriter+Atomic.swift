internal import Glibc
internal import SeqCore

/// Writes a file beside `path` and renames it when all bytes are on the disk.
///
/// A link at `path` is followed, so that what it points to is replaced; a device, a pipe or a
/// directory is refused. An existing file's permissions are kept.
package func writeAtomically(
  to path: String,
  _ produce: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
) throws {
  func failure(_ action: String) -> SafetensorsError {
    .system(path: path, action: action, code: errno)
  }
  var status = stat()
  let exists = stat(path, &status) == 0
  if exists, let kind = nameOfSpecialFile(mode: status.st_mode) {
    throw SafetensorsError.notAFile(path: path, found: kind)
  }
  var target = path
  if exists, let resolved = realpath(path, nil) {
    target = String(cString: resolved)
    free(resolved)
  }

  let slash = target.lastIndex(of: "/")
  let folder = slash.map { target[...$0] } ?? ""
  let name = slash.map { target[target.index(after: $0)...] } ?? target[...]
  var temporary = ""
  var descriptor: Int32 = -1
  for attempt in 0..<100 where descriptor < 0 {
    temporary = "\(folder).\(name).\(getpid())-\(attempt).tmp"
    descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    if descriptor < 0 && errno != EEXIST { break }
  }
  guard descriptor >= 0 else { throw failure("create the model file") }
  var isOpen = true
  var isDone = false
  defer {
    if isOpen { close(descriptor) }
    if !isDone { unlink(temporary) }
  }

  try produce { try writeAll($0, to: descriptor, path: path) }
  if exists {
    guard fchmod(descriptor, status.st_mode & 0o7777) == 0 else {
      throw failure("set the permissions of the model file")
    }
  }
  guard fsync(descriptor) == 0 else { throw failure("write the model file") }
  isOpen = false
  guard close(descriptor) == 0 else { throw failure("write the model file") }
  guard rename(temporary, target) == 0 else { throw failure("rename the new model file") }
  isDone = true

  // The new name itself must survive a power cut, too; where a folder cannot be synchronized,
  // the file is still whole.
  let folderDescriptor = open(folder.isEmpty ? "." : String(folder), O_RDONLY | O_CLOEXEC)
  if folderDescriptor >= 0 {
    fsync(folderDescriptor)
    close(folderDescriptor)
  }
}

/// Throws what `writeAtomically(to:_:)` would throw for a path before it has a byte to write.
package func checkWritable(_ path: String) throws {
  struct Stop: Error {}
  do { try writeAtomically(to: path) { _ in throw Stop() } } catch is Stop {}
}

/// Writes all bytes, however many calls it takes.
package func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String) throws {
  var rest = bytes[...]
  while !rest.isEmpty {
    let count = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
    if count < 0 {
      if errno == EINTR { continue }
      throw SafetensorsError.system(path: path, action: "write the model file", code: errno)
    }
    rest = rest.dropFirst(count)
  }
}
