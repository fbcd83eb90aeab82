public import SeqModel
public import SeqNeural

/// A model of whatever kind a file holds.
public enum OpenedModel: Sendable {
  /// Weights of features.
  case linear(Model)
  /// A neural network.
  case network(NetworkModel)

  /// Opens a model file.
  ///
  /// - Throws: `SafetensorsError` and `ModelError`.
  public init(path: String) throws {
    let file = try SafetensorsFile(path: path)
    self = NetworkModel.isOne(file) ? .network(try NetworkModel(file)) : .linear(try Model(file))
  }

  /// Reads every number and checks what opening takes on trust.
  ///
  /// - Throws: `ModelError.damaged`.
  public func check() throws {
    switch self {
    case .linear(let model): try model.check()
    case .network(let model): try model.check()
    }
  }
}

extension ModelSummary {
  /// Summarizes a model of whatever kind.
  public init(_ model: OpenedModel) {
    switch model {
    case .linear(let model): self.init(model)
    case .network(let model): self.init(model)
    }
  }
}
