package import SeqCore
internal import SeqMath

/// A multi-stage temporal convolutional network, MS-TCN (Farha and Gall 2019,
/// doi:10.1109/CVPR.2019.00369): a stage of dilated residual layers labels every frame, and each
/// further stage does so again from the probabilities of the one before. In MS-TCN++ (Li et al. 2020,
/// doi:10.1109/TPAMI.2020.3021756) the first stage has dual dilated layers; a recurrent network is one
/// stage with gated recurrent units in place of layers.
package struct TemporalNetwork {
  package typealias Shape = NetworkShape

  struct Stage {
    /// From the stage's input to maps; a linear network has none.
    let entry: TemporalConvolution?
    let layers: Layers
    let exit: TemporalConvolution
  }

  /// What stands between the first and the last map of a stage.
  enum Layers {
    case residual([DilatedResidualLayer])
    case dual([DualDilatedLayer])
    case recurrent(RecurrentBlock)

    var count: Int {
      switch self {
      case .residual(let layers): layers.count
      case .dual(let layers): layers.count
      case .recurrent: 1
      }
    }
  }

  /// The network's size and kind.
  package let shape: Shape
  /// What the network has learnt.
  package private(set) var parameters = Parameters()
  let stages: [Stage]

  /// Makes a network with first parameters drawn from a seed.
  package init(_ shape: Shape, seed: UInt64) {
    self.init(withoutWeights: shape)
    parameters.allocate()
    var generator = RandomGenerator(seed: seed)
    for stage in stages.prefix(shape.sharesRefinement == true ? 2 : shape.stages) {
      stage.entry?.initialize(parameters, &generator)
      switch stage.layers {
      case .residual(let layers):
        for layer in layers { layer.initialize(parameters, &generator) }
      case .dual(let layers):
        for layer in layers { layer.initialize(parameters, &generator) }
      case .recurrent(let block): block.initialize(parameters, &generator)
      }
      stage.exit.initialize(parameters, &generator)
    }
  }

  /// Reserves the parameters of a network, which are still to be allocated.
  init(withoutWeights shape: Shape) {
    precondition(shape.fault == nil, "A network's shape is checked before.")
    self.shape = shape
    let parameters = parameters
    func stage(_ s: Int) -> Stage {
      let name = "stage\(s + 1)"
      let entry =
        shape.isLinear
        ? nil
        : TemporalConvolution(
          name + ".entry", inputs: s == 0 ? shape.inputs : shape.labels, outputs: shape.maps,
          in: parameters)
      let layers: Layers
      if let units = shape.recurrentUnits {
        layers = .recurrent(
          RecurrentBlock(
            name, inputs: shape.maps, units: units, isCausal: shape.isCausal, in: parameters))
      } else if s == 0, let dilations = shape.dualDilations {
        layers = .dual(
          dilations.enumerated().map {
            DualDilatedLayer(
              "\(name).layer\($0 + 1)", maps: shape.maps, taps: shape.taps, dilations: $1,
              isCausal: shape.isCausal, in: parameters)
          })
      } else {
        layers = .residual(
          (0..<shape.layers).map {
            DilatedResidualLayer(
              "\(name).layer\($0 + 1)", maps: shape.maps, taps: shape.taps,
              dilation: shape.dilations[$0], isCausal: shape.isCausal, in: parameters)
          })
      }
      return Stage(
        entry: entry, layers: layers,
        exit: TemporalConvolution(
          name + ".exit",
          inputs: shape.recurrentWidth ?? (shape.isLinear ? shape.inputs : shape.maps),
          outputs: shape.labels, in: parameters))
    }
    var stages: [Stage] = []
    for s in 0..<shape.stages {
      // The same places of parameters give the same numbers, and gather one gradient.
      stages.append(s > 1 && shape.sharesRefinement == true ? stages[1] : stage(s))
    }
    self.stages = stages
  }

  /// How far the scores of a frame depend on others, in frames: before it and behind it; `nil` for
  /// all there are.
  package var reach: (before: Int?, after: Int?) { shape.reach }

  /// The same network with a gradient of its own, for another thread's sequence.
  package func withOwnGradient() -> TemporalNetwork {
    var copy = self
    copy.parameters = parameters.withOwnGradient()
    return copy
  }

  /// What one sequence makes of the network: kept for the way back, and reused for the next.
  package final class Pass {
    fileprivate struct StagePass {
      /// The input of each layer, then the output of the last.
      var outputs: [Activations]
      /// The values between the two maps of each layer; one for all where there is no way back.
      var hidden: [Activations]
      /// The convolutions of each dual layer, side by side; likewise.
      var joined: [Activations]
      var scores: Activations
      var probabilities: Activations
      var dScores: Activations
    }
    fileprivate var stages: [StagePass]
    fileprivate let d: Activations
    fileprivate let scratch: (Activations, Activations)
    fileprivate let recurrent: RecurrentBlock.Memory?
    fileprivate let dJoined: Activations
    fileprivate let dEntry: Activations
    /// The frames' vectors, [T][D], to be set before a pass.
    package let input: Activations
    fileprivate let learns: Bool

    /// Makes the memory of passes.
    ///
    /// - Parameters:
    ///   - learns: whether there will be ways back, which need every layer's values.
    ///   - frames: the most frames of a sequence, if that is known: memory that grows takes more.
    package init(_ shape: Shape, learns: Bool, frames: Int = 0) {
      self.learns = learns
      func rows(_ width: Int) -> Activations { Activations(count: frames, width: width) }
      stages = (0..<shape.stages).map { s in
        let layers = shape.layers(ofStage: s)
        let kept = learns ? max(layers, 1) : 1
        return StagePass(
          outputs: (0..<(learns ? layers + 1 : 2)).map {
            rows($0 == 1 ? shape.recurrentWidth ?? shape.maps : shape.maps)
          },
          hidden: (0..<kept).map { _ in rows(shape.maps) },
          joined: (0..<(s == 0 && shape.dualLayers != nil ? kept : 0)).map { _ in
            rows(2 * shape.maps)
          },
          scores: rows(shape.labels), probabilities: rows(shape.labels),
          dScores: rows(shape.labels))
      }
      d = rows(shape.maps)
      scratch = (rows(shape.maps), rows(shape.maps))
      dJoined = Activations(count: shape.dualLayers == nil ? 0 : frames, width: 2 * shape.maps)
      recurrent = shape.recurrentUnits.map {
        RecurrentBlock.Memory(inputs: shape.maps, units: $0, isCausal: shape.isCausal)
      }
      dEntry = rows(shape.labels)
      input = rows(shape.inputs)
    }

    /// The last stage's scores before normalization, [T][L].
    package var scores: Activations { stages.last!.scores }
    /// The last stage's probabilities, [T][L].
    package var probabilities: Activations { stages.last!.probabilities }
  }

  /// Scores the frames of `pass.input`.
  ///
  /// - Parameter dropoutSeed: hides values, as in training; `nil` hides none.
  package func run(_ pass: Pass, dropoutSeed: UInt64? = nil, threads: Int) {
    for (s, stage) in stages.enumerated() {
      let memory = pass.stages[s]
      guard let entryLayer = stage.entry else {
        stage.exit.apply(pass.input, parameters, to: memory.scores, threads: threads)
        Softmax.apply(memory.scores, to: memory.probabilities, threads: threads)
        continue
      }
      let entry = s == 0 ? pass.input : pass.stages[s - 1].probabilities
      entryLayer.apply(entry, parameters, to: memory.outputs[0], threads: threads)
      for i in 0..<stage.layers.count {
        let x = memory.outputs[pass.learns ? i : i % 2]
        let y = memory.outputs[pass.learns ? i + 1 : (i + 1) % 2]
        let hidden = memory.hidden[pass.learns ? i : 0]
        let dropout = dropout(s, i, dropoutSeed)
        switch stage.layers {
        case .residual(let layers):
          layers[i].apply(
            x, parameters, hidden: hidden, to: y, dropout: dropout, threads: threads)
        case .dual(let layers):
          layers[i].apply(
            x, parameters, joined: memory.joined[pass.learns ? i : 0], hidden: hidden, to: y,
            dropout: dropout, scratch: pass.scratch.0, threads: threads)
        case .recurrent(let block):
          block.apply(
            x, parameters, pass.recurrent!, to: y, dropout: dropouts(dropoutSeed), threads: threads)
        }
      }
      let last = pass.learns ? stage.layers.count : stage.layers.count % 2
      stage.exit.apply(
        memory.outputs[last], parameters, to: memory.scores, threads: threads)
      Softmax.apply(memory.scores, to: memory.probabilities, threads: threads)
    }
  }

  /// Adds the gradient of the summed losses of all stages to the parameters'.
  ///
  /// - Parameters:
  ///   - pass: after ``run(_:dropoutSeed:threads:)`` with the same seed.
  ///   - gold: the label of each frame.
  ///   - weight: what the loss and its gradient are multiplied with.
  /// - Returns: the loss in nats.
  package func backpropagate(
    _ pass: Pass, gold: [Label], loss: SmoothedLoss, weight: Float = 1,
    dropoutSeed: UInt64? = nil, threads: Int
  ) -> Double {
    precondition(pass.learns, "The way back needs a pass that keeps every layer's values.")
    var total = 0.0
    for memory in pass.stages {
      total += loss.gradient(
        memory.scores, probabilities: memory.probabilities, gold: gold, weight: weight,
        to: memory.dScores)
    }
    for (s, stage) in stages.enumerated().reversed() {
      let memory = pass.stages[s]
      guard let entry = stage.entry else {
        stage.exit.backpropagate(
          memory.dScores, through: pass.input, parameters, to: nil, threads: threads)
        break
      }
      stage.exit.backpropagate(
        memory.dScores, through: memory.outputs[stage.layers.count], parameters,
        to: pass.recurrent?.dOutput ?? pass.d, threads: threads)
      for i in (0..<stage.layers.count).reversed() {
        let dropout = dropout(s, i, dropoutSeed)
        switch stage.layers {
        case .residual(let layers):
          layers[i].backpropagate(
            pass.d, through: memory.outputs[i], memory.hidden[i], parameters, dropout: dropout,
            scratch: pass.scratch, threads: threads)
        case .dual(let layers):
          layers[i].backpropagate(
            pass.d, through: memory.outputs[i], joined: memory.joined[i], hidden: memory.hidden[i],
            parameters, dropout: dropout, scratch: pass.scratch, dJoined: pass.dJoined,
            threads: threads)
        case .recurrent(let block):
          block.backpropagate(
            pass.recurrent!, through: memory.outputs[0], parameters, to: pass.d,
            dropout: dropouts(dropoutSeed), scratch: pass.scratch.0, threads: threads)
        }
      }
      guard s > 0 else {
        entry.backpropagate(
          pass.d, through: pass.input, parameters, to: nil, threads: threads)
        break
      }
      let before = pass.stages[s - 1]
      entry.backpropagate(
        pass.d, through: before.probabilities, parameters, to: pass.dEntry, threads: threads)
      Softmax.backpropagate(
        pass.dEntry, through: before.probabilities, to: before.dScores, threads: threads)
    }
    return total
  }

  /// The dropout of what goes into recurrent units and of what comes out.
  private func dropouts(_ seed: UInt64?) -> (input: Dropout, output: Dropout)? {
    guard let input = dropout(0, 0, seed), let output = dropout(0, 1, seed) else { return nil }
    return (input, output)
  }

  private func dropout(_ stage: Int, _ layer: Int, _ seed: UInt64?) -> Dropout? {
    guard let seed, shape.dropout > 0 else { return nil }
    // The number of the layer among all.
    let number =
      stage == 0 ? layer : shape.layers(ofStage: 0) + (stage - 1) * shape.layers + layer
    var generator = RandomGenerator(
      seed: seed &+ UInt64(number) &* 0xD1B5_4A32_D192_ED03)
    return Dropout(probability: shape.dropout, seed: generator.next())
  }
}
