package import SeqMath

/// MS-TCN's layer: y = x + dropout(M · max(0, dilated convolution of x)), with M a map of each frame
/// (Farha and Gall 2019, doi:10.1109/CVPR.2019.00369, §3.1).
package struct DilatedResidualLayer {
  let convolution: TemporalConvolution
  let mix: TemporalConvolution

  /// Reserves the layer's parameters.
  ///
  /// - Parameter maps: the number of channels of input and output.
  package init(
    _ name: String, maps: Int, taps: Int = 3, dilation: Int, isCausal: Bool,
    in parameters: Parameters
  ) {
    convolution = TemporalConvolution(
      name + ".convolution", inputs: maps, outputs: maps, taps: taps, dilation: dilation,
      isCausal: isCausal, in: parameters)
    mix = TemporalConvolution(name + ".mix", inputs: maps, outputs: maps, in: parameters)
  }

  /// Draws the first parameters.
  package func initialize(_ parameters: Parameters, _ generator: inout RandomGenerator) {
    convolution.initialize(parameters, &generator)
    mix.initialize(parameters, &generator)
  }

  /// Writes the layer's output.
  ///
  /// - Parameters:
  ///   - hidden: max(0, convolution), which the way back needs.
  ///   - dropout: `nil` but in training.
  package func apply(
    _ x: Activations, _ parameters: Parameters, hidden: Activations, to y: Activations,
    dropout: Dropout?, threads: Int
  ) {
    let zero = Vector(repeating: 0)
    convolution.apply(x, parameters, to: hidden, threads: threads) { range in
      for t in range {
        let row = hidden.row(t)
        for c in stride(from: 0, to: hidden.stride, by: 8) {
          Vector.larger(Vector(loading: row + c), zero).store(to: row + c)
        }
      }
    }
    mix.apply(hidden, parameters, to: y, threads: threads) { range in
      for t in range {
        let (row, from) = (y.row(t), x.row(t))
        for c in stride(from: 0, to: y.stride, by: 8) {
          var value = Vector(loading: row + c)
          if let dropout { value *= dropout.factors(at: (t &* y.stride &+ c) / 8) }
          (value + Vector(loading: from + c)).store(to: row + c)
        }
      }
    }
  }

  /// Adds the gradients of the parameters, and turns ∂loss/∂y into ∂loss/∂x in place.
  ///
  /// - Parameters:
  ///   - d: ∂loss/∂y, and then ∂loss/∂x.
  ///   - scratch: two of the layer's width.
  package func backpropagate(
    _ d: Activations, through x: Activations, _ hidden: Activations, _ parameters: Parameters,
    dropout: Dropout?, scratch: (Activations, Activations), threads: Int
  ) {
    var dMix = d
    if let dropout {
      dMix = scratch.0
      dMix.resize(count: d.count)
      forPieces(d.count, threads: threads) { range in
        for t in range {
          let (row, from) = (dMix.row(t), d.row(t))
          for c in stride(from: 0, to: d.stride, by: 8) {
            (Vector(loading: from + c) * dropout.factors(at: (t &* d.stride &+ c) / 8))
              .store(to: row + c)
          }
        }
      }
    }
    let dHidden = scratch.1
    mix.backpropagate(dMix, through: hidden, parameters, to: dHidden, threads: threads) { range in
      for t in range {
        let (row, value) = (dHidden.row(t), hidden.row(t))
        for c in stride(from: 0, to: d.stride, by: 8) {
          let isOff = Vector(loading: value + c) .<= 0
          Vector(loading: row + c).replacing(with: 0, where: isOff).store(to: row + c)
        }
      }
    }
    // The sum passes the gradient on unchanged, so the convolution's is added to it.
    convolution.backpropagate(
      dHidden, through: x, parameters, to: d, accumulates: true, threads: threads)
  }
}
