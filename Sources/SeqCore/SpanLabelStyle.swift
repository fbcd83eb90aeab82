/// How a label's name is put together from a mark's letter and a type.
public enum SpanLabelStyle: String, Hashable, Sendable, Codable, CaseIterable {
  /// `B-PER`: the letter, a hyphen, the type, in which further hyphens may stand.
  case prefix
  /// `B_PER`: the same with a low line.
  case underscore
  /// `PER-B`: the type first.
  case suffix

  /// A name taken apart; `nil` if it is no label of this style.
  ///
  /// `O` is the letter alone; so may be any other letter, and the type is empty then.
  public func parse(_ name: some StringProtocol) -> (letter: Character, type: String)? {
    let bytes = Array(name.utf8)
    func letter(_ byte: UInt8) -> Character? {
      let letter = Character(Unicode.Scalar(byte))
      return "OIBESLU".contains(letter) ? letter : nil
    }
    if bytes.count == 1 { return letter(bytes[0]).map { ($0, "") } }
    guard bytes.count >= 3 else { return nil }
    let isSuffix = self == .suffix
    let place = isSuffix ? bytes.count - 2 : 1
    let gap = self == .underscore ? UInt8(ascii: "_") : UInt8(ascii: "-")
    guard bytes[place] == gap, let found = letter(isSuffix ? bytes[place + 1] : bytes[0]),
      found != "O"
    else { return nil }
    let type = isSuffix ? bytes[..<place] : bytes[(place + 1)...]
    return (found, String(decoding: type, as: UTF8.self))
  }

  /// The name of a mark's letter and a type; the letter alone if the type is empty.
  public func compose(_ letter: Character, _ type: String) -> String {
    if letter == "O" { return "O" }
    if type.isEmpty { return String(letter) }
    switch self {
    case .prefix: return "\(letter)-\(type)"
    case .underscore: return "\(letter)_\(type)"
    case .suffix: return "\(type)-\(letter)"
    }
  }
}
