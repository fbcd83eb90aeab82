/// The tags of a token as CoNLL-U has them, from the attributes in which TEI corpora keep them.
///
/// - `msd="UPosTag=X|F=V"` (ParlaMint) gives UPOS and FEATS; `msd` with `=` gives FEATS; other values
///   of `msd` give XPOS.
/// - `pos` gives UPOS if it is one of the 17 universal tags, else XPOS.
/// - `ana="mte:Ncmsg"` or `ana="#Ncmsg"` gives XPOS where nothing else does.
struct TokenTags {
  private(set) var upos: UnsafeBufferPointer<UInt8>
  private(set) var xpos: UnsafeBufferPointer<UInt8>
  private(set) var features: UnsafeBufferPointer<UInt8>

  init(_ token: SegmentToken, _ values: UnsafeBufferPointer<UInt8>) {
    let none = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    (upos, xpos, features) = (none, none, none)
    if !token.pos.isEmpty {
      let pos = UnsafeBufferPointer(rebasing: values[token.pos.indices])
      if Self.isUniversal(pos) { upos = pos } else { xpos = pos }
    }
    if !token.msd.isEmpty {
      let msd = UnsafeBufferPointer(rebasing: values[token.msd.indices])
      if Self.namesUniversalTag(msd) {
        let end = msd.firstIndex(of: UInt8(ascii: "|")) ?? msd.count
        upos = UnsafeBufferPointer(rebasing: msd[8..<end])
        if end < msd.count { features = UnsafeBufferPointer(rebasing: msd[(end + 1)...]) }
      } else if msd.contains(UInt8(ascii: "=")) {
        features = msd
      } else if xpos.isEmpty {
        xpos = msd
      }
    }
    if xpos.isEmpty, !token.ana.isEmpty {
      let ana = UnsafeBufferPointer(rebasing: values[token.ana.indices])
      let first = UnsafeBufferPointer(
        rebasing: ana[..<(ana.firstIndex(of: 0x20) ?? ana.count)])
      let start =
        first.firstIndex(of: UInt8(ascii: ":")) ?? first.firstIndex(of: UInt8(ascii: "#")) ?? -1
      xpos = UnsafeBufferPointer(rebasing: first[(start + 1)...])
    }
  }

  /// Whether a value begins with `UPosTag=` or `UposTag=`.
  private static func namesUniversalTag(_ msd: UnsafeBufferPointer<UInt8>) -> Bool {
    guard msd.count >= 8 else { return false }
    let word = UnsafeRawPointer(msd.baseAddress!).loadUnaligned(as: UInt64.self)
    // The letters as one number, little end first; P and p differ in one bit.
    return UInt64(littleEndian: word) | 0x2000 == 0x3D67_6154_736F_7055
  }

  private static let universal: Set<String> = [
    "ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM", "PART", "PRON", "PROPN",
    "PUNCT", "SCONJ", "SYM", "VERB", "X",
  ]

  private static func isUniversal(_ tag: UnsafeBufferPointer<UInt8>) -> Bool {
    tag.count <= 5 && universal.contains(String(decoding: tag, as: UTF8.self))
  }
}
