import SeqCore
import SeqFormats
import SeqKit
import SeqTestSupport
import Testing

/// Evaluation on data whose figures were recorded elsewhere.
@Suite(.enabled(if: DataSets.atHand, Comment(rawValue: DataSets.reason)))
struct ResidueEvaluationDataTests {
  private func records(_ name: String) throws -> [LabeledResidues] {
    var reader = ThreeLineReader(try ByteSource(path: DataSets.path("bio/" + name)))
    var records: [LabeledResidues] = []
    while let record = try reader.next() { records.append(record) }
    return records
  }

  @Test(arguments: [
    ("alpha", 93.6, 88.7, 86.7, 349, 571, 557), ("beta", 93.9, 95.1, 99.2, 45, 57, 53),
  ])
  func theRecordedTopologyFiguresComeOut(
    kind: String, accuracy: Double, recall: Double, precision: Double, allRight: Int, proteins: Int,
    detected: Int
  ) throws {
    var options = ResidueEvaluation.Options()
    options.unassessed = [UInt8(ascii: "U")]
    // Four classes: helix, strand, signal peptide, other.
    for (label, taken) in zip("hbio12".utf8, "HB....".utf8) { options.merged[label] = taken }
    options.segments = Set((kind == "alpha" ? "H" : "B").utf8)
    var evaluation = ResidueEvaluation(options)
    for fold in 0..<5 {
      let predicted = Dictionary(
        uniqueKeysWithValues: try records("tm-topology/tmbed-fold\(fold).3line.gz").map {
          ($0.name, $0.labels)
        })
      for record in try records("tm-topology/fold\(fold).3line.gz") {
        let header = String(decoding: record.header.line, as: UTF8.self)
        guard header.contains("kind=\(kind)"), header.hasSuffix("eval=1") else { continue }
        evaluation.add(
          reference: record.labels, predicted: try #require(predicted[record.name]))
      }
    }
    let report = ResidueReport(evaluation, reference: "r", prediction: "p")
    let segments = try #require(report.segments)
    #expect(abs(report.accuracy.value * 100 - accuracy) < 0.05)
    #expect(abs(segments.recall * 100 - recall) < 0.05)
    #expect(abs(segments.precision * 100 - precision) < 0.05)
    #expect(segments.allRight == allRight)
    #expect(segments.records == proteins)
    #expect(segments.detected == detected)
  }
}

/// Evaluation on a few residues that can be counted by hand.
struct ResidueEvaluationTests {
  private func report(
    _ pairs: [(String, String)], _ change: (inout ResidueEvaluation.Options) -> Void = { _ in }
  ) -> ResidueReport {
    var options = ResidueEvaluation.Options()
    change(&options)
    var evaluation = ResidueEvaluation(options)
    for (reference, predicted) in pairs {
      evaluation.add(reference: Array(reference.utf8), predicted: Array(predicted.utf8))
    }
    return ResidueReport(evaluation, reference: "r", prediction: "p")
  }

  @Test func unassessedResiduesAreLeftOut() throws {
    let report = report([("HHE-UC", "HEEHHC"), ("--", "HH")])
    #expect(report.residues == 8 && report.unassessed == 4 && report.records == 2)
    #expect(report.accuracyName == "Q3")
    #expect(report.accuracy.value == 0.75)
    let helix = try #require(report.classes.first { $0.label == "H" })
    #expect(helix.support == 2 && helix.predicted == 1)
    #expect(helix.precision == 1 && helix.recall == 0.5 && helix.specificity == 1)
    #expect(report.confusions["H"] == ["H": 1, "E": 1])
  }

  @Test func exonsAndGenesAreExactOrNot() throws {
    let report = report([
      ("nCCICCn", "nCCICCn"), ("nCCICCn", "nCCIICn"), ("nnCCnnn", "nnnnnCC"),
    ]) { $0.exon = UInt8(ascii: "C") }
    let genes = try #require(report.genes)
    #expect(genes.referenceExons == 5 && genes.predictedExons == 5 && genes.exactExons == 3)
    #expect(genes.missedExons == 1 && genes.wrongExons == 1)
    #expect(genes.referenceGenes == 3 && genes.exactGenes == 1)
  }

  @Test func mergedLabelsAreOne() {
    let report = report([("hH12", "HHio")]) { options in
      for (label, taken) in zip("h12io".utf8, "H....".utf8) { options.merged[label] = taken }
    }
    #expect(report.accuracy.value == 1)
  }

  @Test func probabilitiesRankResidues() throws {
    var evaluation = ResidueEvaluation()
    var probabilities = Matrix(rows: 4, columns: 2)
    for (t, value) in [0.9, 0.8, 0.3, 0.6].enumerated() {
      probabilities[t, 0] = Float(value)
      probabilities[t, 1] = 1 - Float(value)
    }
    evaluation.add(
      reference: Array("HCHC".utf8), predicted: Array("HHCH".utf8),
      probabilities: (Array("HC".utf8), probabilities))
    // Two of the four pairs of helix and coil are in order: 0.9 is above 0.8 and 0.6, 0.3 above none.
    #expect(evaluation.ranking(of: UInt8(ascii: "H"))?.areaUnderROC == 0.5)
  }

  @Test func reportsSayTheSameInEachForm() throws {
    let report = report([("HHEC", "HHCC")])
    #expect(report.text().contains("Q3"))
    #expect(report.text().contains("75.00"))
    #expect(report.markdown().contains("| Q3 | 75.00 |"))
    #expect(try report.json().contains("\"accuracyName\":\"Q3\""))
  }
}
