import SeqCore
import SeqFormats
import SeqMotifs
import SeqTestSupport
import Testing

/// The hits that fuzzpro, ps_scan, fuzznuc and another program agree on; see the data's README.
@Suite(.enabled(if: DataSets.atHand, Comment(rawValue: DataSets.reason)))
struct ConformanceTests {
  private func table(_ name: String) throws -> [[String]] {
    let bytes = try ByteSource(path: DataSets.path("bio/conformance/" + name)).readAll()
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map {
      $0.split(separator: "\t").map(String.init)
    }
  }

  @Test(arguments: MatchMeaning.allCases, [nil, 100])
  func proteinPatternsHitAsRecorded(meaning: MatchMeaning, window: Int?) throws {
    let expected = try table("patterns.expected.\(meaning.rawValue).tsv.gz").dropFirst().map {
      NamedHit(sequence: $0[0], motif: $0[1], start: Int($0[2])!, end: Int($0[3])!)
    }
    let patterns = try patterns(
      DataSets.bytes("bio/conformance/patterns.tsv"), kind: .protein)
    var options = ScanOptions()
    options.meaning = meaning
    let scanner = try PatternScanner(patterns, kind: .protein, options: options)
    let found = try hits(
      in: ByteSource(path: DataSets.path("bio/conformance/proteins.fa")), scanner,
      names: patterns.map(\.label.name), kind: .protein, window: window)
    #expect(found.count == Set(found).count)
    #expect(Set(found).symmetricDifference(expected).sorted().first == nil)
    #expect(expected.count > 6000)
  }

  @Test func nucleotidePatternsHitAsRecordedOnBothStrands() throws {
    let expected = try table("dna-patterns.expected.bed.gz").map {
      NamedHit(sequence: $0[0], motif: $0[3], start: Int($0[1])!, end: Int($0[2])!, strand: $0[5])
    }
    let patterns = try patterns(
      DataSets.bytes("bio/conformance/dna-patterns.tsv"), kind: .dna)
    let scanner = try PatternScanner(patterns, kind: .dna, options: ScanOptions())
    let found = try hits(
      in: ByteSource(path: DataSets.path("bio/conformance/genome.fa.gz")), scanner,
      names: patterns.map(\.label.name), kind: .dna, window: 10_000)
    #expect(found.count == Set(found).count)
    #expect(Set(found).symmetricDifference(expected).sorted().first == nil)
    #expect(expected.count == 26_128)
  }
}
