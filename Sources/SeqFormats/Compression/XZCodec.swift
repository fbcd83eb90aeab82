internal import CLzma

/// xz through liblzma; files of several streams, with padding between them, are read whole.
final class XZCodec: Codec {
  let tool = "xz"
  private let stream: UnsafeMutablePointer<lzma_stream>
  private var fault: CodecFault?
  private(set) var isBetweenStreams = false
  /// LZMA_CONCATENATED, a macro with a cast that is not imported.
  private static let concatenated: UInt32 = 0x08

  init() {
    stream = .allocate(capacity: 1)
    stream.initialize(to: lzma_stream())
    let status = lzma_stream_decoder(stream, UInt64.max, Self.concatenated)
    precondition(status == LZMA_OK, "liblzma could not start: out of memory.")
  }

  deinit {
    lzma_end(stream)
    stream.deallocate()
  }

  func step(
    _ input: UnsafeRawBufferPointer, isLast: Bool, into output: UnsafeMutableRawBufferPointer
  ) throws -> (consumed: Int, produced: Int) {
    if let fault { throw fault }
    if isBetweenStreams { return (0, 0) }
    stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_in = input.count
    stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = output.count
    let status = lzma_code(stream, isLast ? LZMA_FINISH : LZMA_RUN)
    let consumed = input.count - stream.pointee.avail_in
    let produced = output.count - stream.pointee.avail_out
    switch status {
    // A call that could do nothing is answered by LZMA_BUF_ERROR, and may be repeated with more.
    case LZMA_OK, LZMA_BUF_ERROR: break
    case LZMA_STREAM_END: isBetweenStreams = true
    case LZMA_FORMAT_ERROR: fault = CodecFault(reason: "something that is not xz follows")
    case LZMA_DATA_ERROR: fault = CodecFault(reason: "a checksum is wrong")
    case LZMA_OPTIONS_ERROR: fault = CodecFault(reason: "liblzma does not know its options")
    default: fault = CodecFault(reason: "liblzma gives error \(status.rawValue)")
    }
    if let fault, produced == 0 { throw fault }
    return (consumed, produced)
  }
}
