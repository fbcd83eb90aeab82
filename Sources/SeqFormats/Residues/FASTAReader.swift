public import SeqCore

/// Reads FASTA as windows of letters, in memory that does not grow with the file or its records.
///
/// Line ends may be LF, CR LF or CR, mixed. Lines that begin with `;` are comments. Spaces and tabs
/// inside sequences are passed over and counted; so are blank lines. Case is kept. The rules for
/// everything unusual stand in `Docs/Formats/fasta.md`.
public final class FASTAReader {
  /// What the letters are: as the options say, or as the first 64 KiB tell.
  public var kind: ResidueKind { parser.kind }
  /// What messages call its source.
  public let source: String
  /// What was seen until now.
  public var counts: FASTACounts { parser.counts }

  /// The bytes that were read and not yet looked at.
  private let raw = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
  /// All that changes while reading: a value, so that one access to it covers a whole batch. A
  /// class's variables are guarded at each use, an eighth of the time where records are short.
  private var parser: FASTAParser

  /// Makes a reader, which looks at the first bytes of its source if it has to tell their kind.
  public init(_ source: ByteSource, options: FASTAOptions = FASTAOptions()) {
    self.source = source.name
    parser = FASTAParser(
      source, raw, options: options, kind: options.kind ?? Self.detectedKind(of: source))
  }

  deinit { raw.deallocate() }

  /// The kind that the letters in the first 64 KiB suggest.
  ///
  /// They can be read again afterwards.
  public static func detectedKind(of source: ByteSource) -> ResidueKind {
    // What cannot be read is met again by the reader, which knows the place.
    let head = (try? source.peek(64 << 10)) ?? (try? source.peek(1)) ?? []
    var counts = [Int](repeating: 0, count: 256)
    var isSequence = true
    var atLineStart = true
    for byte in head {
      if byte == .lineFeed || byte == .carriageReturn {
        atLineStart = true
        continue
      }
      if atLineStart { isSequence = byte != UInt8(ascii: ">") && byte != UInt8(ascii: ";") }
      atLineStart = false
      if isSequence { counts[Int(byte)] += 1 }
    }
    return ResidueKind.suggested(by: counts)
  }

  /// The next windows, or `nil` at the end.
  ///
  /// - Throws: what the source throws, `FormatError.empty` and `.fasta`; records that were whole
  ///   before the fault come first, and the fault is thrown by the next call.
  public func nextBatch() throws -> ResidueBatch? { try parser.nextBatch() }
}
