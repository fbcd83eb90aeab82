import SeqCore
import SeqFormats
import SeqMotifs
import SeqTestSupport
import Testing

@Suite struct MatrixTests {
  private func random(_ seed: Int, width: Int) -> CountMatrix {
    var state = UInt64(seed) &* 2_654_435_761 &+ 17
    func next(_ limit: Int) -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(Int(state >> 33) % limit)
    }
    return CountMatrix(
      label: MotifLabel(name: "m"),
      columns: (0..<width).map { _ in SIMD4(next(30), next(20), next(9), 1 + next(60)) })
  }

  /// The scores of all sites of a matrix's width, with their probabilities.
  private func allScores(_ matrix: ScoringMatrix) -> [(score: Double, probability: Double)] {
    matrix.columns.reduce([(0, 1)]) { sums, column in
      sums.flatMap { sum in
        (0..<4).map { (sum.0 + column[$0], sum.1 * matrix.background[$0]) }
      }
    }
  }

  @Test(arguments: 0..<12)
  func thresholdsAreThoseOfAllSitesEnumerated(seed: Int) {
    let background = seed % 2 == 0 ? SIMD4(repeating: 0.25) : SIMD4(0.3, 0.2, 0.15, 0.35)
    let matrix = ScoringMatrix(random(seed, width: 3 + seed % 5), background: background)
    let scores = allScores(matrix).sorted { $0.score > $1.score }
    #expect(abs(scores[0].score - matrix.maximum) < 1e-9)
    for pValue in [0.3, 0.05, 0.01, 0.001, 1e-7] {
      let threshold = matrix.threshold(pValue: pValue)
      // Sums of the grid's rounding: half a step a column.
      let slack = 0.0005 * Double(matrix.columns.count) + 1e-9
      guard let threshold else {
        #expect(scores[0].probability > pValue * (1 - 1e-6))
        continue
      }
      func tail(_ limit: Double) -> Double {
        scores.reduce(0) { $0 + ($1.score >= limit ? $1.probability : 0) }
      }
      #expect(tail(threshold + slack) <= pValue * (1 + 1e-6))
      // The next score below would be too much.
      let next = scores.first { $0.score < threshold - slack }!.score
      #expect(tail(next - slack) > pValue * (1 - 1e-6), "seed \(seed), p \(pValue)")
    }
  }

  @Test(arguments: 0..<12)
  func sitesAreThoseThatScoringEachPlaceFinds(seed: Int) {
    let width = 2 + seed * 3
    let matrix = ScoringMatrix(random(seed, width: width))
    var state = UInt64(seed + 1)
    let text = (0..<700).map { _ -> UInt8 in
      state = state &* 6_364_136_223_846_793_005 &+ 1
      return Array("ACGTacgtNU".utf8)[Int(state >> 33) % (Int(state >> 50) % 6 == 0 ? 10 : 8)]
    }
    // So low that sites are found whatever the width.
    let threshold = matrix.maximum - Double(2 + 4 * width) / 1.5
    let codes: [UInt8: Int] = [65: 0, 67: 1, 71: 2, 84: 3, 85: 3, 97: 0, 99: 1, 103: 2, 116: 3]
    var expected: [[Int]] = []
    for (strand, matrix) in [(1, matrix), (2, matrix.reverseComplement)] {
      for start in 0..<(text.count - width + 1) {
        var score = 0.0
        for column in 0..<width {
          score += codes[text[start + column]].map { matrix.columns[column][$0] } ?? -.infinity
        }
        if score >= threshold { expected.append([start, strand, Int((score * 1000).rounded())]) }
      }
    }
    #expect(!expected.isEmpty)
    let scanner = MatrixScanner([(matrix, threshold)])
    for cut in [0, 31, 350, 700] {
      var hits: [MotifHit] = []
      for core in [0..<cut, cut..<700] {
        let position = max(0, core.lowerBound - width)
        let shown = position..<min(700, core.upperBound + width)
        let window = ResidueWindow(
          header: 0, text: 0..<shown.count, position: position, core: core,
          isFirst: core.lowerBound == 0, isLast: core.upperBound == 700)
        Array(text[shown]).withUnsafeBufferPointer { scanner.scan($0, window, into: &hits) }
      }
      let found = hits.map {
        [$0.start, Int($0.strand.rawValue), Int(($0.score! * 1000).rounded())]
      }
      #expect(Set(found) == Set(expected), "seed \(seed), cut \(cut)")
      #expect(found.count == expected.count)
    }
  }

  private func sentence(_ text: String) -> String? {
    do {
      _ = try MatrixFile.read(Array(text.utf8), source: "m.pfm")
      return nil
    } catch { return "\(error)" }
  }

  @Test func aMatrixThatIsWrongNamesItsLine() {
    #expect(
      sentence(">M\nA 1 2 3\nC 1 2\nG 1 2 3\nT 1 2 3\n")
        == "m.pfm:3: 2 numbers where the row before has 3.")
    #expect(
      sentence(">M\nA 1 2\nC 1 2\nG 1 2\n") == "m.pfm:2: 3 rows where A, C, G and T are expected.")
    #expect(
      sentence(">M\nA 1 -2\nC 1 2\nG 1 2\nT 1 1\n")?.contains("m.pfm:2: a negative count") == true)
    #expect(sentence("")?.hasPrefix("m.pfm: there is no motif in it.") == true)
    #expect(
      sentence("MEME version 4\nMOTIF a\nletter-probability matrix: alength= 4 w= 2\n1 0 0 0\n")
        == "m.pfm:5: 1 more rows of four numbers are expected.")
    #expect(
      sentence("MEME version 4\nMOTIF a\nletter-probability matrix: alength= 20 w= 2\n")?
        .contains("m.pfm:3: rows of 20 letters") == true)
  }
}

@Suite(.enabled(if: DataSets.atHand, Comment(rawValue: DataSets.reason)))
struct MatrixConformanceTests {
  private func read(_ name: String) throws -> [CountMatrix] {
    let source = try ByteSource(path: DataSets.path("bio/" + name))
    return try MatrixFile.read(try source.readAll(), source: source.name)
  }

  @Test func thresholdsAreThoseOfTheTable() throws {
    let matrices = try read("conformance/pwm.pfm").map { ScoringMatrix($0) }
    let table = String(
      decoding: try DataSets.bytes("bio/conformance/pwm.counts.tsv"), as: UTF8.self)
    var compared = 0
    for line in table.split(separator: "\n").dropFirst() {
      let fields = line.split(separator: "\t").map(String.init)
      let matrix = try #require(matrices.first { $0.label.name == fields[0] })
      let found = matrix.threshold(pValue: Double(fields[3])!)
      if let expected = Double(fields[4]) {
        #expect(abs((found ?? 0) - expected) < 1e-9, "\(fields[0]) \(fields[3])")
      } else {
        #expect(found == nil, "\(fields[0]) \(fields[3])")
      }
      compared += 1
    }
    #expect(compared == 24)
  }

  @Test func jasparHitsAreAsRecorded() throws {
    let matrices = try read("conformance/pwm.pfm").map { ScoringMatrix($0) }
    #expect(matrices.count == 12)
    let scanner = MatrixScanner(matrices.map { ($0, $0.threshold(pValue: 1e-4)) })
    var options = FASTAOptions()
    options.window = 50_000
    options.context = scanner.reach
    let reader = FASTAReader(
      try ByteSource(path: DataSets.path("bio/conformance/genome.fa.gz")), options: options)
    var found: Set<[String]> = []
    while let batch = try reader.nextBatch() {
      for window in batch.windows {
        var hits: [MotifHit] = []
        scanner.scan(batch.text(of: window), window, into: &hits)
        let name = String(decoding: batch.headers[window.header].name, as: UTF8.self)
        for hit in hits {
          let inserted = found.insert(
            [
              name, "\(hit.start)", "\(hit.end)", matrices[hit.motif].label.name,
              "\(Int((hit.score! * 10_000).rounded()))",
              String(Unicode.Scalar(hit.strand.symbol)),
            ]
          ).inserted
          #expect(inserted)
        }
      }
    }
    let bytes = try ByteSource(path: DataSets.path("bio/conformance/pwm.p1e-4.expected.bed.gz"))
      .readAll()
    let expected = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { line in
      var fields = line.split(separator: "\t").map(String.init)
      fields[4] = "\(Int((Double(fields[4])! * 10_000).rounded()))"
      return fields
    }
    #expect(
      found.symmetricDifference(expected).sorted { $0[0...1].joined() < $1[0...1].joined() }.first
        == nil)
    #expect(expected.count > 1000)
  }

  @Test func theTwoFormatsOfJasparAgree() throws {
    let counts = try read("motifs/jaspar2024-core.pfm.gz")
    let frequencies = try read("motifs/jaspar2024-core.meme.gz")
    #expect(counts.count == 2346)
    #expect(frequencies.count == 2346)
    // The files are in different orders, and a name may stand twice.
    var byName: [String: [CountMatrix]] = [:]
    for matrix in frequencies { byName[matrix.label.name, default: []].append(matrix) }
    for matrix in counts {
      let others = try #require(byName[matrix.label.name])
      let agree = others.contains { other in
        other.width == matrix.width
          && zip(matrix.columns, other.columns).allSatisfy { a, b in
            let difference = a / a.sum() - b / b.sum()
            return (difference * difference).max() < 0.0015 * 0.0015
          }
      }
      #expect(agree, "\(matrix.label.name)")
    }
  }

  @Test(arguments: [
    ("SRF.pfm", 1, 12, "SRF"), ("REB1.pfm", 1, 9, "REB1"), ("lm_MA0001.3.pfm", 1, 0, "MA0001.3"),
    ("lm_MA0017.3.pfm", 1, 12, "MA0017.3"), ("clusterbuster.pfm", 3, 6, "MA0004.1"),
    ("transfac.dat", 2, 12, "motif1"), ("MA0056.1.transfac", 1, 6, "MA0056.1"),
    ("lm_MA0001.2.transfac", 1, 18, "MA0001.2"), ("lm_demo.uniprobe", 0, 0, "Arid3a_primary"),
    ("Arnt.sites", 1, 6, "MA0004"), ("minimal_test.meme", 3, 19, "KRP"),
    ("minimal_test_rna.meme", 3, 19, "KRP_fake_RNA"), ("lm_DNA.meme", 2, 19, "crp"),
    ("lm_DREME.meme", 16, 8, "CCMCRCCC"), ("lm_STREME.meme", 7, 15, "1-RGCCACACCCWNNBY"),
    ("lm_MEME.meme", 3, 18, nil as String?), ("fourrows.pfm", 0, 6, nil),
    ("fourcolumns.pfm", 0, 8, nil),
  ])
  func everyLayoutIsRead(file: String, count: Int, width: Int, name: String?) throws {
    let matrices = try read("motifs/formats/" + file)
    if count > 0 { #expect(matrices.count == count) }
    let first = try #require(matrices.first)
    if width > 0 { #expect(first.width == width) }
    if let name { #expect(first.label.name == name) }
    for matrix in matrices {
      for column in matrix.columns { #expect(column.sum() > 0) }
    }
  }

  @Test func lettersAndColumnsGoWhereTheyBelong() throws {
    #expect(try read("motifs/formats/SRF.pfm")[0].columns[2] == SIMD4(0, 45, 1, 0))
    #expect(try read("motifs/formats/clusterbuster.pfm")[0].columns[1] == SIMD4(19, 0, 1, 0))
    #expect(try read("motifs/formats/transfac.dat")[0].columns[3] == SIMD4(0, 5, 0, 0))
    // The rows of this one come in the order A T G C.
    #expect(try read("motifs/formats/fourrows.pfm")[1].columns[1] == SIMD4(0, 0, 1, 0))
    #expect(try read("motifs/formats/fourcolumns.pfm")[0].columns[0][3] == 0.971153846153846)
    let krp = try read("motifs/formats/minimal_test.meme")[0]
    #expect(abs(krp.columns[0][1] - 3) < 1e-4)
    #expect(abs(krp.columns[0][3] - 14) < 1e-4)
  }
}
