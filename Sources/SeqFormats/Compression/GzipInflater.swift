internal import CZlib

/// Decompresses a stream of one or more gzip members (RFC 1952).
///
/// Zero bytes after the last member are padding and passed over, as gzip does; anything else there
/// is an error, not ignored.
final class GzipInflater: Decompressor {
  private let source: String
  private let stream: UnsafeMutablePointer<z_stream>
  private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
  private enum State { case inMember, betweenMembers, finished }
  private var state = State.inMember
  /// What is wrong with the data.
  private var fault: String?

  init(source: String) {
    self.source = source
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 15: the largest window; 16: a gzip wrapper and no other.
    let status = inflateInit2_(
      stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "zlib could not start: out of memory, or another version.")
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    input.deallocate()
  }

  /// Whether compressed bytes wait to be decompressed.
  var hasInput: Bool { stream.pointee.avail_in > 0 }

  func read(
    into buffer: UnsafeMutableRawBufferPointer,
    from readMore: (UnsafeMutableRawBufferPointer) throws -> Int
  ) throws -> Int {
    let limit = min(buffer.count, 1 << 30)
    stream.pointee.next_out = buffer.baseAddress!.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = UInt32(limit)
    while stream.pointee.avail_out > 0, state != .finished, fault == nil {
      if stream.pointee.avail_in == 0 {
        // What was decompressed already is handed out before the stream is asked again.
        if Int(stream.pointee.avail_out) < limit { break }
        let count = try readMore(input)
        stream.pointee.next_in = input.baseAddress!.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = UInt32(count)
        if count == 0 {
          if state == .inMember { throw FormatError.truncatedCompression(source: source) }
          state = .finished
          break
        }
      }
      if state == .betweenMembers {
        while stream.pointee.avail_in > 0, stream.pointee.next_in.pointee == 0 {
          stream.pointee.next_in += 1
          stream.pointee.avail_in -= 1
        }
        if stream.pointee.avail_in == 0 { continue }
        if stream.pointee.next_in.pointee != 0x1F {
          fault = "something that is not gzip follows them"
          break
        }
        inflateReset(stream)
        state = .inMember
      }
      switch inflate(stream, Z_NO_FLUSH) {
      case Z_OK, Z_BUF_ERROR: break
      case Z_STREAM_END: state = .betweenMembers
      default: fault = stream.pointee.msg.map { String(cString: $0) } ?? "unknown"
      }
    }
    let produced = limit - Int(stream.pointee.avail_out)
    // What came out before the damage is handed out; the next call tells of it.
    if let fault, produced == 0 {
      throw FormatError.damagedCompression(source: source, tool: "gzip", reason: fault)
    }
    return produced
  }
}
