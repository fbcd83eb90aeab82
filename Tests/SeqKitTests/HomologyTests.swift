import SeqKit
import SeqMath
import SeqTestSupport
import Testing

@Suite struct HomologyTests {
  private static func random(_ count: Int, _ length: Int, seed: UInt64) -> [[UInt8]] {
    var generator = RandomGenerator(seed: seed)
    let letters = Array("ACDEFGHIKLMNPQRSTVWY".utf8)
    return (0..<count).map { _ in
      (0..<length).map { _ in letters[generator.next(below: 20)] }
    }
  }

  /// The different words of one sequence, the plain way.
  private static func words(_ letters: [UInt8], _ k: Int) -> Set<[UInt8]> {
    guard letters.count >= k else { return [] }
    return Set((0...(letters.count - k)).map { Array(letters[$0..<($0 + k)]) })
      .filter { word in word.allSatisfy { (0x41...0x5A).contains($0) } }
  }

  @Test(arguments: 0..<10)
  func sharedWordsAreCountedAsByHand(seed: Int) {
    var generator = RandomGenerator(seed: UInt64(seed))
    // Few letters, so that words are shared; some gaps, which break words.
    func sequences(_ count: Int) -> [[UInt8]] {
      (0..<count).map { _ in
        (0..<(5 + generator.next(below: 40))).map { _ in
          Array("AAACCCG-".utf8)[generator.next(below: 8)]
        }
      }
    }
    let (first, second) = (sequences(8), sequences(8))
    for (k, minimum) in [(1, 1), (3, 1), (4, 2), (9, 1)] {
      var expected: [SequenceLeak] = []
      for (i, a) in first.enumerated() {
        for (j, b) in second.enumerated() {
          let shared = Self.words(a, k).intersection(Self.words(b, k)).count
          if shared >= minimum {
            expected.append(SequenceLeak(first: i, second: j, sharedWords: shared))
          }
        }
      }
      #expect(
        SequenceLeak.between(first, second, wordLength: k, minimum: minimum) == expected,
        "seed \(seed), k \(k)")
    }
  }

  @Test func caseDoesNotMatter() {
    let leaks = SequenceLeak.between(
      [Array("mkvwl".utf8)], [Array("AMKVWLA".utf8)], wordLength: 5, minimum: 1)
    #expect(leaks == [SequenceLeak(first: 0, second: 0, sharedWords: 1)])
  }

  /// Families of mutated copies come together, and nothing else does.
  @Test func familiesAreClusters() {
    var generator = RandomGenerator(seed: 5)
    let letters = Array("ACDEFGHIKLMNPQRSTVWY".utf8)
    var sequences: [[UInt8]] = []
    var family: [Int] = []
    for (number, parent) in Self.random(20, 150, seed: 3).enumerated() {
      for _ in 0..<4 {
        sequences.append(
          parent.map { generator.next(below: 10) == 0 ? letters[generator.next(below: 20)] : $0 })
        family.append(number)
      }
    }
    let clusters = WordClusters.clusters(
      of: sequences, wordLength: 6, minimum: 3, distinctLetters: 4)
    #expect(clusters == family)
  }

  @Test func simpleRepeatsMakeNoRelatives() {
    let tail = Array("QQQQQQQQQQQQQQQQ".utf8)
    let sequences = Self.random(2, 60, seed: 8).map { $0 + tail }
    #expect(
      WordClusters.clusters(of: sequences, wordLength: 6, minimum: 3, distinctLetters: 4) == [0, 1])
  }

  @Test func clustersAreNotCutAndPartsHaveTheirSizes() {
    var generator = RandomGenerator(seed: 2)
    let clusters = (0..<400).map { _ in generator.next(below: 90) }
    var numbers: [Int: Int] = [:]
    let numbered = clusters.map { cluster in
      let number = numbers[cluster] ?? numbers.count
      numbers[cluster] = number
      return number
    }
    let sizes = (0..<400).map { _ in 20 + generator.next(below: 300) }
    let parts = ClusterSplit.parts(
      clusters: numbered, sizes: sizes, fractions: [8, 1, 1], seed: 1)
    for cluster in Set(numbered) {
      #expect(Set(numbered.indices.filter { numbered[$0] == cluster }.map { parts[$0] }).count == 1)
    }
    let total = Double(sizes.reduce(0, +))
    for (part, share) in [0.8, 0.1, 0.1].enumerated() {
      let size = Double(sizes.indices.filter { parts[$0] == part }.reduce(0) { $0 + sizes[$1] })
      #expect(abs(size / total - share) < 0.02)
    }
    #expect(
      parts == ClusterSplit.parts(clusters: numbered, sizes: sizes, fractions: [8, 1, 1], seed: 1))
    #expect(
      parts != ClusterSplit.parts(clusters: numbered, sizes: sizes, fractions: [8, 1, 1], seed: 2))
    // A part of nothing gets nothing.
    let two = ClusterSplit.parts(clusters: numbered, sizes: sizes, fractions: [1, 0, 1], seed: 1)
    #expect(!two.contains(1))
  }

  @Test func namesOfClusterFilesAreFound() {
    let names = ClusterNames(["a", "b", "longer_name_1", "longer_name_2", "longest"])
    let result = names.assign([["a", "longest"], ["longer_n"], ["zz"]])
    #expect(result.clusters == [0, 1, 2, 2, 0])
    #expect(result.unknown == 1 && result.ambiguous == 1 && result.alone == 1)
  }

  /// The eleven chains of the training parts that the data's README says to drop.
  @Test(.enabled(if: DataSets.atHand, Comment(rawValue: DataSets.reason)))
  func theElevenChainsAreFound() throws {
    func records(_ name: String) throws -> [ResidueText] {
      try ResidueText.read(
        ByteSource(path: DataSets.path("bio/secstr/\(name).q3.3line.gz")), layout: .threeLine)
    }
    let test = try records("cb513") + records("ts115")
    var found: Set<String> = []
    for part in ["train", "val"] {
      let own = try records(part)
      let leaks = SequenceLeak.between(
        own.map(\.letters), test.map(\.letters), wordLength: 20, minimum: 15)
      for leak in leaks {
        found.insert(
          "\(part)\t\(own[leak.first].name)\t\(test[leak.second].name)\t\(leak.sharedWords)\t"
            + "\(own[leak.first].letters.count)")
      }
    }
    let bytes = try DataSets.bytes("bio/secstr/overlap.tsv")
    let expected = Set(
      String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropFirst().map(String.init))
    #expect(expected.count == 11)
    #expect(found == expected)
  }
}

@Suite struct TrackPictureTests {
  private func picture() -> TrackPicture {
    var picture = TrackPicture(name: "p<1>&", letters: Array("MKVLAGHNWSTE".utf8))
    picture.features = [
      ResidueFeature(sequence: "p", type: "RGD", start: 2, end: 5, strand: .plus, note: "a \"b\""),
      ResidueFeature(sequence: "p", type: "RGD", start: 4, end: 8, strand: .minus, score: 3.5),
      ResidueFeature(sequence: "p", type: "other", start: 0, end: 12),
    ]
    picture.labels = [.init(name: "structure", labels: Array("HHHH..EEECCC".utf8))]
    picture.curves = [
      ResidueCurve(
        sequence: "p", name: "P(H)", values: [0.1, 0.2, nil, 0.9] + Array(repeating: 0.5, count: 8))
    ]
    return picture
  }

  @Test func everythingIsDrawnAndNamed() {
    let svg = picture().svg()
    #expect(svg.contains("<title id=\"title\">p&lt;1&gt;&amp;</title>"))
    #expect(svg.contains("RGD: 2 features"))
    #expect(svg.contains("<title>RGD 3–5 (+): a &quot;b&quot;</title>"))
    #expect(svg.contains("<title>RGD 5–8 (-), score 3.50</title>"))
    #expect(svg.contains("<title>H 1–4</title>") && svg.contains("<title>E 7–9</title>"))
    // A value that is missing breaks the curve in two.
    #expect(svg.components(separatedBy: "<polyline").count - 1 == 2)
    #expect(svg.contains("role=\"img\"") && svg.contains("<desc id=\"desc\">"))
  }

  @Test func aRegionLeavesTheRestOut() {
    var picture = picture()
    picture.range = 9..<12
    let svg = picture.svg()
    #expect(!svg.contains("RGD") && svg.contains("other 1–12"))
    #expect(svg.contains("residues 10–12 of 12"))
  }
}

extension String {
  fileprivate func components(separatedBy text: String) -> [Substring] {
    var parts: [Substring] = []
    var rest = self[...]
    while let range = rest.firstRange(of: text) {
      parts.append(rest[..<range.lowerBound])
      rest = rest[range.upperBound...]
    }
    return parts + [rest]
  }
}
