internal import SeqMath

/// A convolution's numbers as the kernels read them; immutable, so threads share it.
final class PackedConvolution: @unchecked Sendable {
  let inputs: Int
  let taps: Int
  let offsets: [Int]
  /// The number of outputs rounded up to 16.
  let stride: Int
  private let packed: AlignedBuffer
  private let biases: AlignedBuffer
  private let halves: HalfWeights?

  /// Packs a layer.
  ///
  /// - Parameter streams: whether single rows are run, which read weights of half precision as such.
  init(_ layer: TemporalConvolution, _ parameters: Parameters, streams: Bool = false) {
    inputs = layer.inputs
    taps = layer.offsets.count
    offsets = layer.offsets
    stride = (layer.outputs + 15) & ~15
    packed = layer.packed(parameters, transposed: false)
    biases = AlignedBuffer(count: stride)
    biases.base.update(from: layer.biases(parameters), count: stride)
    halves =
      streams
      ? HalfWeights(exactly: packed.base, tiles: stride / 16, rows: taps * inputs) : nil
  }

  /// Convolves all frames.
  ///
  /// - Parameters:
  ///   - x: [T][C].
  ///   - y: [T][O]; all of it is written.
  func apply(_ x: Activations, to y: Activations, threads: Int) {
    precondition(x.width == inputs && y.stride == stride, "Rows have the layer's widths.")
    y.resize(count: x.count)
    let zeros = AlignedBuffer(count: x.stride)
    forPieces(x.count, threads: threads) { range in
      ConvolutionKernel.convolve(
        x, offsets: offsets, packed: packed.base, bias: biases.base, zeros: zeros.base, to: y,
        range: range, accumulates: false)
    }
  }

  var weights: RowKernel.Weights {
    RowKernel.Weights(
      packed: packed.base, bias: biases.base, taps: taps, inputs: inputs, tiles: stride / 16,
      halves: halves?.base)
  }

  /// Whether single rows read weights of half precision.
  var readsHalves: Bool { halves != nil }
}

/// A network made ready for running: its weights packed once.
final class PackedNetwork: Sendable {
  struct Layer: Sendable {
    /// One, or the rising and the falling one of a dual layer.
    let convolutions: [PackedConvolution]
    /// A map of each frame: of a plain layer's rectified convolution, or of both of a dual layer's.
    let mix: PackedConvolution

    var isDual: Bool { convolutions.count == 2 }
    /// How far the layer looks behind a frame.
    var ahead: Int { convolutions.reduce(0) { max($0, $1.offsets.last!) } }
    /// How far it looks before a frame.
    var back: Int { -convolutions.reduce(0) { min($0, $1.offsets.first!) } }
  }
  struct Stage: Sendable {
    let entry: PackedConvolution?
    let layers: [Layer]
    let exit: PackedConvolution
  }

  let shape: NetworkShape
  /// The stages of convolutions; none if there is a recurrence.
  let stages: [Stage]
  /// A recurrent network.
  let recurrence: PackedRecurrence?

  /// Packs a network.
  ///
  /// - Parameter streams: whether single rows are run, which read weights of half precision as such.
  init(_ network: TemporalNetwork, streams: Bool = false) {
    shape = network.shape
    let parameters = network.parameters
    func pack(_ layer: TemporalConvolution) -> PackedConvolution {
      PackedConvolution(layer, parameters, streams: streams)
    }
    recurrence = PackedRecurrence(network)
    stages = network.stages.compactMap { stage in
      let layers: [Layer]
      switch stage.layers {
      case .residual(let own):
        layers = own.map { Layer(convolutions: [pack($0.convolution)], mix: pack($0.mix)) }
      case .dual(let own):
        layers = own.map {
          Layer(convolutions: [pack($0.rising), pack($0.falling)], mix: pack($0.fusion))
        }
      case .recurrent: return nil
      }
      return Stage(entry: stage.entry.map(pack), layers: layers, exit: pack(stage.exit))
    }
  }
}
