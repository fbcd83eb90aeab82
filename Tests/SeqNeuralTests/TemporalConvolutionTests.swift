import SeqMath
import SeqNeural
import Testing

/// Rows with random values; the padding stays 0.
func randomRows(_ count: Int, _ width: Int, _ generator: inout RandomGenerator) -> Activations {
  let rows = Activations(count: count, width: width)
  for t in 0..<count {
    for c in 0..<width { rows.row(t)[c] = Float(generator.nextUnit() * 2 - 1) }
  }
  return rows
}

@Suite("Convolution over time")
struct TemporalConvolutionTests {
  struct Case: Sendable {
    var count: Int
    var inputs: Int
    var outputs: Int
    var taps: Int
    var dilation: Int
    var isCausal = false
  }
  static let cases = [
    Case(count: 1, inputs: 1, outputs: 1, taps: 1, dilation: 1),
    Case(count: 7, inputs: 5, outputs: 3, taps: 3, dilation: 1),
    Case(count: 13, inputs: 17, outputs: 33, taps: 3, dilation: 4),
    Case(count: 13, inputs: 17, outputs: 16, taps: 3, dilation: 4, isCausal: true),
    Case(count: 5, inputs: 4, outputs: 4, taps: 3, dilation: 64),
    Case(count: 700, inputs: 8, outputs: 20, taps: 3, dilation: 2),
  ]

  /// Σ of what each place gives, by plain loops over the layer's own numbers.
  private func plain(
    _ x: Activations, _ layer: TemporalConvolution, _ parameters: Parameters
  ) -> [[Double]] {
    let padded = (layer.outputs + 15) & ~15
    let weights = parameters.values.base + parameters.slots[0].offset
    let bias = parameters.values.base + parameters.slots[1].offset
    return (0..<x.count).map { t in
      (0..<layer.outputs).map { o in
        var sum = Double(bias[o])
        for (k, offset) in layer.offsets.enumerated() where (0..<x.count).contains(t + offset) {
          for c in 0..<layer.inputs {
            sum +=
              Double(x.row(t + offset)[c]) * Double(weights[(k * layer.inputs + c) * padded + o])
          }
        }
        return sum
      }
    }
  }

  @Test("The kernel gives what plain loops give, on one thread and on three", arguments: cases)
  func kernel(_ c: Case) {
    var generator = RandomGenerator(seed: 1)
    let parameters = Parameters()
    let layer = TemporalConvolution(
      "layer", inputs: c.inputs, outputs: c.outputs, taps: c.taps, dilation: c.dilation,
      isCausal: c.isCausal, in: parameters)
    parameters.allocate()
    layer.initialize(parameters, &generator)
    let x = randomRows(c.count, c.inputs, &generator)
    let expected = plain(x, layer, parameters)
    let y = Activations(count: 0, width: c.outputs)
    layer.apply(x, parameters, to: y, threads: 1)
    for t in 0..<c.count {
      // At most 51 products below 1 in single precision.
      for o in 0..<c.outputs { #expect(abs(Double(y.row(t)[o]) - expected[t][o]) < 1e-5) }
      for o in c.outputs..<y.stride { #expect(y.row(t)[o] == 0) }
    }
    let again = Activations(count: 0, width: c.outputs)
    layer.apply(x, parameters, to: again, threads: 3)
    #expect(
      (0..<c.count * y.stride).allSatisfy { y.base[$0] == again.base[$0] },
      "threads change nothing")
  }

  /// The layer is linear in each of its numbers, so a difference of the sum Σ g·y is the gradient up
  /// to rounding.
  @Test("The gradients are those of plain loops", arguments: cases)
  func gradients(_ c: Case) {
    var generator = RandomGenerator(seed: 2)
    let parameters = Parameters()
    let layer = TemporalConvolution(
      "layer", inputs: c.inputs, outputs: c.outputs, taps: c.taps, dilation: c.dilation,
      isCausal: c.isCausal, in: parameters)
    parameters.allocate()
    layer.initialize(parameters, &generator)
    let x = randomRows(c.count, c.inputs, &generator)
    let dy = randomRows(c.count, c.outputs, &generator)
    let dx = Activations(count: 0, width: c.inputs)
    layer.backpropagate(dy, through: x, parameters, to: dx, threads: 2)
    let padded = (c.outputs + 15) & ~15
    let weights = parameters.slots[0].offset
    let bias = parameters.slots[1].offset
    for o in 0..<c.outputs {
      let sum = (0..<c.count).reduce(0.0) { $0 + Double(dy.row($1)[o]) }
      #expect(abs(Double(parameters.gradient.base[bias + o]) - sum) < 1e-4)
    }
    for (k, offset) in layer.offsets.enumerated() {
      for i in 0..<c.inputs {
        for o in 0..<c.outputs {
          var sum = 0.0
          for t in 0..<c.count where (0..<c.count).contains(t + offset) {
            sum += Double(x.row(t + offset)[i]) * Double(dy.row(t)[o])
          }
          let found = parameters.gradient.base[weights + (k * c.inputs + i) * padded + o]
          #expect(abs(Double(found) - sum) < 1e-4)
        }
      }
    }
    for t in 0..<c.count {
      for i in 0..<c.inputs {
        var sum = 0.0
        for (k, offset) in layer.offsets.enumerated() where (0..<c.count).contains(t - offset) {
          for o in 0..<c.outputs {
            sum +=
              Double(dy.row(t - offset)[o])
              * Double(parameters.values.base[weights + (k * c.inputs + i) * padded + o])
          }
        }
        #expect(abs(Double(dx.row(t)[i]) - sum) < 1e-4)
      }
    }
  }
}
