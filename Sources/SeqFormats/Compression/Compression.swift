/// The ways a source may be compressed, told by its first bytes, whatever its name.
enum Compression: CaseIterable {
  case gzip, bzip2, xz, zstd

  /// The first bytes of such a stream. Text may begin with bzip2's first four, so its block's magic
  /// number is among them (`?` stands for the digit of the block size).
  private var magic: [[UInt8]] {
    switch self {
    case .gzip: [[0x1F, 0x8B]]
    case .bzip2:
      [
        Array("BZh?".utf8) + [0x31, 0x41, 0x59, 0x26, 0x53, 0x59],
        Array("BZh?".utf8) + [0x17, 0x72, 0x45, 0x38, 0x50, 0x90],
      ]
    case .xz: [[0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]]
    case .zstd: [[0x28, 0xB5, 0x2F, 0xFD]]
    }
  }

  /// What the first bytes of a stream tell.
  enum Verdict: Equatable {
    /// They are compressed in this way.
    case compressed(Compression)
    /// More bytes are needed to tell.
    case undecided
    /// They are the data themselves.
    case plain
  }

  /// Judges a stream by its first bytes.
  static func verdict(_ head: [UInt8]) -> Verdict {
    var mayBe = false
    for method in allCases {
      for magic in method.magic {
        let fits = zip(head, magic).allSatisfy { byte, wanted in
          wanted == UInt8(ascii: "?") ? (0x31...0x39).contains(byte) : byte == wanted
        }
        guard fits else { continue }
        if head.count >= magic.count { return .compressed(method) }
        mayBe = true
      }
    }
    return mayBe ? .undecided : .plain
  }

  /// The most bytes that ``verdict(_:)`` needs.
  static let longestMagic = 10

  /// A decompressor for a stream.
  ///
  /// - Parameter source: its name, for error messages.
  func decompressor(source: String) -> any Decompressor {
    switch self {
    case .gzip: GzipInflater(source: source)
    case .bzip2: CodecDecompressor(Bzip2Codec(), source: source)
    case .xz: CodecDecompressor(XZCodec(), source: source)
    case .zstd: CodecDecompressor(ZstdCodec(), source: source)
    }
  }
}

/// Turns a stream of compressed bytes into the bytes that were compressed.
protocol Decompressor: AnyObject {
  /// Whether compressed bytes wait to be decompressed.
  var hasInput: Bool { get }

  /// Fills `buffer` from its start, as far as bytes are at hand.
  ///
  /// - Parameter readMore: gives compressed bytes; 0 at their end.
  /// - Returns: the number of bytes; 0 only at the end.
  func read(
    into buffer: UnsafeMutableRawBufferPointer,
    from readMore: (UnsafeMutableRawBufferPointer) throws -> Int
  ) throws -> Int
}
