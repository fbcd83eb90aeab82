import SeqCore
import SeqMath
import SeqNeural
import Testing

@Suite("Multi-stage temporal network")
struct TemporalNetworkTests {
  static func network(
    stages: Int = 2, layers: Int = 3, causal: Bool = false, dropout: Float = 0.5, seed: UInt64 = 1,
    dual: Int? = nil, shares: Bool? = nil
  ) -> TemporalNetwork {
    var shape = TemporalNetwork.Shape(inputs: 5, labels: 3)
    shape.stages = stages
    shape.layers = layers
    shape.maps = 18
    shape.isCausal = causal
    shape.dropout = dropout
    shape.dualLayers = dual
    shape.sharesRefinement = shares
    return TemporalNetwork(shape, seed: seed)
  }

  static func recurrent(causal: Bool, units: Int = 7) -> TemporalNetwork {
    var shape = NetworkShape.recurrent(inputs: 5, labels: 3)
    shape.maps = 18
    shape.recurrentUnits = units
    shape.isCausal = causal
    shape.dropout = 0.3
    return TemporalNetwork(shape, seed: 3)
  }

  static func pass(_ network: TemporalNetwork, frames: Int, learns: Bool) -> TemporalNetwork.Pass {
    var generator = RandomGenerator(seed: 9)
    let pass = TemporalNetwork.Pass(network.shape, learns: learns)
    let x = randomRows(frames, 5, &generator)
    pass.input.resize(count: frames)
    pass.input.base.update(from: x.base, count: frames * x.stride)
    return pass
  }

  /// Central differences of the cross-entropy of all stages, dropout included, at numbers of every
  /// array. Where a move turns a hidden value on or off there is no derivative, so a few may differ.
  @Test("The gradient is that of central differences", arguments: [nil, 7] as [UInt64?])
  func gradient(dropoutSeed: UInt64?) { check(Self.network(), dropoutSeed) }

  @Test("So is the gradient of dual layers, and of stages that share their numbers")
  func gradientOfDualLayers() {
    check(Self.network(dual: 4), 7)
    check(Self.network(causal: true, dual: 3), nil)
    check(Self.network(stages: 3, layers: 2, dual: 2, shares: true), 7)
  }

  @Test("So is the gradient of recurrent units", arguments: [false, true])
  func gradientOfRecurrentUnits(causal: Bool) {
    check(Self.recurrent(causal: causal), nil)
    check(Self.recurrent(causal: causal, units: 16), 7)
  }

  private func check(_ network: TemporalNetwork, _ dropoutSeed: UInt64?) {
    let pass = Self.pass(network, frames: 20, learns: true)
    var gold = (0..<20).map { Label($0 / 4 % 3) }
    gold[7] = SmoothedLoss.ignored
    // The smoothing takes the earlier frame of a step as given, which differences would not.
    let loss = SmoothedLoss(smoothing: 0)
    let parameters = network.parameters
    func value() -> Double {
      parameters.clearGradient()
      network.run(pass, dropoutSeed: dropoutSeed, threads: 1)
      return network.backpropagate(
        pass, gold: gold, loss: loss, dropoutSeed: dropoutSeed, threads: 1)
    }
    _ = value()
    let gradient = (0..<parameters.count).map { Double(parameters.gradient.base[$0]) }
    var generator = RandomGenerator(seed: 4)
    var compared = 0
    var differing = 0
    for slot in parameters.slots {
      for _ in 0..<6 {
        let index = slot.offset + generator.next(below: slot.count)
        let before = parameters.values.base[index]
        // Small enough for the curve, large enough for single precision.
        let h: Float = 2e-3
        parameters.values.base[index] = before + h
        let above = value()
        parameters.values.base[index] = before - h
        let below = value()
        parameters.values.base[index] = before
        let difference = (above - below) / Double(2 * h)
        compared += 1
        if abs(difference - gradient[index]) > 2e-3 + 0.03 * abs(difference) { differing += 1 }
      }
    }
    #expect(compared >= 90 && differing * 20 < compared, "\(differing) of \(compared) differ")
  }

  @Test("The loss and its gradient are those of the formula")
  func loss() {
    var generator = RandomGenerator(seed: 3)
    let z = randomRows(6, 4, &generator)
    for t in 0..<6 { for c in 0..<4 { z.row(t)[c] *= 3 } }
    let p = Activations(count: 6, width: 4)
    let dz = Activations(count: 0, width: 4)
    let gold: [Label] = [0, 1, 1, SmoothedLoss.ignored, 2, 3]
    let loss = SmoothedLoss(smoothing: 0.7, limit: 1.5)
    func logs(_ t: Int, _ z: [[Double]]) -> [Double] {
      let sum = logSum(z[t])
      return z[t].map { $0 - sum }
    }
    /// The loss with the earlier frames of steps from `given`.
    func formula(_ z: [[Double]], given: [[Double]]) -> Double {
      var total = 0.0
      for t in 0..<6 where gold[t] != SmoothedLoss.ignored { total -= logs(t, z)[Int(gold[t])] / 5 }
      for t in 1..<6 {
        for (a, b) in zip(logs(t, z), logs(t - 1, given)) {
          total += 0.7 * min((a - b) * (a - b), 1.5) / Double(4 * 5)
        }
      }
      return total
    }
    let values = (0..<6).map { t in (0..<4).map { Double(z.row(t)[$0]) } }
    Softmax.apply(z, to: p, threads: 1)
    let found = loss.gradient(z, probabilities: p, gold: gold, to: dz)
    #expect(abs(found - formula(values, given: values)) < 1e-5)
    for t in 0..<6 {
      for c in 0..<4 {
        var (above, below) = (values, values)
        above[t][c] += 1e-5
        below[t][c] -= 1e-5
        let difference =
          (formula(above, given: values) - formula(below, given: values)) / 2e-5
        #expect(abs(Double(dz.row(t)[c]) - difference) < 1e-5, "frame \(t), label \(c)")
      }
    }
  }

  @Test("Training learns a rule that needs neighbours, and threads change nothing")
  func learns() {
    // A frame's label is the sign of the sum of a feature two frames before and after it.
    var generator = RandomGenerator(seed: 5)
    let x = randomRows(300, 5, &generator)
    let gold = (0..<300).map { t -> Label in
      let before = t >= 2 ? x.row(t - 2)[0] : 0
      let after = t + 2 < 300 ? x.row(t + 2)[0] : 0
      return before + after > 0 ? 1 : 0
    }
    var results: [[Float]] = []
    for (threads, isRecurrent) in [(1, false), (3, false), (1, true), (3, true)] {
      var shape = Self.network(stages: 2, layers: 3, dropout: 0.1).shape
      if isRecurrent {
        shape = Self.recurrent(causal: false, units: 24).shape
        shape.dropout = 0.1
      }
      let network = TemporalNetwork(shape, seed: 1)
      let pass = TemporalNetwork.Pass(network.shape, learns: true)
      pass.input.resize(count: 300)
      pass.input.base.update(from: x.base, count: 300 * x.stride)
      var optimizer = Adam(count: network.parameters.count, rate: 5e-3)
      optimizer.longest = 5
      var first = 0.0
      var last = 0.0
      for step in 0..<150 {
        network.parameters.clearGradient()
        network.run(pass, dropoutSeed: UInt64(step), threads: threads)
        last = network.backpropagate(
          pass, gold: gold, loss: SmoothedLoss(smoothing: 0), dropoutSeed: UInt64(step),
          threads: threads)
        if step == 0 { first = last }
        optimizer.step(network.parameters)
      }
      #expect(last < first / 4, "\(first) nats at first, \(last) at last")
      network.run(pass, threads: threads)
      let right = (0..<300).filter { t in
        let row = pass.scores.row(t)
        return (row[1] > row[0] && row[1] > row[2]) == (gold[t] == 1)
      }
      #expect(right.count > 285)
      results.append((0..<300 * pass.scores.stride).map { pass.scores.base[$0] })
    }
    #expect(results[0] == results[1] && results[2] == results[3])
  }

  @Test("A pass that keeps nothing scores as one that keeps everything", arguments: [2, 3, 4])
  func inference(layers: Int) {
    let network = Self.network(layers: layers)
    let learning = Self.pass(network, frames: 40, learns: true)
    let scoring = Self.pass(network, frames: 40, learns: false)
    network.run(learning, threads: 1)
    network.run(scoring, threads: 2)
    #expect((0..<40 * 16).allSatisfy { learning.scores.base[$0] == scoring.scores.base[$0] })
  }

  @Test("Stages that share their numbers have them once")
  func sharing() {
    let shared = Self.network(stages: 4, dual: 4, shares: true)
    let names = Set(shared.parameters.slots.map { $0.name.prefix(6) })
    #expect(names == ["stage1", "stage2"])
    // The second stage's numbers are those of a network of two stages, whose scores differ.
    let two = Self.network(stages: 2, dual: 4)
    #expect(shared.parameters.count == two.parameters.count)
    let (a, b) = (
      Self.pass(shared, frames: 9, learns: true), Self.pass(two, frames: 9, learns: true)
    )
    shared.run(a, threads: 1)
    two.run(b, threads: 1)
    #expect(a.scores.row(3)[0] != b.scores.row(3)[0])
  }

  @Test("A dual layer is what plain loops give")
  func dualLayer() {
    var generator = RandomGenerator(seed: 12)
    let parameters = Parameters()
    let layer = DualDilatedLayer(
      "layer", maps: 5, dilations: (1, 4), isCausal: false, in: parameters)
    parameters.allocate()
    layer.initialize(parameters, &generator)
    let x = randomRows(11, 5, &generator)
    func rows(_ width: Int) -> Activations { Activations(count: 0, width: width) }
    let (joined, hidden, y) = (rows(10), rows(5), rows(5))
    layer.apply(
      x, parameters, joined: joined, hidden: hidden, to: y, dropout: nil, scratch: rows(5),
      threads: 1)
    func value(_ slot: Int, _ index: Int) -> Double {
      Double(parameters.values.base[parameters.slots[slot].offset + index])
    }
    func convolution(_ slot: Int, _ dilation: Int, _ t: Int, _ o: Int) -> Double {
      var sum = value(slot + 1, o)
      for k in 0..<3 where (0..<11).contains(t + (k - 1) * dilation) {
        for c in 0..<5 {
          sum += Double(x.row(t + (k - 1) * dilation)[c]) * value(slot, (k * 5 + c) * 16 + o)
        }
      }
      return sum
    }
    for t in 0..<11 {
      let both =
        (0..<5).map { convolution(0, 1, t, $0) } + (0..<5).map { convolution(2, 4, t, $0) }
      for o in 0..<5 {
        let joint = (0..<10).reduce(value(5, o)) { $0 + both[$1] * value(4, $1 * 16 + o) }
        #expect(abs(Double(y.row(t)[o]) - Double(x.row(t)[o]) - max(joint, 0)) < 1e-5)
      }
      for o in 5..<16 { #expect(y.row(t)[o] == 0 && hidden.row(t)[o] == 0, "padding stays 0") }
      for o in 10..<16 { #expect(joined.row(t)[o] == 0) }
    }
  }

  @Test("Dual layers reach as far as the larger of their dilations")
  func reachOfDualLayers() {
    let network = Self.network(stages: 2, layers: 2, dual: 4)
    // 8 + 4 + 4 + 8 in the first stage, 1 + 2 in the second.
    #expect(network.reach.before == 27 && network.reach.after == 27)
    let published = NetworkShape.mstcnPlusPlus(inputs: 1, labels: 1)
    #expect(Self.recurrent(causal: false).reach == (nil, nil))
    #expect(Self.recurrent(causal: true).reach == (nil, 0))
    #expect(published.reach.before == 2 * (1024 + 512 + 256 + 128 + 64) + 32 + 3 * 1023)
  }

  @Test("A frame's scores depend on frames within the reach only", arguments: [false, true])
  func reach(causal: Bool) {
    let network = Self.network(causal: causal)
    #expect(network.reach.before == (causal ? 28 : 14))
    #expect(network.reach.after == (causal ? 0 : 14))
    let pass = Self.pass(network, frames: 80, learns: false)
    network.run(pass, threads: 1)
    let before = (0..<80 * 16).map { pass.scores.base[$0] }
    for c in 0..<5 { pass.input.row(40)[c] += 1 }
    network.run(pass, threads: 1)
    for t in 0..<80 {
      let isEqual = (0..<3).allSatisfy { before[t * 16 + $0] == pass.scores.row(t)[$0] }
      let isWithin = t >= 40 - network.reach.after! && t <= 40 + network.reach.before!
      if !isWithin { #expect(isEqual, "frame \(t)") }
      if t == 40 { #expect(!isEqual) }
    }
  }
}
