internal import SeqCore

/// Checks bytes against the letters of a kind of sequence, 32 at a time.
///
/// The common letters (A to Z of proteins; A, C, G, T and N of nucleotides, either case) are told by
/// comparisons without branches, which the compiler turns into vector instructions (comparisons of
/// `SIMD32` it does not); 32 bytes with another one are looked up in the table.
struct LegalLetters {
  private let table: [Bool]
  private let isNucleic: Bool

  init(_ kind: ResidueKind) {
    table = kind.legalBytes()
    isNucleic = kind.isNucleic
  }

  @inline(__always)
  func contains(_ byte: UInt8) -> Bool { table[Int(byte)] }

  /// Whether every byte is legal.
  func containAll(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return true }
    let count = bytes.count
    guard count >= 32 else { return areLegal(base, count) }
    var offset = 0
    while true {
      let block = base + offset
      if !(isNucleic ? Self.areCommonBases(block) : Self.areLetters(block)), !areLegal(block, 32) {
        return false
      }
      if offset == count - 32 { return true }
      // The last 32 bytes overlap those before them.
      offset = min(offset + 32, count - 32)
    }
  }

  /// Whether 32 bytes are letters from A to Z.
  @inline(__always)
  private static func areLetters(_ bytes: UnsafePointer<UInt8>) -> Bool {
    var others: UInt8 = 0
    for index in 0..<32 { others |= (bytes[index] | 0x20) &- UInt8(ascii: "a") > 25 ? 1 : 0 }
    return others == 0
  }

  /// Whether 32 bytes are A, C, G, T or N.
  @inline(__always)
  private static func areCommonBases(_ bytes: UnsafePointer<UInt8>) -> Bool {
    var others: UInt8 = 0
    for index in 0..<32 {
      let letter = bytes[index] & 0xDF
      var isBase: UInt8 = letter == UInt8(ascii: "A") ? 1 : 0
      isBase |= letter == UInt8(ascii: "C") ? 1 : 0
      isBase |= letter == UInt8(ascii: "G") ? 1 : 0
      isBase |= letter == UInt8(ascii: "T") ? 1 : 0
      isBase |= letter == UInt8(ascii: "N") ? 1 : 0
      others |= isBase ^ 1
    }
    return others == 0
  }

  private func areLegal(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    table.withUnsafeBufferPointer { table in
      for index in 0..<count where !table[Int(bytes[index])] { return false }
      return true
    }
  }
}
