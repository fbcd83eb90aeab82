import SeqCore
import SeqFormats
import SeqMetrics
import SeqTestSupport
import Testing

@Suite struct SegmentOverlapTests {
  @Test func anExactPredictionScoresOne() {
    let labels = Array("CCHHHHEEC".utf8)
    let overlap = SegmentOverlap(reference: labels, predicted: labels)
    #expect(SegmentOverlap.overall(overlap.sov99) == 1)
    #expect(SegmentOverlap.overall(overlap.refined) == 1)
  }

  @Test func aShiftByOneIsAllowed() {
    // H: 5 residues of 7 are shared, and one more at either end is allowed.
    let overlap = SegmentOverlap(
      reference: Array("CCHHHHHHCCCC".utf8), predicted: Array("CCCHHHHHHCCC".utf8))
    #expect(SegmentOverlap.overall(overlap.sov99) == 1)
    // By hand: K/Σ(|s|/N)² = 2/(56/144) = 36/7; H: (5 + 36/7 · 6/12 · 5/7)/7.
    let expected = (5 + 36.0 / 7 * 0.5 * 5 / 7) / 7
    #expect(abs(overlap.refined[UInt8(ascii: "H")]!.value! - expected) < 1e-12)
  }

  @Test(.enabled(if: DataSets.atHand, Comment(rawValue: DataSets.reason)))
  func theAuthorsScoresComeOut() throws {
    let bytes = try ByteSource(path: DataSets.path("bio/conformance/sov.expected.tsv.gz")).readAll()
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropFirst()
    #expect(lines.count == 99)
    for line in lines {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      let overlap = SegmentOverlap(
        reference: Array(fields[1].utf8), predicted: Array(fields[2].utf8))
      var found: [Double?] = [
        SegmentOverlap.overall(overlap.sov99), SegmentOverlap.overall(overlap.refined),
      ]
      for scores in [overlap.sov99, overlap.refined] {
        for label in "HEC".utf8 { found.append(scores[label]?.value) }
      }
      for (value, expected) in zip(found, fields[4...]) {
        guard let expected = Double(expected) else {
          #expect(value == nil, "\(fields[0])")
          continue
        }
        // Three decimals are given.
        #expect(abs((value ?? -1) - expected) <= 0.0005 + 1e-9, "\(fields[0])")
      }
    }
  }
}

@Suite struct RankingTests {
  @Test(arguments: 0..<20)
  func theAreaIsTheShareOfPairsInOrder(seed: Int) throws {
    var state = UInt64(seed) &* 31 &+ 7
    func next(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    let cases = (0..<40).map { _ in (score: Double(next(12)), isPositive: next(3) == 0) }
    let positives = cases.filter(\.isPositive)
    let negatives = cases.filter { !$0.isPositive }
    guard !positives.isEmpty, !negatives.isEmpty else { return }
    var won = 0.0
    for a in positives {
      for b in negatives { won += a.score > b.score ? 1 : a.score == b.score ? 0.5 : 0 }
    }
    let ranking = RankingScore(cases)
    let area = try #require(ranking.areaUnderROC)
    #expect(abs(area - won / Double(positives.count * negatives.count)) < 1e-12, "seed \(seed)")
    // The best threshold is found by trying all.
    let best = try #require(ranking.bestThreshold())
    for threshold in Set(cases.map(\.score)) {
      var score = BinaryScore()
      for one in cases {
        score.add(isPositive: one.isPositive, isPredicted: one.score >= threshold)
      }
      #expect(score.fScore() <= best.f1 + 1e-12)
      if threshold == best.threshold { #expect(abs(score.fScore() - best.f1) < 1e-12) }
    }
  }
}

/// TMbed's own predictions, scored as the data's README gives them.
@Suite(.enabled(if: DataSets.atHand, Comment(rawValue: DataSets.reason)))
struct TopologyTests {
  private func records(_ name: String) throws -> [(name: String, kind: String, labels: [UInt8])] {
    let bytes = try ByteSource(path: DataSets.path("bio/tm-topology/" + name)).readAll()
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    return stride(from: 0, to: lines.count, by: 3).map { index in
      let words = lines[index].dropFirst().split(separator: " ")
      return (
        String(words[0]), words.dropFirst().joined(separator: " "), Array(lines[index + 2].utf8)
      )
    }
  }

  private func segments(_ labels: [UInt8], of letters: String) -> [Segment] {
    var result: [Segment] = []
    var position = 0
    while position < labels.count {
      guard letters.utf8.contains(labels[position]) else {
        position += 1
        continue
      }
      let start = position
      while position < labels.count, labels[position] == labels[start] { position += 1 }
      result.append(Segment(start: start, end: position, label: 0))
    }
    return result
  }

  @Test(arguments: [
    ("alpha", "Hh", 0.887, 0.867, 349, 571), ("beta", "Bb", 0.951, 0.992, 45, 57),
  ])
  func theRecordedFiguresComeOut(
    kind: String, letters: String, recall: Double, precision: Double, perfect: Int, proteins: Int
  ) throws {
    var matching = SegmentMatching()
    for fold in 0..<5 {
      let predicted = Dictionary(
        uniqueKeysWithValues: try records("tmbed-fold\(fold).3line.gz").map { ($0.name, $0.labels) }
      )
      for record in try records("fold\(fold).3line.gz")
      where record.kind.contains("kind=\(kind)") && record.kind.contains("eval=1") {
        matching.add(
          reference: segments(record.labels, of: letters),
          predicted: segments(try #require(predicted[record.name]), of: letters))
      }
    }
    #expect(matching.sequences == proteins)
    #expect(abs(matching.recall - recall) < 0.0005)
    #expect(abs(matching.precision - precision) < 0.0005)
    #expect(matching.perfectSequences == perfect)
  }
}
