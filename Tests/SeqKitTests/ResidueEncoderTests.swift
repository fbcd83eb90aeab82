import SeqKit
import Testing

@Suite("Rows of residues") struct ResidueEncoderTests {
  private func rows(_ text: String, _ encoder: ResidueEncoder) -> [[Float]] {
    let rows = encoder.rows(of: Array(text.utf8))
    var values = [Float](repeating: -1, count: rows.count * rows.width)
    values.withUnsafeMutableBufferPointer {
      rows.write(0..<rows.count, to: $0.baseAddress!, stride: rows.width)
    }
    return (0..<rows.count).map { Array(values[$0 * rows.width..<($0 + 1) * rows.width]) }
  }

  @Test func wordsOfThreeBasesHaveAColumnEach() {
    let words = rows("acGTNA", ResidueEncoder(kind: .dna, groups: [.words]))
    #expect(words.allSatisfy { $0.count == 64 })
    // None at the ends and beside N; ACG is 0·16 + 1·4 + 2, CGT 1·16 + 2·4 + 3.
    let set = words.map { row in row.indices.filter { row[$0] != 0 } }
    #expect(set == [[], [6], [27], [], [], []])
    #expect(words.joined().allSatisfy { $0 == 0 || $0 == 1 })
  }

  @Test func groupsStandBesideEachOther() {
    let encoder = ResidueEncoder(kind: .dna, groups: [.oneHot, .words, .ends])
    let all = rows("AR", encoder)
    #expect(encoder.width == 4 + 64 + 2)
    #expect(Array(all[0][..<4]) == [1, 0, 0, 0])
    #expect(Array(all[1][..<4]) == [0.5, 0, 0.5, 0])
    #expect(all[0][68] == 1 && all[1][69] == 1)
  }

  @Test func groupsOfTheOtherAlphabetAreRefused() {
    #expect(ResidueEncoder(kind: .protein, groups: [.words]).fault?.contains("3-mers") == true)
    #expect(ResidueEncoder(kind: .dna, groups: [.blosum62]).fault?.contains("blosum62") == true)
    #expect(ResidueEncoder(kind: .dna, groups: [.oneHot, .words]).fault == nil)
  }
}
