internal import SeqXML

/// The identifiers met so far, as hashes, to tell of those that occur twice.
///
/// Up to a limit, so that memory does not grow with the file; `tei validate` has none.
struct IdentifierSet {
  private var slots: [UInt64] = []
  private var count = 0
  private(set) var limit = 1 << 18

  init(limit: Int = 1 << 18) { self.limit = limit }

  /// Notes an identifier, and reports it if it is not new or no name.
  mutating func insert(
    _ id: UnsafeBufferPointer<UInt8>, at offset: Int, _ stream: XMLStream,
    _ report: inout ImportReport
  ) {
    func warn(_ text: String) {
      guard report.warnings.count < ImportReport.warningLimit else { return }
      report.warnings.append("\(stream.place(of: offset)): warning: \(text)")
    }
    if !Self.isName(id) {
      report.invalidIDs += 1
      warn("invalid xml:id \"\(String(decoding: id, as: UTF8.self))\" (not an NCName)")
    }
    guard count < limit else { return }
    if (count + 1) * 2 > slots.count { grow() }
    let hash = identifierHash(id)
    var slot = Int(truncatingIfNeeded: mixed(hash)) & (slots.count - 1)
    while slots[slot] != 0 {
      if slots[slot] == hash {
        report.duplicateIDs += 1
        warn("duplicate xml:id \"\(String(decoding: id, as: UTF8.self))\"")
        return
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    slots[slot] = hash
    count += 1
  }

  private func mixed(_ hash: UInt64) -> UInt64 { hash ^ hash >> 29 }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: 0, count: max(1024, old.count * 2))
    for hash in old where hash != 0 {
      var slot = Int(truncatingIfNeeded: mixed(hash)) & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = hash
    }
  }

  /// Whether the bytes are a name without a colon, non-ASCII characters taken on trust.
  static func isName(_ id: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = id.first else { return false }
    // Digits, the hyphen and the full stop are no first letters.
    if first >= UInt8(ascii: "0") && first <= UInt8(ascii: "9") || first == UInt8(ascii: "-")
      || first == UInt8(ascii: ".")
    {
      return false
    }
    var allows = true
    for byte in id {
      // A bit for each ASCII character: `-`, `.`, `0`–`9`; `A`–`Z`, `_`, `a`–`z`.
      let bits: UInt64 = byte < 64 ? 0x03FF_6000_0000_0000 : 0x07FF_FFFE_87FF_FFFE
      allows = allows && (byte >= 0x80 || bits >> UInt64(byte & 63) & 1 == 1)
    }
    return allows
  }
}
