internal import FoundationEssentials
public import SeqMetrics

/// An evaluation of residue labels, for people and for programs.
public struct ResidueReport: Codable, Hashable, Sendable {
  /// A share with the interval that holds it, if one was drawn.
  public struct Share: Codable, Hashable, Sendable {
    /// The value, from 0 to 1.
    public var value: Double
    /// The lower end of the interval; `nil` without one.
    public var low: Double?
    /// The upper end of the interval; `nil` without one.
    public var high: Double?
  }
  /// One class.
  public struct Class: Codable, Hashable, Sendable {
    /// The label.
    public var label: String
    /// Residues with the label in the reference.
    public var support: Int
    /// How many were predicted.
    public var predicted: Int
    /// The share of the predicted that is right.
    public var precision: Double
    /// The share of the reference that was found.
    public var recall: Double
    /// The harmonic mean of precision and recall.
    public var f1: Double
    /// The share of other residues that did not get the label.
    public var specificity: Double
    /// Matthews' correlation of the label against the rest.
    public var mcc: Double
    /// SOV'99, from 0 to 1; `nil` where the reference has none.
    public var sov99: Double?
    /// SOV_refine, from 0 to 1; `nil` where the reference has none.
    public var sovRefine: Double?
    /// The area under the receiver operating characteristic; `nil` without probabilities.
    public var auc: Double?
    /// Average precision; `nil` without probabilities.
    public var averagePrecision: Double?
  }
  /// Segments.
  public struct Segments: Codable, Hashable, Sendable {
    /// The labels.
    public var labels: String
    /// How far ends may be off.
    public var tolerance: Int
    /// The least share of their union that both cover.
    public var leastOverlap: Double
    /// What was compared with: a file, or how many it has.
    public var reference: Int
    /// How many were predicted.
    public var predicted: Int
    /// Pairs that agree.
    public var matched: Int
    /// The share of the reference that was found.
    public var recall: Double
    /// The share of the predicted that is right.
    public var precision: Double
    /// Records with a segment; those in which one was found; those with all right and none too many.
    public var records: Int
    /// Records with a segment in which one was predicted.
    public var detected: Int
    /// Records with all segments right and none too many.
    public var allRight: Int
  }
  /// Exons and genes.
  public struct Genes: Codable, Hashable, Sendable {
    /// The label.
    public var label: String
    /// Exons of the reference.
    public var referenceExons: Int
    /// Predicted exons.
    public var predictedExons: Int
    /// Exons with both ends right.
    public var exactExons: Int
    /// Exact exons among those of the reference.
    public var exonSensitivity: Double
    /// Exact exons among the predicted (as gene finding calls precision).
    public var exonSpecificity: Double
    /// Exons of the reference that no predicted one overlaps.
    public var missedExons: Int
    /// Predicted exons that overlap none of the reference.
    public var wrongExons: Int
    /// Records with an exon in the reference.
    public var referenceGenes: Int
    /// Records with a predicted exon.
    public var predictedGenes: Int
    /// Records with all exons right and none too many.
    public var exactGenes: Int
    /// Exact genes among those of the reference.
    public var geneSensitivity: Double
    /// Exact genes among the predicted.
    public var geneSpecificity: Double
  }

  /// The files compared, or the model and the file.
  public var reference: String
  /// What was compared: a file, or a model.
  public var prediction: String
  /// How labels were decoded, if a model made them.
  public var decoder: String?
  /// Records.
  public var records: Int
  /// Residues.
  public var residues: Int
  /// Residues that were left out, as they have no label.
  public var unassessed: Int
  /// Q3 of three labels, Q8 of eight, accuracy otherwise.
  public var accuracyName: String
  /// The share of assessed residues that are right.
  public var accuracy: Share
  /// The mean F1 of the classes that occur.
  public var macroF1: Double
  /// SOV'99, from 0 to 1; `nil` where the reference has none.
  public var sov99: Double?
  /// SOV_refine, from 0 to 1; `nil` where the reference has none.
  public var sovRefine: Double?
  /// The classes.
  public var classes: [Class]
  /// Segments, if they were asked for.
  public var segments: Segments?
  /// Exons and genes, if they were asked for.
  public var genes: Genes?
  /// For each reference label, how often each label was predicted.
  public var confusions: [String: [String: Int]]
  /// The interval's probability and the samples it was drawn from.
  public var intervalLevel: Double
  /// The samples that it was drawn from.
  public var intervalRounds: Int

  /// Sums an evaluation up.
  ///
  /// - Parameters:
  ///   - reference: what was compared with.
  ///   - prediction: what was compared.
  public init(
    _ evaluation: ResidueEvaluation, reference: String, prediction: String, decoder: String? = nil,
    bootstrap: Bootstrap = Bootstrap()
  ) {
    func text(_ label: UInt8) -> String { String(Unicode.Scalar(label)) }
    self.reference = reference
    self.prediction = prediction
    self.decoder = decoder
    records = evaluation.records
    residues = evaluation.residues
    unassessed = evaluation.unassessed
    let interval = bootstrap.intervals(of: evaluation.tallies)?.accuracy
    accuracy = Share(
      value: evaluation.accuracy.accuracy ?? 0, low: interval?.low, high: interval?.high)
    intervalLevel = bootstrap.level
    intervalRounds = bootstrap.rounds
    classes = evaluation.labels.map { label in
      let score = evaluation.score(of: label)
      let ranking = evaluation.ranking(of: label)
      return Class(
        label: text(label), support: score.truePositives + score.falseNegatives,
        predicted: score.truePositives + score.falsePositives, precision: score.precision,
        recall: score.recall, f1: score.fScore(), specificity: score.specificity,
        mcc: score.matthewsCorrelation, sov99: evaluation.sov99.value(of: label),
        sovRefine: evaluation.sovRefined.value(of: label), auc: ranking?.areaUnderROC,
        averagePrecision: ranking?.averagePrecision)
    }
    let occurring = classes.filter { $0.support > 0 }
    accuracyName =
      occurring.count == 3 ? "Q3" : occurring.count == 8 ? "Q8" : "accuracy"
    macroF1 = occurring.reduce(0) { $0 + $1.f1 } / Double(max(occurring.count, 1))
    sov99 = evaluation.sov99.mean
    sovRefine = evaluation.sovRefined.mean
    if !evaluation.options.segments.isEmpty {
      let matching = evaluation.matching
      segments = Segments(
        labels: String(decoding: evaluation.options.segments.sorted(), as: UTF8.self),
        tolerance: matching.tolerance, leastOverlap: matching.leastOverlap,
        reference: matching.referenceSegments, predicted: matching.predictedSegments,
        matched: matching.matches, recall: matching.recall, precision: matching.precision,
        records: matching.sequences, detected: evaluation.detected.correct,
        allRight: matching.perfectSequences)
    }
    if let exon = evaluation.options.exon {
      let genes = evaluation.genes
      func share(_ part: Int, _ whole: Int) -> Double {
        whole == 0 ? 0 : Double(part) / Double(whole)
      }
      self.genes = Genes(
        label: text(exon), referenceExons: genes.referenceExons,
        predictedExons: genes.predictedExons, exactExons: genes.exactExons,
        exonSensitivity: share(genes.exactExons, genes.referenceExons),
        exonSpecificity: share(genes.exactExons, genes.predictedExons),
        missedExons: genes.missedExons, wrongExons: genes.wrongExons,
        referenceGenes: genes.referenceGenes, predictedGenes: genes.predictedGenes,
        exactGenes: genes.exactGenes,
        geneSensitivity: share(genes.exactGenes, genes.referenceGenes),
        geneSpecificity: share(genes.exactGenes, genes.predictedGenes))
    }
    confusions = [:]
    for reference in evaluation.labels {
      for predicted in evaluation.labels {
        let count = evaluation.count(reference: reference, predicted: predicted)
        if count > 0 { confusions[text(reference), default: [:]][text(predicted)] = count }
      }
    }
  }

  /// The report as JSON, on one line.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }
}
