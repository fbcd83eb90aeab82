internal import FoundationEssentials
public import SeqCore
public import SeqInference
internal import SeqModel
public import SeqNeural

/// A model of actions: a network with its decoder, and what it knows of the frames it was trained on.
public struct FrameModel: Sendable {
  /// What stands beside the network under the key `frames`.
  public struct Facts: Codable, Hashable, Sendable {
    /// The recipe.
    public var recipe: String
    /// Frames a second of the features, if it was said.
    public var rate: FrameRate?
    /// Every how manieth frame is used.
    public var step = 1
    /// What the features were made with, in the words of whoever trained.
    public var extractor = ""
    /// The labels of nothing in particular.
    public var background: [String] = []
    /// Why the recipe was chosen, a sentence an item.
    public var reasons: [String] = []

    /// Makes facts.
    public init(recipe: String) { self.recipe = recipe }
  }

  /// The network and its decoder.
  public let network: NetworkModel
  /// What else is known.
  public let facts: Facts

  /// The labels, by number.
  public var labels: [String] { network.manifest.labels }
  /// The numbers of the labels that are background.
  public var background: Set<Label> {
    Set(facts.background.compactMap { network.schema.label($0) })
  }

  /// How far the scores of a frame depend on others, in frames of the features: before it and behind
  /// it, by windows and by the network; `nil` for all there are.
  public var reach: (before: Int?, after: Int?) {
    let windows = network.preparation.expansion.reach
    let layers = network.shape.reach
    return (
      layers.before.map { (windows.before + $0) * facts.step },
      layers.after.map { (windows.after + $0) * facts.step }
    )
  }

  private static let key = "frames"

  /// Opens a model file.
  ///
  /// - Throws: `FrameError.model` for a model of another pack, and what opening a network throws.
  public init(path: String) throws {
    let file = try SafetensorsFile(path: path)
    guard NetworkModel.isOne(file) else {
      throw FrameError.model(path: path, problem: "a model, but not one of frames")
    }
    try self.init(NetworkModel(file), path: path)
  }

  /// Takes a network with the pack's facts beside it.
  public init(_ network: NetworkModel, path: String) throws(FrameError) {
    guard let json = network.extras[Self.key],
      let facts = try? JSONDecoder().decode(Facts.self, from: Data(json.utf8))
    else {
      throw .model(
        path: path, problem: "a network of the pack \(network.manifest.pack), not one of frames")
    }
    guard facts.step >= 1 else {
      throw .model(path: path, problem: "a model of frames that takes every \(facts.step)th")
    }
    self.network = network
    self.facts = facts
  }

  /// What a network has to keep of facts.
  static func extras(_ facts: Facts) -> [String: String] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Facts are strings and whole numbers, which always encode.
    guard let json = try? encoder.encode(facts) else { preconditionFailure("Facts encode.") }
    return [key: String(decoding: json, as: UTF8.self)]
  }

  /// Makes sure that rows are such as the model was trained on.
  ///
  /// - Throws: `FrameError.width` or `.rate`, with both values.
  public func check(_ rows: any InputRows, name: String, rate: FrameRate?) throws(FrameError) {
    let width = network.preparation.columns
    guard rows.width == width else {
      throw .width(name: name, found: rows.width, expected: width)
    }
    if let rate, let own = facts.rate, rate != own {
      throw .rate(name: name, found: "\(rate)", expected: "\(own)")
    }
  }
}

/// One thread's means of tagging recordings.
public final class FrameTagger {
  /// The tags of one recording.
  public struct Tags: Sendable {
    /// The label of each frame, [T].
    public var labels: [Label]
    /// P(label | recording) of each frame and label under the decoder, [T][L]; `nil` if not asked for.
    public var probabilities: Matrix?
  }

  /// The model.
  public let model: FrameModel
  private let scorer: NetworkScorer

  /// Makes a tagger; `threads` share one recording.
  public init(_ model: FrameModel, threads: Int = 1) {
    self.model = model
    scorer = model.network.scorer(threads: threads)
  }

  /// Tags a recording whose rows were checked; those of frames that the model steps over are repeated.
  ///
  /// - Parameter step: 1 if the rows are already every `facts.step`-th.
  /// - Throws: `InferenceError`.
  public func tags(
    of rows: any InputRows, probabilities: Bool = false, step: Int? = nil
  ) throws(InferenceError) -> Tags {
    let step = step ?? model.facts.step
    let used =
      step == 1 ? rows : SelectedRows(rows, limit: rows.count, step: step)
    guard rows.count > 0 else { return Tags(labels: [], probabilities: nil) }
    let scores = scorer.scores(of: used)
    var tags = Tags(labels: try model.network.decoder.labels(of: scores))
    if probabilities { tags.probabilities = try model.network.decoder.marginals(of: scores) }
    if step > 1 {
      let narrow = tags
      tags.labels = (0..<rows.count).map { narrow.labels[$0 / step] }
      if let found = narrow.probabilities {
        var wide = Matrix(rows: rows.count, columns: found.columns)
        for t in 0..<rows.count {
          for j in 0..<found.columns { wide[t, j] = found[t / step, j] }
        }
        tags.probabilities = wide
      }
    }
    return tags
  }
}
