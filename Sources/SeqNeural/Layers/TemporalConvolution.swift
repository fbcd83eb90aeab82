package import SeqMath

/// A convolution over time: y[t] = b + Σ_k x[t + offset_k] · W_k, with frames outside of the
/// sequence as 0.
///
/// With one tap it is a linear map of every frame. Dilation d puts the taps d frames apart; they lie
/// to both sides of the frame, or, in a causal convolution, on it and before.
package struct TemporalConvolution {
  /// The widths of input and output, C and O.
  package let inputs: Int
  package let outputs: Int
  /// The taps' distances from the frame, K of them, rising.
  package let offsets: [Int]
  /// [K][C][O rounded up to 16] and [O rounded up to 16]; what is rounded up stays 0.
  private let weights: Parameters.Slot
  private let bias: Parameters.Slot

  /// Reserves the layer's parameters.
  package init(
    _ name: String, inputs: Int, outputs: Int, taps: Int = 1, dilation: Int = 1,
    isCausal: Bool = false, in parameters: Parameters
  ) {
    self.inputs = inputs
    self.outputs = outputs
    let center = isCausal ? taps - 1 : taps / 2
    offsets = (0..<taps).map { ($0 - center) * dilation }
    let padded = (outputs + 15) & ~15
    weights = parameters.reserve(name + ".weights", [taps, inputs, padded], columns: outputs)
    bias = parameters.reserve(name + ".bias", [padded], columns: outputs)
  }

  /// Draws the first weights and biases evenly from ±1/√(C·K), as torch's convolutions do
  /// (He et al. 2015, doi:10.1109/ICCV.2015.123, with a = √5).
  package func initialize(_ parameters: Parameters, _ generator: inout RandomGenerator) {
    let bound = 1 / Float(inputs * offsets.count).squareRoot()
    let padded = bias.count
    func draw() -> Float { Float(generator.nextUnit() * 2 - 1) * bound }
    for row in 0..<offsets.count * inputs {
      for o in 0..<outputs { parameters.values.base[weights.offset + row * padded + o] = draw() }
    }
    for o in 0..<outputs { parameters.values.base[bias.offset + o] = draw() }
  }

  /// The biases, padded to whole vectors.
  func biases(_ parameters: Parameters) -> UnsafePointer<Float> {
    UnsafePointer(parameters.values.base + bias.offset)
  }

  /// The weights as the kernels read them.
  func packed(_ parameters: Parameters, transposed: Bool) -> AlignedBuffer {
    let buffer = AlignedBuffer(
      count: ConvolutionKernel.packedCount(taps: offsets.count, inputs: inputs, outputs: outputs))
    ConvolutionKernel.pack(
      parameters.values.base + weights.offset, taps: offsets.count, inputs: inputs,
      outputs: outputs, transposed: transposed, to: buffer.base)
    return buffer
  }

  /// Writes the layer's output.
  ///
  /// - Parameters:
  ///   - x: [T][C].
  ///   - y: [T][O]; all of it is written.
  ///   - finish: called for ranges of frames whose output is there and still in the cache.
  package func apply(
    _ x: Activations, _ parameters: Parameters, to y: Activations, threads: Int,
    finish: (Range<Int>) -> Void = { _ in }
  ) {
    precondition(x.width == inputs && y.width == outputs, "Rows have the layer's widths.")
    y.resize(count: x.count)
    let packed = packed(parameters, transposed: false)
    let zeros = AlignedBuffer(count: x.stride)
    forPieces(x.count, threads: threads) { range in
      ConvolutionKernel.convolve(
        x, offsets: offsets, packed: packed.base, bias: parameters.values.base + bias.offset,
        zeros: zeros.base, to: y, range: range, accumulates: false)
      finish(range)
    }
  }

  /// Adds the gradients of the parameters, and of the input unless `dx` is `nil`.
  ///
  /// - Parameters:
  ///   - x: what ``apply(_:_:to:threads:finish:)`` was given.
  ///   - dy: ∂loss/∂y, [T][O].
  ///   - dx: ∂loss/∂x, [T][C].
  ///   - accumulates: whether the gradient is added to what `dx` holds.
  ///   - finish: called for ranges of frames whose `dx` is there and still in the cache.
  package func backpropagate(
    _ dy: Activations, through x: Activations, _ parameters: Parameters, to dx: Activations?,
    accumulates: Bool = false, threads: Int, finish: (Range<Int>) -> Void = { _ in }
  ) {
    let gradient = parameters.gradient.base
    // Pieces of weights, each summed over all frames by one thread: no sum depends on the threads.
    let blocks = inputs > 12 ? 2 : 1
    let size = ((inputs + blocks - 1) / blocks + 7) / 8 * 8
    inParallel(pieces: offsets.count * blocks + 1, threads: threads) { piece in
      guard piece < offsets.count * blocks else {
        for t in 0..<dy.count {
          let row = dy.row(t)
          for o in Swift.stride(from: 0, to: bias.count, by: 8) {
            let target = gradient + bias.offset + o
            (Vector(loading: target) + Vector(loading: row + o)).store(to: target)
          }
        }
        return
      }
      let (k, block) = (piece / blocks, piece % blocks)
      ConvolutionKernel.addOuterProducts(
        x, offset: offsets[k], dy, channels: block * size..<min(block * size + size, inputs),
        to: gradient + weights.offset + k * inputs * bias.count)
    }
    guard let dx else { return }
    if !accumulates { dx.resize(count: dy.count) }
    let packed = packed(parameters, transposed: true)
    let zeros = AlignedBuffer(count: max(dy.stride, dx.stride))
    forPieces(dy.count, threads: threads) { range in
      ConvolutionKernel.convolve(
        dy, offsets: offsets.map { -$0 }, packed: packed.base, bias: zeros.base,
        zeros: zeros.base, to: dx, range: range, accumulates: accumulates)
      finish(range)
    }
  }
}

/// Calls `body` for pieces of the frames, in parallel.
package func forPieces(_ count: Int, threads: Int, _ body: (Range<Int>) -> Void) {
  let size = ConvolutionKernel.piece
  inParallel(pieces: (count + size - 1) / size, threads: threads) { piece in
    body(piece * size..<min(piece * size + size, count))
  }
}
