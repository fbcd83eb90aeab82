public import SeqCore
public import SeqMetrics

/// How well the spans of one layer were predicted. ``SpanEvaluator`` makes it.
public struct SpanEvaluation: Hashable, Sendable {
  /// The layer: `ner`, `srl`, ….
  public var layer: String
  /// How spans were read from labels: as conlleval does, or as seqeval's strict mode does.
  public var reading: SpanReading
  /// The scheme of the gold labels, if it is known; strict reading depends on it.
  public var scheme: TaggingScheme?
  /// All types together: what conlleval calls overall and seqeval the micro average.
  public var micro: Figures
  /// The mean over the types that occur or were predicted; `nil` if there is none.
  public var macro: LayerEvaluation.Average?
  /// The mean over types, weighted by how many gold spans they have.
  public var weighted: LayerEvaluation.Average?
  /// The types that occur or were predicted, in the order of their names.
  public var types: [LayerEvaluation.LabelCount]
  /// The sequences; one is right if its predicted spans are its gold spans.
  public var sequences: LayerEvaluation.Count
  /// The four scores of SemEval-2013 task 9.1.
  public var semeval: SemEval
  /// What kinds of mistakes there are.
  public var errors: Errors
  /// Which types were taken for which, missed and made up, the most frequent first.
  public var confusions: [Confusion]
  /// The spans whose words are those of a span of the training data; `nil` if nobody knows.
  public var seen: Figures?
  /// The spans whose words are those of no span of the training data.
  public var unseen: Figures?
  /// How far the confidences of predicted spans agree with how often they are right; `nil` without
  /// confidences.
  public var calibration: LayerEvaluation.CalibrationSummary?
  /// The predicted spans that are wrong, the most confident first; those without confidence are not
  /// among them.
  public var confidentErrors: [ConfidentError]
  /// Places where gold labels break the rules of the scheme; they were read all the same.
  public var faults: Int
}

extension SpanEvaluation {
  /// Counts of spans and what follows from them.
  public struct Figures: Hashable, Sendable {
    /// Gold, predicted and correct spans.
    public var counts: SpanAgreement
    /// The interval of F1, if one was drawn.
    public var interval: LayerEvaluation.Interval?

    /// Makes figures.
    public init(_ counts: SpanAgreement, interval: LayerEvaluation.Interval? = nil) {
      self.counts = counts
      self.interval = interval
    }

    /// Correct by predicted spans; 0 if there are none.
    public var precision: Double { counts.precision }
    /// Correct by gold spans; 0 if there are none.
    public var recall: Double { counts.recall }
    /// The harmonic mean of both; 0 if there are no spans.
    public var f1: Double { counts.f1 }
  }

  /// The scores of SemEval-2013 task 9.1.
  public struct SemEval: Hashable, Sendable {
    /// Equal positions and equal type.
    public var strict: SpanErrors.Categories
    /// Equal positions, whatever the type.
    public var exact: SpanErrors.Categories
    /// Equal positions, or overlapping ones for half a point, whatever the type.
    public var partial: SpanErrors.Categories
    /// Equal type of overlapping spans.
    public var type: SpanErrors.Categories

    /// The scores that follow from counts of mistakes.
    public init(_ errors: SpanErrors) {
      strict = errors.categories(.strict)
      exact = errors.categories(.exact)
      partial = errors.categories(.partial)
      type = errors.categories(.type)
    }
  }

  /// Kinds of mistakes; each gold and each predicted span is in one kind at most.
  public struct Errors: Hashable, Sendable, Codable {
    /// Right positions, wrong type.
    public var wrongType: Int
    /// Wrong positions, right type.
    public var wrongBoundary: Int
    /// Overlapping, wrong in both.
    public var wrongBoth: Int
    /// Gold spans that no predicted span goes with.
    public var missed: Int
    /// Predicted spans that no gold span goes with.
    public var spurious: Int

    /// The kinds of counts.
    public init(_ errors: SpanErrors) {
      wrongType = errors.count(of: .wrongType)
      wrongBoundary = errors.count(of: .wrongBoundary)
      wrongBoth = errors.count(of: .wrongBoth)
      missed = errors.missed
      spurious = errors.spurious
    }

    private enum CodingKeys: String, CodingKey {
      case wrongType = "wrong_type"
      case wrongBoundary = "wrong_boundary"
      case wrongBoth = "wrong_both"
      case missed, spurious
    }
  }

  /// A type taken for another.
  public struct Confusion: Hashable, Sendable {
    /// The gold type; `nil` for a span that was made up.
    public var gold: String?
    /// The predicted type; `nil` for a span that was missed.
    public var predicted: String?
    /// How often.
    public var count: Int
  }

  /// A predicted span that is wrong, with what stands around it.
  public struct ConfidentError: Hashable, Sendable, Codable {
    /// The confidence of the predicted span.
    public var confidence: Float
    /// Its type.
    public var predicted: String
    /// Its words.
    public var text: String
    /// The type of the gold span that it goes with, if there is one.
    public var gold: String?
    /// The words of that span.
    public var goldText: String?
    /// Up to five words before it.
    public var before: String
    /// Up to five words behind it.
    public var after: String
    /// The file.
    public var source: String
    /// The line of the file where its record starts.
    public var line: Int

    private enum CodingKeys: String, CodingKey {
      case confidence, predicted, text, gold, before, after, source, line
      case goldText = "gold_text"
    }
  }
}
