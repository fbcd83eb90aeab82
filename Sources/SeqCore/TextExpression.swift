/// A regular expression over bytes of UTF-8, as people write it: Swift's syntax, which is nearly
/// Perl's. Characters are Unicode scalars.
public struct TextExpression: Hashable, Sendable, CustomStringConvertible {
  /// The text that it was made of.
  public let description: String
  private let regex: Compiled

  /// The standard library's `Regex` is not declared `Sendable` because it may hold closures; one made
  /// of text holds none.
  private struct Compiled: @unchecked Sendable {
    let regex: Regex<AnyRegexOutput>
  }

  /// Compiles an expression.
  ///
  /// - Throws: `TextExpression.Fault` with what is wrong.
  public init(_ text: String) throws {
    description = text
    do {
      regex = Compiled(regex: try Regex(text).matchingSemantics(.unicodeScalar))
    } catch {
      throw Fault(expression: text, problem: "\(error)")
    }
  }

  /// An expression that does not parse.
  public struct Fault: Error, Hashable, CustomStringConvertible {
    /// The expression.
    public var expression: String
    /// What is wrong with it.
    public var problem: String
    /// Both.
    public var description: String { "the expression \(expression) does not parse: \(problem)" }
  }

  /// The places of the groups in the first match that is all of `bytes`, in bytes from its start;
  /// `nil` if there is none. The whole is group 0; a group that took no part is `nil`.
  public func groups(inAll bytes: some Collection<UInt8>) -> [Range<Int>?]? {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let match = text.wholeMatch(of: regex.regex) else { return nil }
    return match.output.map { $0.range.map { Self.offsets($0, in: text) } }
  }

  /// Whether all of `bytes` match.
  public func matchesAll(_ bytes: some Collection<UInt8>) -> Bool {
    String(decoding: bytes, as: UTF8.self).wholeMatch(of: regex.regex) != nil
  }

  /// The places of all matches that are not empty, from left to right, in bytes from the start.
  public func matches(in bytes: some Collection<UInt8>) -> [Range<Int>] {
    let text = String(decoding: bytes, as: UTF8.self)
    return text.matches(of: regex.regex).map { Self.offsets($0.range, in: text) }
      .filter { !$0.isEmpty }
  }

  private static func offsets(_ range: Range<String.Index>, in text: String) -> Range<Int> {
    let start = text.utf8.distance(from: text.utf8.startIndex, to: range.lowerBound)
    return start..<start + text.utf8.distance(from: range.lowerBound, to: range.upperBound)
  }

  /// Equal expressions have the same text.
  public static func == (a: TextExpression, b: TextExpression) -> Bool {
    a.description == b.description
  }

  /// Hashes the text.
  public func hash(into hasher: inout Hasher) { hasher.combine(description) }
}
