/// A place in an XML source, as messages name it.
public struct XMLPlace: Hashable, Sendable, CustomStringConvertible {
  /// The file's path, or `<stdin>`.
  public var source: String
  /// The line, from 1; lines end with a line feed.
  public var line: Int
  /// The code point of the line, from 1.
  public var column: Int

  /// Makes a place.
  public init(source: String, line: Int, column: Int) {
    self.source = source
    self.line = line
    self.column = column
  }

  /// `file:line:column`.
  public var description: String { "\(source):\(line):\(column)" }
}
