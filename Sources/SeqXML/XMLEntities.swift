/// The entities that a document declares, and what it may cost to expand them.
///
/// The parser is told that every entity is opaque, so nothing is expanded behind our back; this
/// table says what stands for a reference, and its size, before a byte of it is made.
final class XMLEntities {
  /// What a name stands for.
  enum Meaning {
    /// Replacement text: characters, or text that holds references and tags to be read.
    case internalText([UInt8])
    /// A file, or data that is not XML.
    case external(systemIdentifier: String)
  }

  private var declared: [[UInt8]: Meaning] = [:]
  private var sizes: [[UInt8]: Int] = [:]
  /// Names of parameter entities with a value of their own.
  private(set) var parameters: Set<[UInt8]> = []
  /// Names of parameter entities in other files, with those.
  private(set) var externalParameters: [[UInt8]: String] = [:]
  /// Names that no declaration tells: the first place and the number of references.
  private(set) var undeclared: [(name: [UInt8], first: XMLPlace, count: Int)] = []
  private var undeclaredIndex: [[UInt8]: Int] = [:]
  /// The bytes of replacement text made so far.
  private(set) var expanded = 0

  /// Why a reference cannot be replaced.
  enum Fault: Error {
    case loop([String])
    case external(file: String)
    case depth
    case budget
  }

  /// Declares a general entity; the first declaration binds.
  func declare(_ name: [UInt8], _ meaning: Meaning) {
    if declared[name] == nil { declared[name] = meaning }
  }

  /// Declares a parameter entity.
  func declareParameter(_ name: [UInt8], file: String?) {
    if let file {
      if externalParameters[name] == nil { externalParameters[name] = file }
    } else {
      parameters.insert(name)
    }
  }

  /// Counts a reference to a name that no declaration tells.
  func noteUndeclared(_ name: [UInt8], at place: @autoclosure () -> XMLPlace) {
    if let index = undeclaredIndex[name] {
      undeclared[index].count += 1
    } else {
      undeclaredIndex[name] = undeclared.count
      undeclared.append((name, place(), 1))
    }
  }

  /// What a name stands for: a declaration, or a built-in character name.
  func meaning(_ name: [UInt8]) -> Meaning? {
    if let meaning = declared[name] { return meaning }
    return CharacterNames.utf8(of: name).map { .internalText($0) }
  }

  /// Reserves the bytes that a reference expands to.
  ///
  /// - Parameter allowance: the bytes of replacement text that may be made in all.
  func spend(_ name: [UInt8], allowance: Int, depthLimit: Int) throws(Fault) {
    var path: [[UInt8]] = []
    let size = try size(of: name, &path, depthLimit: depthLimit)
    expanded += min(size, Self.hugeSize)
    if expanded > allowance { throw .budget }
  }

  private static let hugeSize = 1 << 40

  /// The bytes that a reference expands to, references in it expanded as well.
  private func size(
    of name: [UInt8], _ path: inout [[UInt8]], depthLimit: Int
  ) throws(Fault) -> Int {
    if let size = sizes[name] { return size }
    if path.contains(name) {
      throw .loop((path + [name]).map { String(decoding: $0, as: UTF8.self) })
    }
    guard let meaning = meaning(name) else { return name.count + 2 }
    guard case .internalText(let text) = meaning else {
      if case .external(let file) = meaning { throw .external(file: file) }
      return 0
    }
    path.append(name)
    if path.count > depthLimit { throw .depth }
    var total = 0
    for reference in Self.references(in: text) {
      total = min(total + (try size(of: reference, &path, depthLimit: depthLimit)), Self.hugeSize)
    }
    path.removeLast()
    let size = min(total + text.count, Self.hugeSize)
    sizes[name] = size
    return size
  }

  /// The names of the general entities referred to in `text`.
  private static func references(in text: [UInt8]) -> [[UInt8]] {
    var names: [[UInt8]] = []
    var index = 0
    while index < text.count {
      guard text[index] == UInt8(ascii: "&"), index + 1 < text.count,
        text[index + 1] != UInt8(ascii: "#"),
        let end = text[index...].firstIndex(of: UInt8(ascii: ";"))
      else {
        index += 1
        continue
      }
      let name = Array(text[(index + 1)..<end])
      if predefined(name) == nil { names.append(name) }
      index = end + 1
    }
    return names
  }

  /// The character of one of the five names that XML itself declares.
  static func predefined(_ name: [UInt8]) -> UInt8? {
    switch name.count {
    case 2:
      if name == Array("lt".utf8) { return UInt8(ascii: "<") }
      if name == Array("gt".utf8) { return UInt8(ascii: ">") }
    case 3: if name == Array("amp".utf8) { return UInt8(ascii: "&") }
    case 4:
      if name == Array("apos".utf8) { return UInt8(ascii: "'") }
      if name == Array("quot".utf8) { return UInt8(ascii: "\"") }
    default: break
    }
    return nil
  }
}

/// Declarations of entities in an external subset, as far as they are plain.
///
/// Comments are passed over; conditional sections, element and attribute declarations and
/// references to parameter entities mean nothing here.
enum XMLExternalSubset {
  /// Hands over the general entities that `bytes` declares with a value.
  static func declarations(in bytes: [UInt8], _ body: (_ name: [UInt8], _ value: [UInt8]) -> Void) {
    var index = 0
    func starts(_ word: StaticString) -> Bool {
      let word = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
      return index + word.count <= bytes.count
        && bytes[index..<(index + word.count)].elementsEqual(word)
    }
    func skipSpace() { while index < bytes.count, bytes[index] <= 0x20 { index += 1 } }
    while index < bytes.count {
      if starts("<!--") {
        index += 4
        while index < bytes.count, !starts("-->") { index += 1 }
      } else if starts("<!ENTITY") {
        index += 8
        skipSpace()
        let nameStart = index
        while index < bytes.count, bytes[index] > 0x20 { index += 1 }
        let name = Array(bytes[nameStart..<index])
        skipSpace()
        guard index < bytes.count, name != [UInt8(ascii: "%")],
          bytes[index] == UInt8(ascii: "\"") || bytes[index] == UInt8(ascii: "'"),
          let end = bytes[(index + 1)...].firstIndex(of: bytes[index])
        else { continue }
        body(name, characterReferencesReplaced(bytes[(index + 1)..<end]))
        index = end + 1
      } else {
        index += 1
      }
    }
  }

  /// The value of an entity: references to characters are replaced in a declaration already.
  private static func characterReferencesReplaced(_ value: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var index = value.startIndex
    while index < value.endIndex {
      if value[index] == UInt8(ascii: "&"), index + 1 < value.endIndex,
        value[index + 1] == UInt8(ascii: "#"),
        let end = value[index...].firstIndex(of: UInt8(ascii: ";")),
        let scalar = characterReference(value[(index + 2)..<end])
      {
        result += Array(UTF8.encode(scalar)!)
        index = end + 1
      } else {
        result.append(value[index])
        index += 1
      }
    }
    return result
  }
}

/// The character of a numeric reference, given what stands between `&#` and `;`.
func characterReference(_ digits: some Collection<UInt8>) -> Unicode.Scalar? {
  let isHexadecimal = digits.first == UInt8(ascii: "x")
  let text = String(
    decoding: Array(isHexadecimal ? digits.dropFirst() : digits[...]), as: UTF8.self)
  return UInt32(text, radix: isHexadecimal ? 16 : 10).flatMap(Unicode.Scalar.init)
}
