/// One library's way to decompress, a step at a time.
protocol Codec: AnyObject {
  /// The program that checks such files, for error messages.
  var tool: String { get }
  /// Whether what was decompressed so far is a whole number of streams.
  var isBetweenStreams: Bool { get }

  /// Decompresses what it can.
  ///
  /// - Parameters:
  ///   - input: compressed bytes, perhaps none.
  ///   - isLast: whether no compressed byte follows `input`.
  ///   - output: room for what comes out.
  /// - Returns: the bytes taken from `input` and put into `output`.
  /// - Throws: `CodecFault`.
  func step(
    _ input: UnsafeRawBufferPointer, isLast: Bool, into output: UnsafeMutableRawBufferPointer
  ) throws -> (consumed: Int, produced: Int)
}

/// What is wrong with compressed data, in the words of the library that reads them.
struct CodecFault: Error {
  var reason: String
}

/// Decompresses a stream of one or more members by a codec, with one buffer of compressed bytes.
final class CodecDecompressor<C: Codec>: Decompressor {
  private let codec: C
  private let source: String
  private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
  private var waiting = 0..<0
  private var atEnd = false
  private var finished = false

  init(_ codec: C, source: String) {
    self.codec = codec
    self.source = source
  }

  deinit { input.deallocate() }

  var hasInput: Bool { !waiting.isEmpty }

  func read(
    into buffer: UnsafeMutableRawBufferPointer,
    from readMore: (UnsafeMutableRawBufferPointer) throws -> Int
  ) throws -> Int {
    var produced = 0
    while produced < buffer.count, !finished {
      let step: (consumed: Int, produced: Int)
      do {
        step = try codec.step(
          UnsafeRawBufferPointer(rebasing: input[waiting]), isLast: atEnd,
          into: UnsafeMutableRawBufferPointer(rebasing: buffer[produced...]))
      } catch let fault as CodecFault {
        // What came out before the damage is handed out; the next call meets the damage again.
        if produced > 0 { break }
        throw FormatError.damagedCompression(
          source: source, tool: codec.tool, reason: fault.reason)
      }
      waiting = (waiting.lowerBound + step.consumed)..<waiting.upperBound
      produced += step.produced
      if step.consumed > 0 || step.produced > 0 { continue }
      // The codec wants more than it has. What came out already is handed out first.
      if produced > 0 { break }
      if atEnd {
        guard codec.isBetweenStreams else { throw FormatError.truncatedCompression(source: source) }
        finished = true
      } else {
        let count = try readMore(input)
        waiting = 0..<count
        atEnd = count == 0
      }
    }
    return produced
  }
}
