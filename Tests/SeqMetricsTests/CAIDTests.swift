import SeqCore
import SeqFormats
import SeqMetrics
import SeqTestSupport
import Testing

@Suite struct CAIDFigureTests {
  @Test func withoutNegativesSomeFiguresHaveNoValue() {
    let assessment = CAIDAssessment([(0.9, true), (0.4, true)])
    let figures = assessment.figures(at: 0.5)
    #expect(figures[.fpr] == nil && figures[.tnr] == nil && figures[.inf] == nil)
    #expect(figures[.tpr] == 0.5 && figures[.bac] == 0.5 && figures[.ppv] == 1)
  }

  @Test func belowEveryScoreTheHighestCounts() {
    let assessment = CAIDAssessment([(0.4, true), (0.3, false), (0.4, false)])
    let counts = assessment.counts(at: 0.9)
    #expect(counts.truePositives == 1 && counts.falsePositives == 1 && counts.trueNegatives == 1)
  }

  @Test func ofEqualThresholdsTheHighestIsBest() {
    let assessment = CAIDAssessment([(0.9, true), (0.5, false), (0.4, true), (0.1, false)])
    // F1: 0.667 at 0.9, 0.5, 0.8, 0.667.
    #expect(assessment.bestThreshold(for: .f1s) == 0.4)
    #expect(assessment.bestThreshold(for: .ppv) == 0.9)
  }
}

/// The official figures of the CAID3 assessment.
@Suite(.enabled(if: DataSets.atHand, Comment(rawValue: DataSets.reason)))
struct CAIDTests {
  private typealias Cases = [(score: Double, isPositive: Bool)]

  private func table(_ name: String) throws -> [[String]] {
    let bytes = try DataSets.bytes("bio/disorder-caid3/" + name)
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
  }

  /// The assessed residues of each target: score, and whether disordered.
  private func cases(_ predictor: String) throws -> [String: Cases] {
    func source(_ name: String) throws -> ByteSource {
      try ByteSource(path: DataSets.path("bio/disorder-caid3/" + name))
    }
    let records = try ResidueText.read(source("disorder_pdb.3line.gz"), layout: .threeLine)
    let labels = Dictionary(uniqueKeysWithValues: records.map { ($0.name, $0.labels ?? []) })
    var result: [String: Cases] = [:]
    for prediction in try CAIDPredictions.read(source(predictor + ".caid.gz")) {
      guard let labels = labels[prediction.name] else { continue }
      let cases: Cases = zip(prediction.scores, labels).filter { $0.1 != UInt8(ascii: "-") }
        .map { ($0.0, $0.1 == UInt8(ascii: "1")) }
      if !cases.isEmpty { result[prediction.name] = cases }
    }
    return result
  }

  @Test(arguments: ["AIUPred", "AlphaFold-rsa", "LIPNet"], ["default", "f1s"])
  func theOfficialFiguresComeOut(predictor: String, optimum: String) throws {
    let targets = try cases(predictor)
    let assessment = CAIDAssessment(targets.sorted { $0.key < $1.key }.flatMap(\.value))
    let metrics = try table("expected.\(optimum).metrics.csv")
    let row = try #require(metrics.first { $0[0] == predictor })
    let expected = Dictionary(uniqueKeysWithValues: zip(metrics[0], row))
    let threshold = try #require(expected["thr"].flatMap(Double.init))
    if optimum == "f1s" { #expect(assessment.bestThreshold(for: .f1s) == threshold) }
    var found: [String: Double?] = [:]
    let figures = assessment.figures(at: threshold)
    for figure in CAIDAssessment.Figure.allCases { found[figure.rawValue] = figures[figure] }
    found["aucroc"] = assessment.areaUnderROC
    found["aucpr"] = assessment.areaUnderPrecisionRecall
    found["aps"] = assessment.averagePrecision
    #expect(found.count == metrics[0].count - 2)
    // Three decimals are given, and three come out.
    for (name, value) in found {
      let wanted = try #require(Double(expected[name]!))
      #expect(abs(try #require(value) - wanted) < 1e-9, "\(predictor) \(name)")
    }
    let counts = assessment.counts(at: threshold)
    let matrix = try #require(
      try table("expected.\(optimum).cmat.csv").first { $0[0] == predictor })
    #expect(
      matrix.dropFirst().map { Int(Double($0)!) } == [
        counts.falseNegatives, counts.falsePositives, counts.trueNegatives, counts.truePositives,
      ])
  }

  @Test(arguments: ["AIUPred", "AlphaFold-rsa", "LIPNet"], ["default", "f1s"])
  func theFiguresOfEachTargetComeOut(predictor: String, optimum: String) throws {
    let targets = try cases(predictor)
    let rows = try table("expected.\(optimum).per-target.csv")
    let names = rows[0]
    var compared = 0
    for row in rows where row[0] == predictor {
      let expected = Dictionary(uniqueKeysWithValues: zip(names.dropFirst(2), row.dropFirst(2)))
      let cases = try #require(targets[row[1]])
      let figures = CAIDAssessment(cases).figures(at: Double(expected["thr"]!)!)
      for figure in CAIDAssessment.Figure.allCases {
        let wanted = Double(expected[figure.rawValue]!)
        // What has no value there has none here.
        #expect(
          wanted == nil ? figures[figure] == nil : abs((figures[figure] ?? -9) - wanted!) < 1e-9,
          "\(predictor) \(row[1]) \(figure)")
        compared += 1
      }
    }
    #expect(compared == 15 * (predictor == "AIUPred" ? 318 : 319))
  }

  /// The official draws have no seed, so theirs and ours are two samples of one thing.
  @Test(arguments: ["AIUPred", "AlphaFold-rsa", "LIPNet"])
  func theOfficialIntervalsAreMet(predictor: String) throws {
    let assessment = CAIDAssessment(
      try cases(predictor).sorted { $0.key < $1.key }.flatMap(\.value))
    let intervals = assessment.intervalsOfMeans(at: 0.5, seed: 1)
    var compared = 0
    for row in try table("expected.default.ci.csv") where row[0] == predictor {
      let figure = try #require(CAIDAssessment.Figure(rawValue: row[1]))
      let ours = try #require(intervals[figure])
      let (low, high) = (Double(row[2])!, Double(row[3])!)
      // Means of 100 draws differ by less than four standard errors, √2 of which is each one's;
      // deviations of 100 draws by less than four of theirs, 7 % each.
      let half = (high - low) / 2
      #expect(abs((ours.low + ours.high) - (low + high)) / 2 < 4 * 2.0.squareRoot() * half / 1.98)
      #expect(abs((ours.high - ours.low) / (high - low) - 1) < 0.4, "\(predictor) \(figure)")
      compared += 1
    }
    #expect(compared == 15)
  }
}
