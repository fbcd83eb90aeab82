internal import Glibc

/// A stream of bytes: a file or standard input, decompressed if it begins with the magic number of
/// gzip, bzip2, xz or Zstandard.
///
/// Nothing is read before it is asked for, and no more than one buffer is kept.
public final class ByteSource {
  /// The file's path as given, `<stdin>` for standard input, or a name given in code.
  public let name: String

  private enum Origin {
    case descriptor(Int32, owned: Bool)
    case memory([UInt8], offset: Int)
    case generator((UnsafeMutableRawBufferPointer) throws -> Int)
  }
  private var origin: Origin
  private var inflater: (any Decompressor)?
  /// The first bytes, read to look for the magic number and not yet handed out.
  private var head: [UInt8] = []
  private var started = false
  /// Decompressed bytes that were looked at and not yet handed out.
  private var peeked: [UInt8] = []

  /// Opens a file, or standard input for `-`.
  ///
  /// - Throws: `FormatError.cannotOpen` or `.isDirectory`.
  public init(path: String) throws {
    if path == "-" {
      name = "<stdin>"
      origin = .descriptor(0, owned: false)
      return
    }
    name = path
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw FormatError.cannotOpen(path: path, reason: systemReason())
    }
    var status = stat()
    if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      close(descriptor)
      throw FormatError.isDirectory(path: path)
    }
    origin = .descriptor(descriptor, owned: true)
  }

  /// Reads from memory, under a name for error messages.
  public init(bytes: [UInt8], name: String) {
    self.name = name
    origin = .memory(bytes, offset: 0)
  }

  /// Reads what a function gives, under a name for error messages.
  ///
  /// - Parameter read: fills a buffer from its start; 0 is the end.
  public init(name: String, read: @escaping (UnsafeMutableRawBufferPointer) throws -> Int) {
    self.name = name
    origin = .generator(read)
  }

  /// Whether it is a file, which can be opened again by its name.
  package var isFile: Bool {
    if case .descriptor(_, owned: true) = origin { return true }
    return false
  }

  deinit {
    if case .descriptor(let descriptor, owned: true) = origin { close(descriptor) }
  }

  /// Fills `buffer` from its start, as far as bytes are at hand.
  ///
  /// - Returns: the number of bytes read; 0 only at the end (or for an empty buffer).
  /// - Throws: `FormatError.readFailed`, `.truncatedCompression` or `.damagedCompression`.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    guard !buffer.isEmpty else { return 0 }
    if !peeked.isEmpty {
      let count = min(peeked.count, buffer.count)
      buffer.copyBytes(from: peeked[..<count])
      peeked.removeFirst(count)
      return count
    }
    return try readAhead(into: buffer)
  }

  /// The first bytes that the next calls of ``read(into:)`` will give, at most `count`, fewer only at
  /// the end.
  ///
  /// - Throws: what ``read(into:)`` throws.
  /// - Parameter suffices: asked when the bytes so far are all that a pipe or a terminal has given
  ///   yet; if it says so, the rest is not waited for.
  public func peek(
    _ count: Int, suffices: ([UInt8]) -> Bool = { _ in false }
  ) throws -> [UInt8] {
    while peeked.count < count {
      if !peeked.isEmpty, !originIsReady, suffices(peeked) { break }
      let more = try [UInt8](unsafeUninitializedCapacity: count - peeked.count) {
        $1 = try readAhead(into: UnsafeMutableRawBufferPointer($0))
      }
      if more.isEmpty { break }
      peeked += more
    }
    return Array(peeked.prefix(count))
  }

  /// All bytes that are left.
  ///
  /// - Throws: what ``read(into:)`` throws.
  public func readAll() throws -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
      let more = try [UInt8](unsafeUninitializedCapacity: 1 << 20) {
        $1 = try read(into: UnsafeMutableRawBufferPointer($0))
      }
      if more.isEmpty { return bytes }
      bytes += more
    }
  }

  /// Whether bytes, or the end, are at hand without waiting: always for a file, and for a pipe or a
  /// terminal only if the other side has written.
  package var isReady: Bool {
    !peeked.isEmpty || originIsReady
  }

  private var originIsReady: Bool {
    if !head.isEmpty { return true }
    guard case .descriptor(let descriptor, _) = origin else { return true }
    if inflater?.hasInput == true { return true }
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&request, 1, 0) != 0
  }

  private func readAhead(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    if !started { try start() }
    if let inflater { return try inflater.read(into: buffer, from: readHeadThenOrigin) }
    return try readHeadThenOrigin(buffer)
  }

  private func start() throws {
    started = true
    // Of what a person types, no more is waited for than is needed to tell.
    while Compression.verdict(head) == .undecided {
      let byte = try [UInt8](unsafeUninitializedCapacity: head.isEmpty ? 2 : 1) {
        $1 = try readOrigin(UnsafeMutableRawBufferPointer($0))
      }
      if byte.isEmpty { break }
      head += byte
    }
    if case .compressed(let method) = Compression.verdict(head) {
      inflater = method.decompressor(source: name)
    }
  }

  private func readHeadThenOrigin(_ buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    guard head.isEmpty else {
      let count = min(head.count, buffer.count)
      buffer.copyBytes(from: head[..<count])
      head.removeFirst(count)
      return count
    }
    return try readOrigin(buffer)
  }

  private func readOrigin(_ buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    switch origin {
    case .memory(let bytes, let offset):
      let count = min(bytes.count - offset, buffer.count)
      buffer.copyBytes(from: bytes[offset..<(offset + count)])
      origin = .memory(bytes, offset: offset + count)
      return count
    case .generator(let read): return try read(buffer)
    case .descriptor(let descriptor, _):
      while true {
        let count = Glibc.read(descriptor, buffer.baseAddress!, buffer.count)
        if count >= 0 { return count }
        if errno == EISDIR { throw FormatError.isDirectory(path: name) }
        if errno != EINTR { throw FormatError.readFailed(path: name, reason: systemReason()) }
      }
    }
  }
}

/// The system's words for the last error, in lower case as part of a sentence.
func systemReason() -> String {
  let words = String(cString: strerror(errno))
  return words.prefix(1).lowercased() + words.dropFirst()
}
