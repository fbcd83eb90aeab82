internal import SeqXML

/// Finds what `#match()` pointers point at: their expressions are held against the text of their elements,
/// and become the characters that `string-range` would name. A reading of its own, because what they point
/// at may stand before or behind them; it is made for documents with such pointers alone.
final class MatchScanner: XMLHandler {
  private let table: PointerTable
  private let profile: CompiledProfile
  private let id: XMLNameID
  private var depth = 0
  /// Open elements that are pointed at, and their text so far.
  private var open: [(depth: Int, target: UInt64, text: [UInt8])] = []
  private var expressions: [String: MatchExpression] = [:]
  /// The longest text that is looked through, in bytes.
  private static let textLimit = 1 << 24

  init(_ table: PointerTable, profile: CompiledProfile, names: XMLNames) {
    self.table = table
    self.profile = profile
    id = names.id("xml:id")
  }

  func startElement(_ tag: borrowing XMLStartTag, in stream: XMLStream) throws {
    depth += 1
    for attribute in tag.attributes
    where attribute.name == id || profile.role(attribute.name) == .id {
      let hash = identifierHash(attribute.value)
      if !table.matches(in: hash).isEmpty { open.append((depth, hash, [])) }
    }
  }

  func endElement(_ name: XMLNameID, at range: Range<Int>, in stream: XMLStream) throws {
    while let last = open.last, last.depth == depth {
      open.removeLast()
      find(in: last.text, of: last.target)
    }
    depth -= 1
  }

  func text(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int, in stream: XMLStream) throws {
    take(bytes)
  }

  func substitute(
    _ bytes: UnsafeBufferPointer<UInt8>, for range: Range<Int>, in stream: XMLStream
  ) throws {
    take(bytes)
  }

  private func take(_ bytes: UnsafeBufferPointer<UInt8>) {
    for index in open.indices where open[index].text.count <= Self.textLimit {
      open[index].text.append(contentsOf: bytes)
    }
  }

  private func find(in text: [UInt8], of target: UInt64) {
    guard text.count <= Self.textLimit else { return }
    let scalars = Array(String(decoding: text, as: UTF8.self).unicodeScalars)
    for (pointer, match) in table.matches(in: target) {
      if expressions[match.expression] == nil {
        expressions[match.expression] = try? MatchExpression(match.expression)
      }
      guard let found = expressions[match.expression]?.match(match.number, in: scalars) else {
        continue
      }
      table.setCharacters(of: pointer, to: found)
    }
  }
}
