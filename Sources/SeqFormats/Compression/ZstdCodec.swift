internal import CZstd

/// Zstandard through libzstd; files of several frames are read whole.
final class ZstdCodec: Codec {
  let tool = "zstd"
  private let stream: OpaquePointer
  private var fault: CodecFault?
  private(set) var isBetweenStreams = false

  init() {
    guard let stream = ZSTD_createDStream() else {
      preconditionFailure("libzstd could not start: out of memory.")
    }
    self.stream = stream
  }

  deinit { ZSTD_freeDStream(stream) }

  func step(
    _ input: UnsafeRawBufferPointer, isLast: Bool, into output: UnsafeMutableRawBufferPointer
  ) throws -> (consumed: Int, produced: Int) {
    if let fault { throw fault }
    if isBetweenStreams && input.isEmpty { return (0, 0) }
    var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
    var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
    let status = ZSTD_decompressStream(stream, &target, &source)
    if ZSTD_isError(status) != 0 {
      let reason = String(cString: ZSTD_getErrorName(status))
      fault = CodecFault(reason: reason.prefix(1).lowercased() + reason.dropFirst())
    } else {
      // 0: a frame is complete and all of it was given out.
      isBetweenStreams = status == 0
    }
    if let fault, target.pos == 0 { throw fault }
    return (source.pos, target.pos)
  }
}
