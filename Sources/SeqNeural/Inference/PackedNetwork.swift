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

  init(_ layer: TemporalConvolution, _ parameters: Parameters) {
    inputs = layer.inputs
    taps = layer.offsets.count
    offsets = layer.offsets
    stride = (layer.outputs + 15) & ~15
    packed = layer.packed(parameters, transposed: false)
    biases = AlignedBuffer(count: stride)
    biases.base.update(from: layer.biases(parameters), count: stride)
  }

  var weights: RowKernel.Weights {
    RowKernel.Weights(
      packed: packed.base, bias: biases.base, taps: taps, inputs: inputs, tiles: stride / 16)
  }
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
  let stages: [Stage]

  init(_ network: TemporalNetwork) {
    shape = network.shape
    let parameters = network.parameters
    func pack(_ layer: TemporalConvolution) -> PackedConvolution {
      PackedConvolution(layer, parameters)
    }
    stages = network.stages.map { stage in
      let layers: [Layer] =
        switch stage.layers {
        case .residual(let layers):
          layers.map { Layer(convolutions: [pack($0.convolution)], mix: pack($0.mix)) }
        case .dual(let layers):
          layers.map {
            Layer(convolutions: [pack($0.rising), pack($0.falling)], mix: pack($0.fusion))
          }
        }
      return Stage(entry: stage.entry.map(pack), layers: layers, exit: pack(stage.exit))
    }
  }
}
