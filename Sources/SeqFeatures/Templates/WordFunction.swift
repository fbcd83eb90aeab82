/// A function from the bytes of a value to the bytes of another, as templates name it.
public enum WordFunction: Hashable, Sendable {
  /// Lower case, by Unicode's full mapping.
  case lower
  /// Lower case with every digit as 0, so that numbers of one length are one value.
  case normal
  /// The first n characters (Unicode scalars); no value if there are fewer.
  case prefix(Int)
  /// The last n characters (Unicode scalars); no value if there are fewer.
  case suffix(Int)
  /// Each character's class: X upper case, x other letter, 0 digit, itself otherwise.
  case shape
  /// The shape with runs of one class written once.
  case shortShape
  /// The number of characters, at most 12.
  case length
  /// `yes` if a digit occurs, else no value.
  case hasDigit
  /// `yes` if a hyphen-minus occurs, else no value.
  case hasHyphen
  /// `yes` if an upper-case letter occurs, else no value.
  case hasUpper
  /// The word's value in a table; no value if it has none.
  case table(WordTable.Name)

  /// The names that templates use, with the number of arguments after the value.
  package static let names: [(name: String, arguments: Int)] =
    [
      ("lower", 0), ("normal", 0), ("prefix", 1), ("suffix", 1), ("shape", 0), ("shortShape", 0),
      ("length", 0), ("hasDigit", 0), ("hasHyphen", 0), ("hasUpper", 0),
    ] + WordTable.Name.allCases.map { ($0.rawValue, 0) }

  package init?(name: String, argument: Int?) {
    switch (name, argument) {
    case ("lower", nil): self = .lower
    case ("normal", nil): self = .normal
    case ("prefix", let n?): self = .prefix(n)
    case ("suffix", let n?): self = .suffix(n)
    case ("shape", nil): self = .shape
    case ("shortShape", nil): self = .shortShape
    case ("length", nil): self = .length
    case ("hasDigit", nil): self = .hasDigit
    case ("hasHyphen", nil): self = .hasHyphen
    case ("hasUpper", nil): self = .hasUpper
    case (_, nil):
      guard let table = WordTable.Name(rawValue: name) else { return nil }
      self = .table(table)
    default: return nil
    }
  }

  /// The function's text in a template around the text of its argument.
  func text(of inner: String) -> String {
    // By name: to ask a case for its own takes most of the time that a model's templates are read in.
    switch self {
    case .lower: "lower(\(inner))"
    case .normal: "normal(\(inner))"
    case .prefix(let n): "prefix(\(inner), \(n))"
    case .suffix(let n): "suffix(\(inner), \(n))"
    case .shape: "shape(\(inner))"
    case .shortShape: "shortShape(\(inner))"
    case .length: "length(\(inner))"
    case .hasDigit: "hasDigit(\(inner))"
    case .hasHyphen: "hasHyphen(\(inner))"
    case .hasUpper: "hasUpper(\(inner))"
    case .table(let name): "\(name.rawValue)(\(inner))"
    }
  }

  /// Whether the mark for a place before the first or after the last position passes through.
  var keepsBoundary: Bool { self == .lower || self == .normal }

  /// Replaces `value` by the function's value.
  ///
  /// - Parameter tables: what is known of words; a table that is not there has no values.
  /// - Returns: false if there is none, so that the feature does not fire.
  package func apply(to value: inout [UInt8], tables: [WordTable] = []) -> Bool {
    switch self {
    case .lower: lowercase(&value)
    case .normal:
      lowercase(&value)
      for i in value.indices where value[i] >= 0x30 && value[i] <= 0x39 { value[i] = 0x30 }
    case .prefix(let n):
      guard let end = offset(ofScalar: n, in: value) else { return false }
      value.removeSubrange(end...)
    case .suffix(let n):
      let count = scalarCount(value)
      guard count >= n, let start = offset(ofScalar: count - n, in: value) else { return false }
      value.removeSubrange(..<start)
    case .shape: value = characterClasses(of: value, runsOnce: false)
    case .shortShape: value = characterClasses(of: value, runsOnce: true)
    case .length: value = Array("\(min(scalarCount(value), 12))".utf8)
    case .hasDigit:
      guard value.contains(where: { $0 >= 0x30 && $0 <= 0x39 }) else { return false }
      value = Array("yes".utf8)
    case .hasHyphen:
      guard value.contains(0x2D) else { return false }
      value = Array("yes".utf8)
    case .hasUpper:
      guard characterClasses(of: value, runsOnce: true).contains(0x58) else { return false }
      value = Array("yes".utf8)
    case .table(let name):
      guard let table = tables.first(where: { $0.name == name }) else { return false }
      if name.ignoresCase { lowercase(&value) }
      guard let found = table.value(of: value) else { return false }
      value = found
    }
    return true
  }
}

private func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }

private func scalarCount(_ bytes: [UInt8]) -> Int {
  bytes.reduce(0) { $0 + (isContinuation($1) ? 0 : 1) }
}

/// The offset of the n-th scalar, `bytes.count` for the number of scalars itself.
private func offset(ofScalar n: Int, in bytes: [UInt8]) -> Int? {
  var seen = 0
  for (index, byte) in bytes.enumerated() where !isContinuation(byte) {
    if seen == n { return index }
    seen += 1
  }
  return seen == n ? bytes.count : nil
}

private func characterClasses(of bytes: [UInt8], runsOnce: Bool) -> [UInt8] {
  var result: [UInt8] = []
  func add(_ classes: some Collection<UInt8>) {
    if runsOnce, result.suffix(classes.count).elementsEqual(classes) { return }
    result.append(contentsOf: classes)
  }
  func add(_ byte: UInt8) {
    if runsOnce, result.last == byte { return }
    result.append(byte)
  }
  if bytes.allSatisfy({ $0 < 0x80 }) {
    for byte in bytes {
      switch byte {
      case 0x41...0x5A: add(0x58)
      case 0x61...0x7A: add(0x78)
      case 0x30...0x39: add(0x30)
      default: add(byte)
      }
    }
    return result
  }
  for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
    let properties = scalar.properties
    if properties.isUppercase || properties.generalCategory == .titlecaseLetter {
      add(0x58)
    } else if properties.isAlphabetic {
      add(0x78)
    } else if properties.generalCategory == .decimalNumber {
      add(0x30)
    } else {
      add(Array(String(scalar).utf8))
    }
  }
  return result
}
