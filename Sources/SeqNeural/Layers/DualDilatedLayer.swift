package import SeqMath

/// MS-TCN++'s layer of the prediction stage: two dilated convolutions of x, one with a dilation that
/// rises from layer to layer and one with a dilation that falls, joined by a map of each frame:
/// y = x + dropout(max(0, F · [rising; falling])).
///
/// Li, AbuFarha, Liu, Cheng and Gall 2020, doi:10.1109/TPAMI.2020.3021756 (arXiv:2006.09220), §3.2.
/// The order of the steps is that of the authors' program (github.com/sj-li/MS-TCN2), which gave the
/// published figures: the paper's formula has max(0, ·) before the map, the program after it.
package struct DualDilatedLayer {
  /// Of dilation 2^i and 2^(N − 1 − i) in layer i of N.
  let rising: TemporalConvolution
  let falling: TemporalConvolution
  /// F: from 2 · M channels, the rising convolution's first, to M.
  let fusion: TemporalConvolution

  /// Reserves the layer's parameters.
  ///
  /// - Parameters:
  ///   - maps: the number of channels of input and output, M.
  ///   - dilations: of the two convolutions.
  package init(
    _ name: String, maps: Int, taps: Int = 3, dilations: (rising: Int, falling: Int),
    isCausal: Bool, in parameters: Parameters
  ) {
    func convolution(_ part: String, _ dilation: Int) -> TemporalConvolution {
      TemporalConvolution(
        name + "." + part, inputs: maps, outputs: maps, taps: taps, dilation: dilation,
        isCausal: isCausal, in: parameters)
    }
    rising = convolution("rising", dilations.rising)
    falling = convolution("falling", dilations.falling)
    fusion = TemporalConvolution(
      name + ".fusion", inputs: 2 * maps, outputs: maps, in: parameters)
  }

  /// Draws the first parameters.
  package func initialize(_ parameters: Parameters, _ generator: inout RandomGenerator) {
    rising.initialize(parameters, &generator)
    falling.initialize(parameters, &generator)
    fusion.initialize(parameters, &generator)
  }

  /// Writes the layer's output.
  ///
  /// - Parameters:
  ///   - x: [T][M].
  ///   - joined: the two convolutions side by side, [T][2M], which the way back needs.
  ///   - hidden: max(0, F · joined), [T][M], which the way back needs.
  ///   - y: [T][M]; all of it is written.
  ///   - dropout: `nil` but in training.
  ///   - scratch: of M channels.
  package func apply(
    _ x: Activations, _ parameters: Parameters, joined: Activations, hidden: Activations,
    to y: Activations, dropout: Dropout?, scratch: Activations, threads: Int
  ) {
    let M = fusion.outputs
    joined.resize(count: x.count)
    y.resize(count: x.count)
    for (place, convolution) in [(0, rising), (M, falling)] {
      convolution.apply(x, parameters, to: scratch, threads: threads) { range in
        for t in range { (joined.row(t) + place).update(from: scratch.row(t), count: M) }
      }
    }
    let zero = Vector(repeating: 0)
    fusion.apply(joined, parameters, to: hidden, threads: threads) { range in
      for t in range {
        let (row, from, target) = (hidden.row(t), x.row(t), y.row(t))
        for c in stride(from: 0, to: y.stride, by: 8) {
          var value = Vector.larger(Vector(loading: row + c), zero)
          value.store(to: row + c)
          if let dropout { value *= dropout.factors(at: (t &* y.stride &+ c) / 8) }
          (value + Vector(loading: from + c)).store(to: target + c)
        }
      }
    }
  }

  /// Adds the gradients of the parameters, and turns ∂loss/∂y into ∂loss/∂x in place.
  ///
  /// - Parameters:
  ///   - d: ∂loss/∂y, [T][M], and then ∂loss/∂x.
  ///   - joined: as ``apply(_:_:joined:hidden:to:dropout:scratch:threads:)`` left it; `hidden` too.
  ///   - scratch: two of M channels.
  ///   - dJoined: of 2 · M channels.
  package func backpropagate(
    _ d: Activations, through x: Activations, joined: Activations, hidden: Activations,
    _ parameters: Parameters, dropout: Dropout?, scratch: (Activations, Activations),
    dJoined: Activations, threads: Int
  ) {
    let M = fusion.outputs
    let (dHidden, half) = scratch
    dHidden.resize(count: d.count)
    forPieces(d.count, threads: threads) { range in
      for t in range {
        let (row, from, value) = (dHidden.row(t), d.row(t), hidden.row(t))
        for c in stride(from: 0, to: d.stride, by: 8) {
          var slope = Vector(loading: from + c)
          if let dropout { slope *= dropout.factors(at: (t &* d.stride &+ c) / 8) }
          slope.replacing(with: 0, where: Vector(loading: value + c) .<= 0).store(to: row + c)
        }
      }
    }
    fusion.backpropagate(dHidden, through: joined, parameters, to: dJoined, threads: threads)
    half.resize(count: d.count)
    for (place, convolution) in [(0, rising), (M, falling)] {
      forPieces(d.count, threads: threads) { range in
        for t in range { half.row(t).update(from: dJoined.row(t) + place, count: M) }
      }
      // The sum passes the gradient on unchanged, so the convolutions' are added to it.
      convolution.backpropagate(
        half, through: x, parameters, to: d, accumulates: true, threads: threads)
    }
  }
}
