package import SeqMath

/// A layer of gated recurrent units, which carries a state of H numbers from frame to frame:
///
///     z = σ(W_z x + U_z h′ + b_z)            how much of the state before, h′, is kept
///     r = σ(W_r x + U_r h′ + b_r)            how much of it the candidate sees
///     c = tanh(W_c x + U_c (r ⊙ h′) + b_c)   the candidate
///     h = z ⊙ h′ + (1 − z) ⊙ c
///
/// Cho et al. 2014, doi:10.3115/v1/D14-1179, §2.3: the reset is before U_c, as published, and not behind
/// it, as in cuDNN and torch. The state before the first frame is 0. The layer runs forward, or from the
/// last frame to the first.
package struct GatedRecurrentLayer {
  /// A gate or the candidate.
  struct Gate {
    /// W and b.
    let input: TemporalConvolution
    /// U, [H][H rounded up to 16].
    let recurrent: Parameters.Slot
  }

  /// The number of channels of the input, C, and of units, H.
  package let inputs: Int
  package let units: Int
  /// Whether the layer runs from the last frame to the first.
  package let isReversed: Bool
  let update: Gate
  let reset: Gate
  let candidate: Gate
  private var gates: [Gate] { [update, reset, candidate] }

  /// Reserves the layer's parameters.
  package init(
    _ name: String, inputs: Int, units: Int, isReversed: Bool = false, in parameters: Parameters
  ) {
    self.inputs = inputs
    self.units = units
    self.isReversed = isReversed
    func gate(_ part: String) -> Gate {
      Gate(
        input: TemporalConvolution(
          "\(name).\(part).input", inputs: inputs, outputs: units, in: parameters),
        recurrent: parameters.reserve(
          "\(name).\(part).recurrent", [units, (units + 15) & ~15], columns: units))
    }
    update = gate("update")
    reset = gate("reset")
    candidate = gate("candidate")
  }

  /// Draws the first numbers of U evenly from ±1/√H, those of W and b from ±1/√C.
  package func initialize(_ parameters: Parameters, _ generator: inout RandomGenerator) {
    let bound = 1 / Float(units).squareRoot()
    for gate in gates {
      gate.input.initialize(parameters, &generator)
      for row in 0..<units {
        let values = parameters.values.base + gate.recurrent.offset + row * gate.recurrent.shape[1]
        for o in 0..<units { values[o] = Float(generator.nextUnit() * 2 - 1) * bound }
      }
    }
  }

  /// What a layer keeps of a sequence for the way back: rows of H numbers. Padding is 0 in all of them,
  /// for there the candidate is tanh 0.
  package final class Memory {
    /// z, r and c; on the way back the gradients of what σ and tanh were taken of.
    let update: Activations
    let reset: Activations
    let candidate: Activations
    /// r ⊙ h′.
    let seen: Activations
    /// h.
    package let states: Activations
    /// The state before the first frame that is run, [H]; a stream leaves that of the last frame here.
    let start: AlignedBuffer

    package init(units: Int) {
      func rows() -> Activations { Activations(count: 0, width: units) }
      (update, reset, candidate) = (rows(), rows(), rows())
      (seen, states) = (rows(), rows())
      start = AlignedBuffer(count: states.stride)
    }
  }

  /// The layer's numbers as the kernels read them; immutable, so threads share them.
  final class Packed: Sendable {
    struct Gate: Sendable {
      let input: PackedConvolution
      let recurrent: AlignedBuffer
    }
    let units: Int
    let isReversed: Bool
    let update: Gate
    let reset: Gate
    let candidate: Gate
    /// In place of biases, which W's map has: [H rounded up to 16].
    let zeros: AlignedBuffer

    init(_ layer: GatedRecurrentLayer, _ parameters: Parameters) {
      units = layer.units
      isReversed = layer.isReversed
      zeros = AlignedBuffer(count: (layer.units + 15) & ~15)
      func gate(_ gate: GatedRecurrentLayer.Gate) -> Gate {
        Gate(
          input: PackedConvolution(gate.input, parameters),
          recurrent: layer.packed(gate, parameters, transposed: false))
      }
      update = gate(layer.update)
      reset = gate(layer.reset)
      candidate = gate(layer.candidate)
    }

    /// W x + b of all frames.
    func project(_ x: Activations, _ memory: Memory, threads: Int) {
      update.input.apply(x, to: memory.update, threads: threads)
      reset.input.apply(x, to: memory.reset, threads: threads)
      candidate.input.apply(x, to: memory.candidate, threads: threads)
      memory.seen.resize(count: x.count)
      memory.states.resize(count: x.count)
    }

    /// Runs over the frames that were projected, and writes the states to columns of `y`.
    ///
    /// - Parameters:
    ///   - y: [T][at least place + H].
    ///   - place: the first column.
    func run(_ memory: Memory, to y: Activations, at place: Int) {
      let T = memory.states.count
      let padded = memory.states.stride
      let one = Vector(repeating: 1)
      let (z, r, c) = (memory.update, memory.reset, memory.candidate)
      let kernel = RecurrentKernel(units: units, zeros: zeros)
      var before = UnsafePointer(memory.start.base)
      for step in 0..<T {
        let t = isReversed ? T - 1 - step : step
        let (zRow, rRow, cRow) = (z.row(t), r.row(t), c.row(t))
        let (seen, h) = (memory.seen.row(t), memory.states.row(t))
        kernel.multiply(before, update.recurrent, addingTo: zRow)
        kernel.multiply(before, reset.recurrent, addingTo: rRow)
        for k in stride(from: 0, to: padded, by: 8) {
          let gate = logistic(Vector(loading: rRow + k))
          gate.store(to: rRow + k)
          (gate * Vector(loading: before + k)).store(to: seen + k)
        }
        kernel.multiply(UnsafePointer(seen), candidate.recurrent, addingTo: cRow)
        for k in stride(from: 0, to: padded, by: 8) {
          let gate = logistic(Vector(loading: zRow + k))
          let value = hyperbolicTangent(Vector(loading: cRow + k))
          gate.store(to: zRow + k)
          value.store(to: cRow + k)
          (gate * Vector(loading: before + k) + (one - gate) * value).store(to: h + k)
        }
        (y.row(t) + place).update(from: h, count: units)
        before = UnsafePointer(h)
      }
    }
  }

  /// Writes the states of all frames to columns of `y`.
  ///
  /// - Parameters:
  ///   - x: [T][C].
  ///   - y: [T][at least place + H]; other columns are left alone.
  ///   - place: the first column.
  package func apply(
    _ x: Activations, _ parameters: Parameters, _ memory: Memory, to y: Activations,
    at place: Int = 0, threads: Int
  ) {
    precondition(x.width == inputs && y.width >= place + units, "Rows have the layer's widths.")
    y.resize(count: x.count)
    let packed = Packed(self, parameters)
    packed.project(x, memory, threads: threads)
    packed.run(memory, to: y, at: place)
  }

  /// Turns ∂loss/∂h of every frame into the gradients of what σ and tanh were taken of, in place of z, r
  /// and c in `memory`.
  ///
  /// - Parameters:
  ///   - dy: ∂loss/∂y, of which the columns from `place` on are this layer's.
  ///   - memory: as the way forward left it.
  package func unroll(
    _ dy: Activations, at place: Int, _ memory: Memory, _ parameters: Parameters
  ) {
    let T = dy.count
    let padded = memory.states.stride
    let one = Vector(repeating: 1)
    let zeros = AlignedBuffer(count: padded)
    let kernel = RecurrentKernel(units: units, zeros: zeros)
    let (U_z, U_r, U_c) = (
      packed(update, parameters, transposed: true), packed(reset, parameters, transposed: true),
      packed(candidate, parameters, transposed: true)
    )
    // ∂loss/∂h of the frame, and of the state before it; ∂loss/∂(r ⊙ h′).
    let (d, carried, dSeen) = (
      AlignedBuffer(count: padded), AlignedBuffer(count: padded), AlignedBuffer(count: padded)
    )
    for step in 0..<T {
      let t = isReversed ? step : T - 1 - step
      let previous = isReversed ? t + 1 : t - 1
      let before =
        (0..<T).contains(previous)
        ? UnsafePointer(memory.states.row(previous)) : UnsafePointer(memory.start.base)
      let (zRow, rRow, cRow) = (
        memory.update.row(t), memory.reset.row(t), memory.candidate.row(t)
      )
      let own = dy.row(t) + place
      for k in 0..<units { d.base[k] = own[k] + carried.base[k] }
      for k in stride(from: 0, to: padded, by: 8) {
        let (z, c) = (Vector(loading: zRow + k), Vector(loading: cRow + k))
        let (dh, h) = (Vector(loading: d.base + k), Vector(loading: before + k))
        (dh * z).store(to: carried.base + k)
        (dh * (h - c) * z * (one - z)).store(to: zRow + k)
        (dh * (one - z) * (one - c * c)).store(to: cRow + k)
        Vector(repeating: 0).store(to: dSeen.base + k)
      }
      kernel.multiply(UnsafePointer(cRow), U_c, addingTo: dSeen.base)
      for k in stride(from: 0, to: padded, by: 8) {
        let (r, ds) = (Vector(loading: rRow + k), Vector(loading: dSeen.base + k))
        let h = Vector(loading: before + k)
        (Vector(loading: carried.base + k) + ds * r).store(to: carried.base + k)
        (ds * h * r * (one - r)).store(to: rRow + k)
      }
      kernel.multiply(UnsafePointer(zRow), U_z, addingTo: carried.base)
      kernel.multiply(UnsafePointer(rRow), U_r, addingTo: carried.base)
    }
  }

  /// Adds the gradients of the parameters, and that of the input to `dx`, after
  /// ``unroll(_:at:_:_:)``.
  ///
  /// - Parameters:
  ///   - x: [T][C].
  ///   - dx: [T][C].
  ///   - accumulates: whether the gradient is added to what `dx` holds.
  package func backpropagate(
    _ memory: Memory, through x: Activations, _ parameters: Parameters, to dx: Activations,
    accumulates: Bool, threads: Int
  ) {
    let gradient = parameters.gradient.base
    let parts = [
      (update, memory.update, memory.states), (reset, memory.reset, memory.states),
      (candidate, memory.candidate, memory.seen),
    ]
    // Each sum is taken over all frames by one thread.
    inParallel(pieces: parts.count, threads: threads) { piece in
      let (gate, d, source) = parts[piece]
      let offset = source === memory.seen ? 0 : isReversed ? 1 : -1
      ConvolutionKernel.addOuterProducts(
        source, offset: offset, d, channels: 0..<units, to: gradient + gate.recurrent.offset)
    }
    for (index, (gate, d, _)) in parts.enumerated() {
      gate.input.backpropagate(
        d, through: x, parameters, to: dx, accumulates: accumulates || index > 0, threads: threads)
    }
  }

  fileprivate func packed(
    _ gate: Gate, _ parameters: Parameters, transposed: Bool
  ) -> AlignedBuffer {
    let buffer = AlignedBuffer(
      count: ConvolutionKernel.packedCount(taps: 1, inputs: units, outputs: units))
    ConvolutionKernel.pack(
      parameters.values.base + gate.recurrent.offset, taps: 1, inputs: units, outputs: units,
      transposed: transposed, to: buffer.base)
    return buffer
  }
}

/// Products of one state with packed weights.
private struct RecurrentKernel {
  let units: Int
  let zeros: AlignedBuffer

  /// out += state · U.
  @inline(__always)
  func multiply(
    _ state: UnsafePointer<Float>, _ packed: AlignedBuffer,
    addingTo out: UnsafeMutablePointer<Float>
  ) {
    let weights = RowKernel.Weights(
      packed: packed.base, bias: zeros.base, taps: 1, inputs: units, tiles: (units + 15) / 16)
    var (row, target, residual) = (state, out, UnsafePointer(out))
    RowKernel.apply(
      weights, inputs: &row, residual: &residual, out: &target, count: 1, finish: .add)
  }
}

/// σ(x) = 1 / (1 + e^−x).
@inline(__always)
private func logistic(_ x: Vector) -> Vector {
  Vector(repeating: 1) / (exponential(Vector(repeating: 0) - x) + 1)
}

/// tanh x = 1 − 2 / (1 + e^2x); the absolute error is that of 32-bit floating point near 1.
@inline(__always)
private func hyperbolicTangent(_ x: Vector) -> Vector {
  Vector(repeating: 1) - Vector(repeating: 2) / (exponential(x + x) + 1)
}
