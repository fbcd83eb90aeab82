#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The bytes of a file, mapped read-only, or a copy of bytes in memory; never changed, and freed
/// with the object. The first byte is aligned to at least 64 bytes.
///
/// `@unchecked`: a raw pointer is not `Sendable`, but nobody writes through this one. A file that
/// another process truncates while it is mapped ends the program with SIGBUS, as with any mapped
/// file; our writer replaces files by renaming and never shortens one.
final class SafetensorsMapping: @unchecked Sendable {
  let bytes: UnsafeRawBufferPointer
  private let isMapped: Bool

  /// Maps the file at `path`.
  ///
  /// - Parameter readingAll: whether all bytes will be read at once; mapping them ahead saves a
  ///   fault per page.
  init(path: String, readingAll: Bool) throws {
    // Without O_NONBLOCK, opening a named pipe would wait for a writer before it can be refused.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw SafetensorsError.system(path: path, action: "open the model file", code: errno)
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw SafetensorsError.system(path: path, action: "open the model file", code: errno)
    }
    if let kind = nameOfSpecialFile(mode: status.st_mode) {
      throw SafetensorsError.notAFile(path: path, found: kind)
    }
    let count = Int(status.st_size)
    guard count > 0 else { throw SafetensorsError.tooShort(path: path, byteCount: 0) }
    #if os(Linux)
      let flags = MAP_PRIVATE | (readingAll ? Int32(MAP_POPULATE) : 0)
    #else
      let flags = MAP_PRIVATE
    #endif
    guard let start = mmap(nil, count, PROT_READ, flags, descriptor, 0), start != MAP_FAILED else {
      throw SafetensorsError.system(path: path, action: "map the model file", code: errno)
    }
    bytes = UnsafeRawBufferPointer(start: start, count: count)
    isMapped = true
  }

  /// Copies bytes that are in memory.
  init(copying source: UnsafeRawBufferPointer) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: source.count, alignment: 64)
    copy.copyMemory(from: source)
    bytes = UnsafeRawBufferPointer(copy)
    isMapped = false
  }

  deinit {
    if isMapped {
      munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress!), bytes.count)
    } else {
      bytes.deallocate()
    }
  }
}

/// What a file of this mode is called when it is not a regular one.
func nameOfSpecialFile(mode: mode_t) -> String? {
  switch mode & S_IFMT {
  case S_IFREG: nil
  case S_IFDIR: "a directory"
  case S_IFIFO: "a named pipe"
  case S_IFSOCK: "a socket"
  default: "a device"
  }
}
