import SeqFormats
import SeqTestSupport
import Testing

/// bzip2, xz and Zstandard: whole, joined, cut short, damaged.
@Suite(.enabled(if: DataSets.atHand, Comment(rawValue: DataSets.reason)))
struct CompressionTests {
  static let endings = ["bz2", "xz", "zst"]

  private func read(_ bytes: [UInt8], by size: Int = 1000) throws -> [UInt8] {
    let source = ByteSource(bytes: bytes, name: "c")
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: size)
    while true {
      let count = try buffer.withUnsafeMutableBytes { try source.read(into: $0) }
      if count == 0 { return result }
      result += buffer[..<count]
    }
  }

  @Test(arguments: endings)
  func aFileIsReadWhateverThePieces(ending: String) throws {
    let plain = try DataSets.bytes("bio/fasta-zoo/plain.fa")
    let packed = try DataSets.bytes("bio/fasta-zoo/plain.fa." + ending)
    for size in [1, 7, 1000] { #expect(try read(packed, by: size) == plain) }
    #expect(try read(packed + packed, by: 50) == plain + plain)
  }

  @Test(arguments: endings)
  func aFileThatIsCutShortIsAnError(ending: String) throws {
    let packed = try DataSets.bytes("bio/fasta-zoo/plain.fa." + ending)
    for end in 10..<packed.count {
      #expect(throws: FormatError.truncatedCompression(source: "c"), "\(end) bytes") {
        try read(Array(packed[..<end]))
      }
    }
  }

  @Test(arguments: endings)
  func damageIsAnErrorOrHarmless(ending: String) throws {
    let plain = try DataSets.bytes("bio/fasta-zoo/plain.fa")
    let packed = try DataSets.bytes("bio/fasta-zoo/plain.fa." + ending)
    var errors = 0
    for index in 10..<packed.count {
      var damaged = packed
      damaged[index] ^= 0x55
      do {
        #expect(try read(damaged) == plain)
      } catch is FormatError { errors += 1 }
    }
    #expect(errors > packed.count / 2)
    #expect(throws: FormatError.self) { try read(packed + Array("text".utf8)) }
  }

  @Test(arguments: ["gz"] + endings)
  func whatComesBeforeForeignBytesIsGiven(ending: String) throws {
    let plain = try DataSets.bytes("bio/fasta-zoo/plain.fa")
    let packed = try DataSets.bytes("bio/fasta-zoo/plain.fa." + ending)
    let source = ByteSource(bytes: packed + Array("text".utf8), name: "c")
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    #expect(throws: FormatError.self) {
      while true {
        let count = try buffer.withUnsafeMutableBytes { try source.read(into: $0) }
        if count == 0 { return }
        result += buffer[..<count]
      }
    }
    #expect(result == plain)
  }

  @Test func textThatBeginsLikeAMagicNumberIsText() throws {
    for text in ["BZh", "BZh9 is a word", "(", "B", ""] {
      #expect(try read(Array(text.utf8)) == Array(text.utf8))
    }
  }
}
