internal import SeqMath

/// A layer that brings the channels of each frame to mean 0 and deviation 1, then gives every channel
/// a scale and a shift that are learnt: y = g ⊙ (x − μ) / √(σ² + ε) + b, with μ and σ² over the C
/// channels of the frame (Ba, Kiros and Hinton 2016, arXiv:1607.06450, §3.1).
package struct LayerNormalization {
  /// Added to the variance, so that a frame of equal channels becomes b.
  package static let epsilon: Float = 1e-5

  /// The number of channels, C.
  package let width: Int
  /// g and b, [C rounded up to 16]; what is rounded up stays 0.
  private let scale: Parameters.Slot
  private let shift: Parameters.Slot

  /// Reserves the layer's parameters.
  package init(_ name: String, width: Int, in parameters: Parameters) {
    self.width = width
    let padded = (width + 15) & ~15
    scale = parameters.reserve(name + ".scale", [padded], columns: width)
    shift = parameters.reserve(name + ".shift", [padded], columns: width)
  }

  /// Sets the first parameters: scale 1, shift 0.
  package func initialize(_ parameters: Parameters) {
    for c in 0..<width {
      parameters.values.base[scale.offset + c] = 1
      parameters.values.base[shift.offset + c] = 0
    }
  }

  /// Writes the layer's output.
  ///
  /// - Parameters:
  ///   - x: [T][C].
  ///   - y: [T][C]; all of it is written.
  package func apply(_ x: Activations, _ parameters: Parameters, to y: Activations, threads: Int) {
    precondition(x.width == width && y.width == width, "Rows have the layer's width.")
    y.resize(count: x.count)
    let values = UnsafePointer(parameters.values.base)
    forPieces(x.count, threads: threads) { range in
      for t in range {
        Self.apply(
          x.row(t), width, scale: values + scale.offset, shift: values + shift.offset, to: y.row(t))
      }
    }
  }

  /// One frame's output.
  @inline(__always)
  static func apply(
    _ x: UnsafePointer<Float>, _ width: Int, scale: UnsafePointer<Float>,
    shift: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>
  ) {
    let (mean, factor) = moments(x, width)
    for c in stride(from: 0, to: (width + 15) & ~15, by: 8) {
      let value = (Vector(loading: x + c) - mean) * factor
      // Scale and shift are 0 in the padding, and so is the output.
      (value * Vector(loading: scale + c) + Vector(loading: shift + c)).store(to: y + c)
    }
  }

  /// μ, and 1 / √(σ² + ε).
  @inline(__always)
  private static func moments(
    _ x: UnsafePointer<Float>, _ width: Int
  ) -> (mean: Float, factor: Float) {
    let whole = width & ~7
    var sums = Vector(repeating: 0)
    for c in stride(from: 0, to: whole, by: 8) { sums += Vector(loading: x + c) }
    var sum = sums.laneSum
    for c in whole..<width { sum += x[c] }
    let mean = sum / Float(width)
    var squares = Vector(repeating: 0)
    for c in stride(from: 0, to: whole, by: 8) {
      let d = Vector(loading: x + c) - mean
      squares += d * d
    }
    var square = squares.laneSum
    for c in whole..<width { square += (x[c] - mean) * (x[c] - mean) }
    return (mean, 1 / (square / Float(width) + epsilon).squareRoot())
  }

  /// Adds the gradients of the parameters, and writes that of the input.
  ///
  /// With n = (x − μ) / √(σ² + ε) and e = g ⊙ ∂loss/∂y:
  /// ∂loss/∂x = (e − mean(e) − n · mean(e ⊙ n)) / √(σ² + ε).
  ///
  /// - Parameters:
  ///   - dy: ∂loss/∂y, [T][C].
  ///   - x: what ``apply(_:_:to:threads:)`` was given.
  ///   - dx: ∂loss/∂x, [T][C]; all of it is written.
  package func backpropagate(
    _ dy: Activations, through x: Activations, _ parameters: Parameters, to dx: Activations,
    threads: Int
  ) {
    dx.resize(count: dy.count)
    let g = UnsafePointer(parameters.values.base + scale.offset)
    forPieces(dy.count, threads: threads) { range in
      for t in range {
        let (row, upstream, target) = (x.row(t), dy.row(t), dx.row(t))
        let (mean, factor) = Self.moments(row, width)
        // g and ∂loss/∂y are 0 in the padding, so it adds nothing to the sums.
        var (sums, products) = (Vector(repeating: 0), Vector(repeating: 0))
        for c in stride(from: 0, to: dx.stride, by: 8) {
          let e = Vector(loading: g + c) * Vector(loading: upstream + c)
          sums += e
          products += e * ((Vector(loading: row + c) - mean) * factor)
        }
        let (sum, product) = (sums.laneSum / Float(width), products.laneSum / Float(width))
        for c in stride(from: 0, to: dx.stride, by: 8) {
          let n = (Vector(loading: row + c) - mean) * factor
          let e = Vector(loading: g + c) * Vector(loading: upstream + c)
          ((e - sum - n * product) * factor).store(to: target + c)
        }
        for c in width..<dx.stride { target[c] = 0 }
      }
    }
    // One thread adds the frames in order, so that no sum depends on the threads.
    let (dg, db) = (
      parameters.gradient.base + scale.offset, parameters.gradient.base + shift.offset
    )
    for t in 0..<dy.count {
      let (row, upstream) = (x.row(t), dy.row(t))
      let (mean, factor) = Self.moments(row, width)
      for c in stride(from: 0, to: dx.stride, by: 8) {
        let u = Vector(loading: upstream + c)
        let n = (Vector(loading: row + c) - mean) * factor
        (Vector(loading: dg + c) + u * n).store(to: dg + c)
        (Vector(loading: db + c) + u).store(to: db + c)
      }
    }
  }

  /// The scale and the shift, padded to whole vectors, as ``apply(_:_:scale:shift:to:)`` takes them.
  func numbers(_ parameters: Parameters) -> (scale: AlignedBuffer, shift: AlignedBuffer) {
    func copy(_ slot: Parameters.Slot) -> AlignedBuffer {
      let buffer = AlignedBuffer(count: slot.count)
      buffer.base.update(from: parameters.values.base + slot.offset, count: slot.count)
      return buffer
    }
    return (copy(scale), copy(shift))
  }
}
