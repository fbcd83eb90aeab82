internal import Glibc
internal import SeqCore

/// Reads a source line by line. Lines end in LF, CR LF or CR; a last line may lack its end.
///
/// For files that are small or read once; formats in the millions of lines work on chunks.
public struct LineReader {
  /// The source's name, for error messages.
  public let name: String
  /// The number of the line that was read last, from 1; 0 before the first.
  public private(set) var line = 0

  private let source: ByteSource
  private var bytes: [UInt8] = []
  private var offset = 0
  private var isAtEnd = false
  private static let size = 128 << 10

  /// Makes a reader; nothing is read yet.
  public init(_ source: ByteSource) {
    self.source = source
    name = source.name
  }

  /// The place of the line that was read last.
  public func place(column: Int? = nil) -> Place {
    Place(source: name, line: line, column: column)
  }

  /// The next line without its end; `nil` at the end of the source.
  ///
  /// A byte-order mark before the first line is passed over.
  ///
  /// - Throws: what the source throws; `FormatError.empty` if it has no byte.
  public mutating func next() throws -> [UInt8]? {
    var searched = offset
    while true {
      if let end = lineEnd(from: searched) {
        // A CR may be the first half of CR LF, the rest of which is not read yet.
        if bytes[end] == .lineFeed || end + 1 < bytes.count || isAtEnd {
          let content = Array(bytes[offset..<end])
          let isPair =
            bytes[end] == .carriageReturn && end + 1 < bytes.count && bytes[end + 1] == .lineFeed
          offset = end + (isPair ? 2 : 1)
          line += 1
          return content
        }
        searched = end
      } else {
        searched = bytes.count
      }
      if isAtEnd {
        guard offset < bytes.count else { return nil }
        let content = Array(bytes[offset...])
        offset = bytes.count
        line += 1
        return content
      }
      searched -= offset
      try fill()
    }
  }

  private func lineEnd(from start: Int) -> Int? {
    bytes[start...].firstIndex { $0 == .lineFeed || $0 == .carriageReturn }
  }

  private mutating func fill() throws {
    let isFirst = line == 0 && bytes.isEmpty
    bytes.removeFirst(offset)
    offset = 0
    // A byte-order mark comes whole with the first bytes, however few the source has at hand.
    if isFirst { _ = try source.peek(3) { $0.first != 0xEF } }
    let more = try [UInt8](unsafeUninitializedCapacity: Self.size) {
      $1 = try source.read(into: UnsafeMutableRawBufferPointer($0))
    }
    isAtEnd = more.isEmpty
    if isFirst, isAtEnd { throw FormatError.empty(source: name) }
    bytes += isFirst && more.starts(with: [0xEF, 0xBB, 0xBF]) ? more.dropFirst(3) : more[...]
  }
}
