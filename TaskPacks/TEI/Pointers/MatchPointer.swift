/// The pointer `#match(id,'expression',number)` of the TEI Guidelines, 16.2.4.
enum MatchPointer {
  /// Its parts; the number is 1 if it says none. `nil` if it is not such a pointer.
  ///
  /// `%20` and the like are characters, as in every reference; `^(`, `^)` and `^^` are `(`, `)` and `^`, as
  /// the XPointer framework wants them written where parentheses do not match.
  static func parts(of target: String) -> (id: String, expression: String, number: Int)? {
    guard target.hasPrefix("#match("), target.last == ")" else { return nil }
    let inside = target.dropFirst("#match(".count).dropLast()
    guard let comma = inside.firstIndex(of: ",") else { return nil }
    let id = String(inside[..<comma].filter { !$0.isWhitespace })
    var rest = inside[inside.index(after: comma)...].drop(while: \.isWhitespace)
    var number = 1
    if let quote = rest.first, quote == "'" || quote == "\"" {
      guard let end = rest.lastIndex(of: quote), end != rest.startIndex else { return nil }
      let behind = rest[rest.index(after: end)...].filter { !$0.isWhitespace }
      if !behind.isEmpty {
        guard behind.first == ",", let value = Int(behind.dropFirst()) else { return nil }
        number = value
      }
      rest = rest[rest.index(after: rest.startIndex)..<end]
    } else if let last = rest.lastIndex(of: ","),
      let value = Int(rest[rest.index(after: last)...].filter { !$0.isWhitespace })
    {
      number = value
      rest = rest[..<last]
    }
    guard !id.isEmpty, !rest.isEmpty, number > 0, number < 1 << 20 else { return nil }
    return (id, unescaped(rest), number)
  }

  private static func unescaped(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    let source = Array(text.utf8)
    var index = 0
    while index < source.count {
      let byte = source[index]
      if byte == UInt8(ascii: "%"), index + 2 < source.count,
        let value = UInt8(
          String(decoding: source[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        index += 3
      } else if byte == UInt8(ascii: "^"), index + 1 < source.count,
        [UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "^")].contains(source[index + 1])
      {
        bytes.append(source[index + 1])
        index += 2
      } else {
        bytes.append(byte)
        index += 1
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
