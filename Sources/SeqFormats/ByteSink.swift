internal import CZlib
internal import Glibc

/// Where bytes are written to: a file, standard output, or memory; compressed if the name ends in
/// `.gz`.
///
/// A file appears under its name only when it is complete: the bytes go to a temporary file beside
/// it, which ``finish()`` renames. A sink that is dropped without that leaves nothing behind.
/// A process that writes to pipes must ignore SIGPIPE to see `FormatError.closedPipe`.
public final class ByteSink {
  /// The path as given, or `<stdout>`.
  public let name: String

  private var descriptor: Int32
  /// The file that is renamed in the end, and the file it is to be; `nil` if bytes go straight out.
  private var replacement: (temporary: String, target: String)?
  private var waiting: [UInt8] = []
  private var deflater: GzipDeflater?
  private static let waitingLimit = 256 << 10
  /// So many bytes do not wait: a call of the system costs less than to copy them.
  private static let large = 64 << 10

  /// Opens a file to be replaced when all is written, or standard output for `-`.
  ///
  /// Devices, pipes and the like are written to directly; a link's target is replaced, not the link.
  ///
  /// - Throws: `FormatError.cannotOpen` or `.isDirectory`.
  public init(path: String) throws {
    if path == "-" {
      name = "<stdout>"
      descriptor = 1
      return
    }
    name = path
    var status = stat()
    var mode: mode_t?
    var target = path
    if stat(path, &status) == 0 {
      let kind = status.st_mode & S_IFMT
      if kind == S_IFDIR { throw FormatError.isDirectory(path: path) }
      if kind != S_IFREG {
        descriptor = open(path, O_WRONLY | O_CLOEXEC)
        if descriptor < 0 { throw FormatError.cannotOpen(path: path, reason: systemReason()) }
        if path.hasSuffix(".gz") { deflater = GzipDeflater() }
        return
      }
      mode = status.st_mode & 0o7777
      if let resolved = realpath(path, nil) {
        target = String(cString: resolved)
        free(resolved)
      }
    }
    let slash = target.utf8.lastIndex(of: UInt8(ascii: "/"))
    let folder = slash.map { String(target[...$0]) } ?? ""
    let file = slash.map { String(target[target.utf8.index(after: $0)...]) } ?? target
    var attempt = 0
    var temporary: String
    repeat {
      temporary = "\(folder).\(file).\(getpid()).\(attempt).part"
      descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      attempt += 1
    } while descriptor < 0 && errno == EEXIST && attempt < 1000
    if descriptor < 0 { throw FormatError.cannotOpen(path: path, reason: systemReason()) }
    if let mode { fchmod(descriptor, mode) }
    replacement = (temporary, target)
    if path.hasSuffix(".gz") { deflater = GzipDeflater() }
  }

  /// The temporary file beside the one that is being written, until it has its name.
  package var temporaryPath: String? { replacement?.temporary }

  deinit { abandon() }

  /// Writes bytes; they may wait in memory until enough are together or ``flush()`` is called.
  ///
  /// - Throws: `FormatError.diskFull`, `.closedPipe` or `.writeFailed`.
  public func write(_ bytes: UnsafeRawBufferPointer) throws {
    precondition(descriptor >= 0, "A sink that is finished takes no more bytes.")
    if let deflater {
      try deflater.compress(bytes, last: false) { try collect($0) }
    } else {
      try collect(bytes)
    }
  }

  /// Writes bytes.
  public func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try write($0) }
  }

  /// Sends what waits on its way, for a reader that wants to see it now. (What a compressor holds
  /// stays with it.)
  public func flush() throws {
    try waiting.withUnsafeBytes { try send($0) }
    waiting.removeAll(keepingCapacity: true)
  }

  /// Writes what is left, and gives the file its name. No more can be written afterwards.
  ///
  /// - Throws: what ``write(_:)`` throws.
  public func finish() throws {
    guard descriptor >= 0 else { return }
    do {
      if let deflater {
        try deflater.compress(UnsafeRawBufferPointer(start: nil, count: 0), last: true) {
          try collect($0)
        }
      }
      try flush()
      if let replacement {
        // What is renamed must be on the disk, or a crash could leave an empty file under the name.
        if fsync(descriptor) != 0, errno != EINVAL, errno != EROFS { throw failure() }
        let closed = close(descriptor)
        descriptor = -1
        if closed != 0 { throw failure() }
        if rename(replacement.temporary, replacement.target) != 0 { throw failure() }
        self.replacement = nil
      } else if descriptor > 2 {
        let closed = close(descriptor)
        descriptor = -1
        if closed != 0 { throw failure() }
      }
      descriptor = -1
    } catch {
      abandon()
      throw error
    }
  }

  private func abandon() {
    if descriptor > 2 { close(descriptor) }
    descriptor = -1
    if let replacement { unlink(replacement.temporary) }
    replacement = nil
  }

  private func collect(_ bytes: UnsafeRawBufferPointer) throws {
    if waiting.count + bytes.count > Self.waitingLimit || bytes.count >= Self.large { try flush() }
    if bytes.count >= Self.large {
      try send(bytes)
    } else {
      waiting.append(contentsOf: bytes)
    }
  }

  private func send(_ bytes: UnsafeRawBufferPointer) throws {
    var done = 0
    while done < bytes.count {
      let start = bytes.baseAddress! + done
      let count = Glibc.write(descriptor, start, bytes.count - done)
      if count > 0 {
        done += count
      } else if count < 0, errno != EINTR {
        throw failure()
      }
    }
  }

  private func failure() -> FormatError {
    switch errno {
    case ENOSPC, EDQUOT: .diskFull(path: name)
    case EPIPE: .closedPipe(path: name)
    default: .writeFailed(path: name, reason: systemReason())
    }
  }
}

/// Compresses to one gzip member without a time stamp, so that equal input gives equal bytes.
final class GzipDeflater {
  private let stream: UnsafeMutablePointer<z_stream>
  private let output = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)

  init() {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let status = deflateInit2_(
      stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "zlib could not start: out of memory, or another version.")
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
    output.deallocate()
  }

  /// Compresses bytes and hands on what comes out.
  func compress(
    _ bytes: UnsafeRawBufferPointer, last: Bool,
    into receive: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    var offset = 0
    repeat {
      let count = min(bytes.count - offset, 1 << 30)
      if count > 0 {
        stream.pointee.next_in = UnsafeMutablePointer(
          mutating: (bytes.baseAddress! + offset).assumingMemoryBound(to: UInt8.self))
      }
      stream.pointee.avail_in = UInt32(count)
      offset += count
      let mode = last && offset == bytes.count ? Z_FINISH : Z_NO_FLUSH
      repeat {
        stream.pointee.next_out = output.baseAddress!.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(output.count)
        _ = deflate(stream, mode)
        let made = output.count - Int(stream.pointee.avail_out)
        try receive(UnsafeRawBufferPointer(rebasing: output[..<made]))
      } while stream.pointee.avail_out == 0
    } while offset < bytes.count
  }
}
