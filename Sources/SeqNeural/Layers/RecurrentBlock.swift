package import SeqMath

/// Layer normalization and, behind it, gated recurrent units: forward only in a causal network, else in
/// both directions, whose states stand side by side (Schuster and Paliwal 1997, doi:10.1109/78.650093).
///
/// Dropout hides values of what goes in and of what comes out, not of what the units carry from frame to
/// frame (Zaremba, Sutskever and Vinyals 2014, arXiv:1409.2329).
package struct RecurrentBlock {
  let normalization: LayerNormalization
  let directions: [GatedRecurrentLayer]

  /// Reserves the block's parameters.
  ///
  /// - Parameters:
  ///   - inputs: the number of channels that come in.
  ///   - units: the number of units of each direction; all of them are the channels that come out.
  package init(
    _ name: String, inputs: Int, units: Int, isCausal: Bool, in parameters: Parameters
  ) {
    normalization = LayerNormalization(name + ".normalization", width: inputs, in: parameters)
    directions = (isCausal ? [false] : [false, true]).map { isReversed in
      GatedRecurrentLayer(
        name + (isReversed ? ".backward" : ".forward"), inputs: inputs, units: units,
        isReversed: isReversed, in: parameters)
    }
  }

  /// Draws the first parameters.
  package func initialize(_ parameters: Parameters, _ generator: inout RandomGenerator) {
    normalization.initialize(parameters)
    for direction in directions { direction.initialize(parameters, &generator) }
  }

  /// What the block keeps of a sequence for the way back.
  package final class Memory {
    /// What the units see, [T][C].
    let normalized: Activations
    let directions: [GatedRecurrentLayer.Memory]
    /// ∂loss/∂output, to be set before the way back.
    let dOutput: Activations

    package init(inputs: Int, units: Int, isCausal: Bool) {
      normalized = Activations(count: 0, width: inputs)
      directions = (0..<(isCausal ? 1 : 2)).map { _ in GatedRecurrentLayer.Memory(units: units) }
      dOutput = Activations(count: 0, width: directions.count * units)
    }
  }

  /// Writes the block's output.
  ///
  /// - Parameters:
  ///   - x: [T][C].
  ///   - y: [T][units of all directions]; all of it is written.
  ///   - dropout: of what goes into the units and of what comes out; `nil` but in training.
  package func apply(
    _ x: Activations, _ parameters: Parameters, _ memory: Memory, to y: Activations,
    dropout: (input: Dropout, output: Dropout)?, threads: Int
  ) {
    normalization.apply(x, parameters, to: memory.normalized, threads: threads)
    if let dropout { memory.normalized.scale(by: dropout.input, threads: threads) }
    Self.run(
      directions.map { GatedRecurrentLayer.Packed($0, parameters) }, memory, to: y,
      threads: threads)
    if let dropout { y.scale(by: dropout.output, threads: threads) }
  }

  /// Runs the units over what is normalized, the directions at the same time.
  static func run(
    _ directions: [GatedRecurrentLayer.Packed], _ memory: Memory, to y: Activations, threads: Int
  ) {
    y.resize(count: memory.normalized.count)
    for (direction, own) in zip(directions, memory.directions) {
      direction.project(memory.normalized, own, threads: threads)
    }
    inParallel(pieces: directions.count, threads: threads) { piece in
      directions[piece].run(memory.directions[piece], to: y, at: piece * directions[piece].units)
    }
  }

  /// Adds the gradients of the parameters, and writes that of the input, given
  /// `memory.dOutput`, which is overwritten.
  ///
  /// - Parameters:
  ///   - x: what ``apply(_:_:_:to:dropout:threads:)`` was given; `memory` as it left it.
  ///   - dx: ∂loss/∂x, [T][C]; all of it is written.
  ///   - scratch: of C channels.
  package func backpropagate(
    _ memory: Memory, through x: Activations, _ parameters: Parameters, to dx: Activations,
    dropout: (input: Dropout, output: Dropout)?, scratch: Activations, threads: Int
  ) {
    let dy = memory.dOutput
    if let dropout { dy.scale(by: dropout.output, threads: threads) }
    inParallel(pieces: directions.count, threads: threads) { piece in
      directions[piece].unroll(
        dy, at: piece * directions[piece].units, memory.directions[piece], parameters)
    }
    for (index, direction) in directions.enumerated() {
      direction.backpropagate(
        memory.directions[index], through: memory.normalized, parameters, to: scratch,
        accumulates: index > 0, threads: threads)
    }
    if let dropout { scratch.scale(by: dropout.input, threads: threads) }
    normalization.backpropagate(scratch, through: x, parameters, to: dx, threads: threads)
  }
}

extension Activations {
  /// Hides values, and scales the others.
  fileprivate func scale(by dropout: Dropout, threads: Int) {
    forPieces(count, threads: threads) { range in
      for t in range {
        let row = row(t)
        for c in Swift.stride(from: 0, to: stride, by: 8) {
          (Vector(loading: row + c) * dropout.factors(at: (t &* stride &+ c) / 8)).store(
            to: row + c)
        }
      }
    }
  }
}
