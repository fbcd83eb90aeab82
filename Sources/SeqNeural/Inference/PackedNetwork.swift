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
    let convolution: PackedConvolution
    let mix: PackedConvolution
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
    stages = network.stages.map { stage in
      Stage(
        entry: stage.entry.map { PackedConvolution($0, parameters) },
        layers: stage.layers.map {
          Layer(
            convolution: PackedConvolution($0.convolution, parameters),
            mix: PackedConvolution($0.mix, parameters))
        },
        exit: PackedConvolution(stage.exit, parameters))
    }
  }

  /// How far a stage looks before and behind a position.
  var stageReach: (before: Int, after: Int) {
    var one = shape
    one.stages = 1
    return one.reach
  }
}
