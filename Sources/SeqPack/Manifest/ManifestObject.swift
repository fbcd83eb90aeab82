internal import SeqCore

/// One object of a manifest while it is read: hands out members by name, and in the end names those
/// that nobody asked for.
struct ManifestObject {
  let path: String
  /// What the object is, for error messages: `reader`.
  let name: String
  let line: Int
  private let members: [(key: String, line: Int, value: JSON5Value)]
  private var asked: [String] = []

  init(_ value: JSON5Value, path: String, name: String) throws {
    guard case .object(let members) = value.content else {
      throw PackError.manifest(
        path: path, line: value.line, problem: "\(name) is \(value.kind), and must be an object")
    }
    self.path = path
    self.name = name
    self.members = members
    line = value.line
  }

  /// All members, for objects whose names are the user's own.
  var all: [(key: String, line: Int, value: JSON5Value)] { members }

  /// The value of a member.
  mutating func value(_ key: String) -> JSON5Value? {
    asked.append(key)
    return members.first { $0.key == key }?.value
  }

  func fault(_ key: String, _ value: JSON5Value, _ expected: String) -> PackError {
    .manifest(
      path: path, line: value.line,
      problem: "\"\(key)\" of \(name) is \(value.kind), and must be \(expected)")
  }

  /// Says what is wrong with a member.
  func problem(_ key: String, _ text: String) -> PackError {
    let line = members.first { $0.key == key }?.line ?? line
    return .manifest(path: path, line: line, problem: "\"\(key)\" of \(name): \(text)")
  }

  mutating func string(_ key: String) throws -> String? {
    guard let value = value(key) else { return nil }
    guard case .string(let text) = value.content else { throw fault(key, value, "a string") }
    return text
  }

  mutating func required(_ key: String) throws -> String {
    guard let text = try string(key) else {
      throw PackError.manifest(path: path, line: line, problem: "\(name) has no \"\(key)\"")
    }
    return text
  }

  mutating func boolean(_ key: String) throws -> Bool? {
    guard let value = value(key) else { return nil }
    guard case .boolean(let flag) = value.content else { throw fault(key, value, "true or false") }
    return flag
  }

  mutating func number(_ key: String) throws -> Double? {
    guard let value = value(key) else { return nil }
    guard case .number(let number) = value.content else { throw fault(key, value, "a number") }
    return number
  }

  mutating func integer(_ key: String, in range: ClosedRange<Int>) throws -> Int? {
    guard let number = try number(key) else { return nil }
    guard let integer = Int(exactly: number), range.contains(integer) else {
      throw problem(
        key, "\(number) must be a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return integer
  }

  mutating func strings(_ key: String) throws -> [String]? {
    guard let value = value(key) else { return nil }
    guard case .array(let elements) = value.content else {
      throw fault(key, value, "a list of strings")
    }
    return try elements.map { element in
      guard case .string(let text) = element.content else {
        throw PackError.manifest(
          path: path, line: element.line,
          problem: "\"\(key)\" of \(name) holds \(element.kind), and must hold strings")
      }
      return text
    }
  }

  mutating func numbers(_ key: String) throws -> [Double]? {
    guard let value = value(key) else { return nil }
    guard case .array(let elements) = value.content else {
      throw fault(key, value, "a list of numbers")
    }
    return try elements.map { element in
      guard case .number(let number) = element.content else {
        throw PackError.manifest(
          path: path, line: element.line,
          problem: "\"\(key)\" of \(name) holds \(element.kind), and must hold numbers")
      }
      return number
    }
  }

  /// A word that is one of several.
  mutating func choice(_ key: String, of known: [String]) throws -> String? {
    guard let word = try string(key) else { return nil }
    guard known.contains(word) else {
      let nearest = nearestName(to: word, among: known).map { " Did you mean \"\($0)\"?" } ?? ""
      throw problem(key, "\"\(word)\" is none of \(known.joined(separator: ", ")).\(nearest)")
    }
    return word
  }

  mutating func object(_ key: String) throws -> ManifestObject? {
    guard let value = value(key) else { return nil }
    return try ManifestObject(value, path: path, name: "\"\(key)\"")
  }

  /// An object of strings, in the order in which they stand.
  mutating func stringMembers(_ key: String) throws -> [(String, String)]? {
    guard let object = try object(key) else { return nil }
    return try object.all.map { member in
      guard case .string(let text) = member.value.content else {
        throw object.fault(member.key, member.value, "a string")
      }
      return (member.key, text)
    }
  }

  /// Refuses members that nobody asked for.
  func finish() throws {
    for member in members where !asked.contains(member.key) {
      let nearest =
        nearestName(to: member.key, among: asked).map { "Did you mean \"\($0)\"? " } ?? ""
      throw PackError.manifest(
        path: path, line: member.line,
        problem: "\(name) has no key \"\(member.key)\". \(nearest)The keys are "
          + asked.joined(separator: ", "))
    }
  }
}
