internal import SeqCore

extension Tokenizer {
  /// The version of the rules; it rises whenever a rule changes what comes out.
  static let rulesVersion = 1

  /// The name of what this tokenizer does: its language, the version of its rules, and a checksum of
  /// its tables. Texts of tokenizers with the same identity have the same words.
  ///
  /// A model records the identity of the tokenizer that its training text was made with. What line
  /// breaks mean changes sentences but no words, and is no part of it.
  public var identity: String {
    language == .english ? Tokenizer.englishIdentity : Tokenizer.universalIdentity
  }

  /// The identity of the English tokenizer, for instance `seqkit-en.v1+0123456789abcdef`.
  public static let englishIdentity = identity(of: .english)
  /// The identity of the universal tokenizer.
  public static let universalIdentity = identity(of: .universal)

  private static func identity(of language: Language) -> String {
    var checksum = Checksum()
    checksum.add(ScalarKindTable.blockOfScalars)
    checksum.add(ScalarKindTable.blocks)
    // The universal tokenizer divides sentences by the same weights, but no words.
    if language == .english {
      checksum.add(TokenizerWeights.junctures)
      checksum.add(UInt64(bitPattern: Int64(TokenizerWeights.junctureBias)))
      for entry in Contractions.unmarked { checksum.add(entry.utf8) }
      for affix in WordLists.prefixes + WordLists.suffixes + WordLists.abbreviations {
        checksum.add(affix.utf8)
      }
    }
    checksum.add(TokenizerWeights.sentences)
    checksum.add(UInt64(bitPattern: Int64(TokenizerWeights.sentenceBias)))
    return "seqkit-\(language.rawValue).v\(rulesVersion)+\(hexadecimal(checksum.value))"
  }
}

/// FNV-1a over little-endian words of eight bytes, mixed at the end: no guard against intent.
private struct Checksum {
  private var state: UInt64 = 0xCBF2_9CE4_8422_2325

  var value: UInt64 {
    var x = state
    x ^= x >> 32
    x = x &* 0xD6E8_FEB8_6659_FD93
    x ^= x >> 29
    return x
  }

  mutating func add(_ word: UInt64) {
    state = (state ^ word) &* 0x100_0000_01B3
    state ^= state >> 31
  }

  mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { add(UInt64(byte)) }
    add(UInt64(0x100))
  }

  mutating func add(_ literal: StaticString) {
    literal.withUTF8Buffer { buffer in
      let raw = UnsafeRawBufferPointer(buffer)
      var i = 0
      while i + 8 <= raw.count {
        add(UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: i, as: UInt64.self)))
        i += 8
      }
      while i < raw.count {
        add(UInt64(raw[i]))
        i += 1
      }
      add(UInt64(raw.count))
    }
  }
}
