/// What offsets into a text count.
public enum OffsetUnit: String, Hashable, Sendable, CaseIterable {
  /// Bytes of its UTF-8.
  case bytes
  /// Unicode scalars, as Python and brat count.
  case codepoints
  /// Code units of UTF-16, as JavaScript and Java count.
  case utf16

  /// The unit of a name; `characters` is ``codepoints``.
  init?(name: some StringProtocol) {
    if name == "characters" { self = .codepoints } else { self.init(rawValue: String(name)) }
  }
}

/// Translates offsets into a text between units.
///
/// Offsets of ASCII text are the same in all units, and cost nothing.
struct TextOffsets {
  let unit: OffsetUnit
  /// The offset of each unit in bytes, and the length; `nil` if units are bytes. Inside a character
  /// stands −1.
  private let byteOfUnit: [Int32]?
  private let byteCount: Int

  init(_ text: some Collection<UInt8>, _ unit: OffsetUnit) {
    self.unit = unit
    byteCount = text.count
    guard unit != .bytes, text.contains(where: { $0 >= 0x80 }) else {
      byteOfUnit = nil
      return
    }
    var table: [Int32] = []
    for (offset, byte) in text.enumerated() where byte & 0xC0 != 0x80 {
      table.append(Int32(offset))
      if unit == .utf16, byte >= 0xF0 { table.append(-1) }
    }
    table.append(Int32(text.count))
    byteOfUnit = table
  }

  /// The length of the text.
  var count: Int { byteOfUnit.map { $0.count - 1 } ?? byteCount }

  /// The byte at which a unit begins; `nil` outside the text and inside a character.
  func byte(of offset: Int) -> Int? {
    guard let byteOfUnit else { return offset >= 0 && offset <= byteCount ? offset : nil }
    guard byteOfUnit.indices.contains(offset), byteOfUnit[offset] >= 0 else { return nil }
    return Int(byteOfUnit[offset])
  }

  /// The unit that begins at a byte; `nil` inside a character.
  func offset(ofByte byte: Int) -> Int? {
    guard let byteOfUnit else { return byte >= 0 && byte <= byteCount ? byte : nil }
    var low = 0
    var high = byteOfUnit.count
    while low < high {
      let middle = (low + high) / 2
      // A place inside a character belongs to the unit before it.
      let value = byteOfUnit[middle] >= 0 ? byteOfUnit[middle] : byteOfUnit[middle - 1]
      if Int(value) < byte { low = middle + 1 } else { high = middle }
    }
    return low < byteOfUnit.count && Int(byteOfUnit[low]) == byte ? low : nil
  }
}
