import Foundation
import SeqMath
import SeqNeural
import Testing

/// ∂Σ g·y/∂value at some places by central differences, against what the way back gave.
///
/// - Parameters:
///   - places: what is moved.
///   - value: Σ g·y, computed anew.
private func compare(
  _ places: [(name: String, pointer: UnsafeMutablePointer<Float>, gradient: Double)],
  _ value: () -> Double
) {
  for place in places {
    let before = place.pointer.pointee
    // The curvature is of the order of 1, and single precision leaves about 1e-6 of a sum.
    let h: Float = 1e-2
    place.pointer.pointee = before + h
    let above = value()
    place.pointer.pointee = before - h
    let below = value()
    place.pointer.pointee = before
    let difference = (above - below) / Double(2 * h)
    #expect(
      abs(difference - place.gradient) < 2e-3 + 0.01 * abs(difference),
      "\(place.name): \(place.gradient), by differences \(difference)")
  }
}

private func product(_ a: Activations, _ b: Activations) -> Double {
  (0..<a.count).reduce(0.0) { sum, t in
    (0..<a.width).reduce(sum) { $0 + Double(a.row(t)[$1]) * Double(b.row(t)[$1]) }
  }
}

@Suite("Layer normalization")
struct LayerNormalizationTests {
  @Test("Channels have mean 0 and deviation 1, scaled and shifted", arguments: [1, 5, 16, 27])
  func formula(width: Int) {
    var generator = RandomGenerator(seed: 1)
    let parameters = Parameters()
    let layer = LayerNormalization("layer", width: width, in: parameters)
    parameters.allocate()
    layer.initialize(parameters)
    let x = randomRows(200, width, &generator)
    let (scale, shift) = (
      parameters.values.base + parameters.slots[0].offset,
      parameters.values.base + parameters.slots[1].offset
    )
    for c in 0..<width { (scale[c], shift[c]) = (1 + Float(c) / 9, Float(c) / 7 - 1) }
    let y = Activations(count: 0, width: width)
    layer.apply(x, parameters, to: y, threads: 3)
    for t in 0..<200 {
      let row = (0..<width).map { Double(x.row(t)[$0]) }
      let mean = row.reduce(0, +) / Double(width)
      let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(width)
      for c in 0..<width {
        let expected =
          Double(scale[c]) * (row[c] - mean) / (variance + 1e-5).squareRoot() + Double(shift[c])
        #expect(abs(Double(y.row(t)[c]) - expected) < 1e-4)
      }
      for c in width..<y.stride { #expect(y.row(t)[c] == 0, "padding stays 0") }
    }
  }

  @Test("The gradients are those of central differences", arguments: [5, 16, 27])
  func gradient(width: Int) {
    var generator = RandomGenerator(seed: 2)
    let parameters = Parameters()
    let layer = LayerNormalization("layer", width: width, in: parameters)
    parameters.allocate()
    layer.initialize(parameters)
    for slot in parameters.slots {
      for c in 0..<width {
        parameters.values.base[slot.offset + c] += Float(generator.nextUnit()) - 0.5
      }
    }
    let x = randomRows(9, width, &generator)
    let g = randomRows(9, width, &generator)
    let y = Activations(count: 0, width: width)
    let dx = Activations(count: 0, width: width)
    layer.backpropagate(g, through: x, parameters, to: dx, threads: 2)
    var places: [(name: String, pointer: UnsafeMutablePointer<Float>, gradient: Double)] = []
    for slot in parameters.slots {
      for c in 0..<width {
        places.append(
          (
            "\(slot.name) \(c)", parameters.values.base + slot.offset + c,
            Double(parameters.gradient.base[slot.offset + c])
          ))
      }
    }
    for t in [0, 4, 8] {
      for c in 0..<width { places.append(("x \(t) \(c)", x.row(t) + c, Double(dx.row(t)[c]))) }
      for c in width..<dx.stride { #expect(dx.row(t)[c] == 0) }
    }
    compare(places) {
      layer.apply(x, parameters, to: y, threads: 1)
      return product(g, y)
    }
  }
}

@Suite("Gated recurrent units")
struct GatedRecurrentLayerTests {
  private func layer(
    inputs: Int, units: Int, isReversed: Bool
  ) -> (GatedRecurrentLayer, Parameters, RandomGenerator) {
    var generator = RandomGenerator(seed: 5)
    let parameters = Parameters()
    let layer = GatedRecurrentLayer(
      "layer", inputs: inputs, units: units, isReversed: isReversed, in: parameters)
    parameters.allocate()
    layer.initialize(parameters, &generator)
    return (layer, parameters, generator)
  }

  /// The formula of Cho et al. 2014 in plain loops over double precision.
  private func plain(
    _ x: Activations, units H: Int, isReversed: Bool, _ parameters: Parameters
  ) -> [[Double]] {
    func tensor(_ name: String) -> (UnsafeMutablePointer<Float>, Int) {
      let slot = parameters.slots.first { $0.name == "layer." + name }!
      return (parameters.values.base + slot.offset, slot.shape.last!)
    }
    func gate(_ name: String, _ x: UnsafePointer<Float>, _ C: Int, _ h: [Double]) -> [Double] {
      let (W, stride) = tensor(name + ".input.weights")
      let (b, _) = tensor(name + ".input.bias")
      let (U, _) = tensor(name + ".recurrent")
      return (0..<H).map { o in
        var sum = Double(b[o])
        for c in 0..<C { sum += Double(x[c]) * Double(W[c * stride + o]) }
        for k in 0..<H { sum += h[k] * Double(U[k * stride + o]) }
        return sum
      }
    }
    func sigma(_ value: Double) -> Double { 1 / (1 + exp(-value)) }
    var result = [[Double]](repeating: [], count: x.count)
    var h = [Double](repeating: 0, count: H)
    for step in 0..<x.count {
      let t = isReversed ? x.count - 1 - step : step
      let row = UnsafePointer(x.row(t))
      let z = gate("update", row, x.width, h).map(sigma)
      let r = gate("reset", row, x.width, h).map(sigma)
      let c = gate("candidate", row, x.width, (0..<H).map { r[$0] * h[$0] }).map { tanh($0) }
      h = (0..<H).map { z[$0] * h[$0] + (1 - z[$0]) * c[$0] }
      result[t] = h
    }
    return result
  }

  @Test(
    "States are those of the formula, in columns of their own",
    arguments: [(5, 3), (17, 16), (8, 35), (4, 64)], [false, true])
  func formula(sizes: (Int, Int), isReversed: Bool) {
    let (C, H) = sizes
    var (layer, parameters, generator) = layer(inputs: C, units: H, isReversed: isReversed)
    let x = randomRows(40, C, &generator)
    for t in 0..<40 { for c in 0..<C { x.row(t)[c] *= 4 } }
    let expected = plain(x, units: H, isReversed: isReversed, parameters)
    let y = Activations(count: 0, width: H + 3)
    layer.apply(x, parameters, GatedRecurrentLayer.Memory(units: H), to: y, at: 2, threads: 2)
    for t in 0..<40 {
      for k in 0..<H { #expect(abs(Double(y.row(t)[2 + k]) - expected[t][k]) < 1e-5) }
      #expect(y.row(t)[0] == 0 && y.row(t)[1] == 0 && y.row(t)[H + 2] == 0)
    }
    let largest = expected.joined().map { abs($0) }.max() ?? 0
    #expect(largest > 0.3, "the states say something")
  }

  @Test(
    "The gradients are those of central differences", arguments: [(5, 3), (6, 16), (3, 19)],
    [false, true])
  func gradient(sizes: (Int, Int), isReversed: Bool) {
    let (C, H) = sizes
    var (layer, parameters, generator) = layer(inputs: C, units: H, isReversed: isReversed)
    let x = randomRows(12, C, &generator)
    let g = randomRows(12, H, &generator)
    let (y, dx) = (Activations(count: 0, width: H), Activations(count: 0, width: C))
    let memory = GatedRecurrentLayer.Memory(units: H)
    layer.apply(x, parameters, memory, to: y, threads: 1)
    layer.unroll(g, at: 0, memory, parameters)
    layer.backpropagate(memory, through: x, parameters, to: dx, accumulates: false, threads: 2)
    var places: [(name: String, pointer: UnsafeMutablePointer<Float>, gradient: Double)] = []
    for slot in parameters.slots {
      for _ in 0..<12 {
        let row = generator.next(below: slot.count / slot.shape.last!)
        let index = slot.offset + row * slot.shape.last! + generator.next(below: slot.columns)
        places.append(
          (
            "\(slot.name) \(index - slot.offset)", parameters.values.base + index,
            Double(parameters.gradient.base[index])
          ))
      }
      // What pads rows is no parameter.
      for row in 0..<slot.count / slot.shape.last! {
        for o in slot.columns..<slot.shape.last! {
          #expect(parameters.gradient.base[slot.offset + row * slot.shape.last! + o] == 0)
        }
      }
    }
    for t in [0, 5, 11] {
      for c in 0..<C { places.append(("x \(t) \(c)", x.row(t) + c, Double(dx.row(t)[c]))) }
    }
    compare(places) {
      layer.apply(x, parameters, memory, to: y, threads: 1)
      return product(g, y)
    }
  }
}
