internal import Glibc

/// Why a file cannot be mapped.
package enum MappingFault: Error, Hashable {
  /// The system says no: what was tried, and its code.
  case system(action: String, code: Int32)
  /// It is no regular file.
  case special(String)
}

/// The bytes of a file, mapped read-only and freed with the object, or a copy of bytes in memory. The
/// first byte is aligned to at least 64 bytes.
///
/// `@unchecked`: the bytes are never written. A file that another program shortens while it is
/// mapped ends this one with SIGBUS, as any mapped file does; our writers replace files by renaming
/// and never shorten one.
package final class MappedFile: @unchecked Sendable {
  /// The bytes, valid as long as the object.
  package let bytes: UnsafeRawBufferPointer
  private let isMapped: Bool

  /// Maps the file at `path`.
  ///
  /// - Parameter readingAll: whether all bytes will be read at once; mapping them ahead saves a fault
  ///   a page.
  package init(path: String, readingAll: Bool = false) throws(MappingFault) {
    // Without O_NONBLOCK, opening a named pipe would wait for a writer before it can be refused.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .system(action: "open", code: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system(action: "open", code: errno) }
    if let kind = nameOfSpecialFile(mode: status.st_mode) { throw .special(kind) }
    let count = Int(status.st_size)
    if count == 0 {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      isMapped = false
      return
    }
    let flags = MAP_PRIVATE | (readingAll ? Int32(MAP_POPULATE) : 0)
    guard let start = mmap(nil, count, PROT_READ, flags, descriptor, 0), start != MAP_FAILED else {
      throw .system(action: "map", code: errno)
    }
    bytes = UnsafeRawBufferPointer(start: start, count: count)
    isMapped = true
  }

  /// Copies bytes that are in memory.
  package init(copying source: UnsafeRawBufferPointer) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: source.count, alignment: 64)
    copy.copyMemory(from: source)
    bytes = UnsafeRawBufferPointer(copy)
    isMapped = false
  }

  /// Gives the memory of a part back that was read; the file still has it, if it is read again.
  package func release(_ range: Range<Int>) {
    precondition(range.upperBound <= bytes.count, "The part is the file's.")
    guard isMapped, !range.isEmpty, let base = bytes.baseAddress else { return }
    let page = sysconf(Int32(_SC_PAGESIZE))
    let first = range.lowerBound / page * page
    madvise(
      UnsafeMutableRawPointer(mutating: base + first), range.upperBound - first, MADV_DONTNEED)
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
package func nameOfSpecialFile(mode: UInt32) -> String? {
  switch mode & S_IFMT {
  case S_IFREG: nil
  case S_IFDIR: "a directory"
  case S_IFIFO: "a named pipe"
  case S_IFSOCK: "a socket"
  default: "a device"
  }
}
