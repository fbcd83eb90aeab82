public import SeqCore
internal import SeqInference
public import SeqNeural

/// What made the tag of a frame: how much its probability falls when a feature is taken away, in
/// nats, and what the decoder changed.
///
/// A feature is taken away by setting it to its mean in training, at all frames that the tag depends
/// on; effects of features that stand for each other do not add up.
public struct FrameExplanation: Sendable {
  /// One feature's effect.
  public struct Effect: Sendable {
    /// The number of the feature, from 0.
    public var feature: Int
    /// log P(label) less log P(label without the feature).
    public var effect: Float
  }

  /// The frame.
  public let frame: Int
  /// The label that the model gives it.
  public let label: Label
  /// The label with the best score at the frame alone, before decoding.
  public let undecoded: Label
  /// log P(label at the frame) of the network, for each label, [L].
  public let scores: [Float]
  /// The features' effects, the greatest first.
  public let effects: [Effect]

  /// Explains one frame.
  ///
  /// - Parameters:
  ///   - rows: of the model's width.
  ///   - frame: within the recording.
  /// - Complexity: a pass over what the tag depends on for each feature.
  public init(_ model: FrameModel, _ rows: any InputRows, frame: Int, threads: Int) throws {
    let scorer = model.network.scorer(threads: threads)
    let all = scorer.scores(of: rows)
    let label = try model.network.decoder.labels(of: all)[frame]
    self.label = label
    let L = model.labels.count
    scores = (0..<L).map { all[frame, $0] }
    var best = 0
    for j in 1..<max(L, 1) where scores[j] > scores[best] { best = j }
    undecoded = Label(best)
    self.frame = frame
    let target = scores[Int(label)]
    // Only the frames that the tag depends on are scored again.
    let network = model.network.shape.reach
    let rowsReach = model.network.preparation.expansion.reach
    let from = network.before.map { max(frame - $0 - rowsReach.before, 0) } ?? 0
    let end = network.after.map { min(frame + $0 + rowsReach.after + 1, rows.count) } ?? rows.count
    let window = WindowRows(rows, from..<end)
    let mean = model.network.preparation.columnMeans
    effects = (0..<rows.width).map { feature in
      let without = scorer.scores(
        of: WithoutColumn(window, column: feature, value: mean?[feature] ?? 0))
      return Effect(feature: feature, effect: target - without[frame - from, Int(label)])
    }.sorted { abs($0.effect) > abs($1.effect) }
  }
}

/// Some of another's rows.
struct WindowRows: InputRows {
  private let base: any InputRows
  private let range: Range<Int>
  var count: Int { range.count }
  var width: Int { base.width }

  init(_ base: any InputRows, _ range: Range<Int>) {
    self.base = base
    self.range = range
  }

  func write(_ rows: Range<Int>, to target: UnsafeMutablePointer<Float>, stride: Int) {
    base.write(
      range.lowerBound + rows.lowerBound..<range.lowerBound + rows.upperBound, to: target,
      stride: stride)
  }
}

/// Another's rows with one column the same everywhere.
private struct WithoutColumn: InputRows {
  let base: any InputRows
  let column: Int
  let value: Float
  var count: Int { base.count }
  var width: Int { base.width }

  init(_ base: any InputRows, column: Int, value: Float) {
    self.base = base
    self.column = column
    self.value = value
  }

  func write(_ range: Range<Int>, to rows: UnsafeMutablePointer<Float>, stride: Int) {
    base.write(range, to: rows, stride: stride)
    for t in 0..<range.count { rows[t * stride + column] = value }
  }
}
