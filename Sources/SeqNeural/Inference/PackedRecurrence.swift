internal import SeqMath

/// A recurrent network made ready for running: its weights packed once. Immutable, so threads share it.
final class PackedRecurrence: Sendable {
  private let shape: NetworkShape
  private let entry: PackedConvolution
  private let scale: AlignedBuffer
  private let shift: AlignedBuffer
  private let directions: [GatedRecurrentLayer.Packed]
  private let exit: PackedConvolution

  /// Packs a network, or gives `nil` for one without recurrent units.
  init?(_ network: TemporalNetwork) {
    guard let stage = network.stages.first, let entry = stage.entry,
      case .recurrent(let block) = stage.layers
    else { return nil }
    let parameters = network.parameters
    shape = network.shape
    self.entry = PackedConvolution(entry, parameters)
    (scale, shift) = block.normalization.numbers(parameters)
    directions = block.directions.map { GatedRecurrentLayer.Packed($0, parameters) }
    exit = PackedConvolution(stage.exit, parameters)
  }

  /// The rows of one sequence, or of one piece of a stream, whose state it carries.
  final class Run {
    /// The network's inputs, [T][D], to be set before a run.
    let input: Activations
    /// Scores before normalization, [T][L].
    let scores: Activations
    fileprivate let entered: Activations
    fileprivate let output: Activations
    fileprivate let memory: RecurrentBlock.Memory

    init(_ shape: NetworkShape) {
      precondition(shape.recurrentUnits != nil, "A network with recurrent units is run so.")
      input = Activations(count: 0, width: shape.inputs)
      scores = Activations(count: 0, width: shape.labels)
      entered = Activations(count: 0, width: shape.maps)
      memory = RecurrentBlock.Memory(
        inputs: shape.maps, units: shape.recurrentUnits!, isCausal: shape.isCausal)
      output = Activations(count: 0, width: memory.dOutput.width)
    }

    /// Lets the next run go on from the last frame of this one.
    func carryState() {
      let own = memory.directions[0]
      precondition(memory.directions.count == 1, "Only a causal network runs in pieces.")
      guard own.states.count > 0 else { return }
      own.start.base.update(
        from: own.states.row(own.states.count - 1), count: own.states.stride)
    }
  }

  /// Scores the frames of `run.input`, with the bits of ``TemporalNetwork``.
  func score(_ run: Run, threads: Int) {
    entry.apply(run.input, to: run.entered, threads: threads)
    let normalized = run.memory.normalized
    normalized.resize(count: run.input.count)
    forPieces(run.input.count, threads: threads) { range in
      for t in range {
        LayerNormalization.apply(
          run.entered.row(t), shape.maps, scale: scale.base, shift: shift.base,
          to: normalized.row(t))
      }
    }
    RecurrentBlock.run(directions, run.memory, to: run.output, threads: threads)
    exit.apply(run.output, to: run.scores, threads: threads)
  }
}
