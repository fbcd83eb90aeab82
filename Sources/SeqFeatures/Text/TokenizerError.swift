/// Why a text cannot be tokenized.
public enum TokenizerError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The byte at `offset` (0-based, on the 1-based line `line`) is no part of a UTF-8 scalar.
  case notUTF8(offset: Int, line: Int, byte: UInt8)
  /// The text is longer than 32-bit offsets reach.
  case tooLong(count: Int)

  /// The place, what was found, what was expected, and what to try.
  public var description: String {
    switch self {
    case .notUTF8(let offset, let line, let byte):
      let hex = String(byte, radix: 16, uppercase: true)
      return "line \(line), byte offset \(offset): 0x\(hex) is not UTF-8, which is expected. "
        + "Is the text in another encoding? `iconv -f latin1 -t utf-8` converts it."
    case .tooLong(let count):
      return "The text has \(count) bytes; at most \(UInt32.max) can be tokenized at once. "
        + "Cut it where a paragraph ends."
    }
  }
}
