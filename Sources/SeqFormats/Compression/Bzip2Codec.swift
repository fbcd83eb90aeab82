internal import CBzip2

/// bzip2 through libbz2; files of several streams, as parallel compressors write them, are read whole.
final class Bzip2Codec: Codec {
  let tool = "bzip2"
  private let stream: UnsafeMutablePointer<bz_stream>
  private var isOpen = false
  private var fault: CodecFault?

  init() {
    stream = .allocate(capacity: 1)
    stream.initialize(to: bz_stream())
  }

  deinit {
    if isOpen { BZ2_bzDecompressEnd(stream) }
    stream.deallocate()
  }

  var isBetweenStreams: Bool { !isOpen }

  func step(
    _ input: UnsafeRawBufferPointer, isLast: Bool, into output: UnsafeMutableRawBufferPointer
  ) throws -> (consumed: Int, produced: Int) {
    if let fault { throw fault }
    if !isOpen {
      guard !input.isEmpty else { return (0, 0) }
      stream.pointee = bz_stream()
      let status = BZ2_bzDecompressInit(stream, 0, 0)
      precondition(status == BZ_OK, "libbz2 could not start: out of memory.")
      isOpen = true
    }
    let limit = (input: min(input.count, 1 << 30), output: min(output.count, 1 << 30))
    // The library declares its input mutable and does not change it.
    stream.pointee.next_in = UnsafeMutablePointer(
      mutating: input.baseAddress?.assumingMemoryBound(to: CChar.self))
    stream.pointee.avail_in = UInt32(limit.input)
    stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: CChar.self)
    stream.pointee.avail_out = UInt32(limit.output)
    let status = BZ2_bzDecompress(stream)
    let consumed = limit.input - Int(stream.pointee.avail_in)
    let produced = limit.output - Int(stream.pointee.avail_out)
    switch status {
    case BZ_OK: break
    case BZ_STREAM_END:
      BZ2_bzDecompressEnd(stream)
      isOpen = false
    case BZ_DATA_ERROR_MAGIC: fault = CodecFault(reason: "something that is not bzip2 follows")
    case BZ_DATA_ERROR: fault = CodecFault(reason: "a checksum is wrong")
    default: fault = CodecFault(reason: "libbz2 gives error \(status)")
    }
    if let fault, produced == 0 { throw fault }
    return (consumed, produced)
  }
}
