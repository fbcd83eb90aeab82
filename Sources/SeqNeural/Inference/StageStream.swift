internal import SeqMath

/// Runs one stage over a stream of rows, all its layers in turn for some rows at a time.
///
/// Each layer keeps the rows that it may still need in a ring, as many as its taps reach over, so that
/// memory does not grow with the stream and a stage's rows stay in the cache. A layer trails the one
/// before it by as far as it looks ahead; a causal stage trails by nothing.
///
/// What a row passes through is plain numbers and pointers in memory of the stream's own: to count
/// references and check accesses took a quarter of the time where rows come one by one.
final class StageStream {
  /// The most rows that a layer makes at a time.
  static let block = 240

  /// Rows of a stream, of which the last `capacity` are kept.
  private struct Ring {
    let base: UnsafeMutablePointer<Float>
    let capacity: Int
    let stride: Int
    /// The number of the first row, and of the row after the last that was written.
    var first = 0
    var end = 0

    init(_ buffer: AlignedBuffer, capacity: Int) {
      base = buffer.base
      self.capacity = capacity
      stride = buffer.count / capacity
    }

    /// Finds `count` rows from number `start` on; `zeros` stand for those that there are not.
    @inline(__always)
    func find(
      _ start: Int, _ count: Int, zeros: UnsafePointer<Float>,
      into pointers: UnsafeMutablePointer<UnsafePointer<Float>>
    ) {
      // A division for the first row that there is, none for those behind it.
      let missing = min(max(first - start, 0), count)
      for r in 0..<missing { pointers[r] = zeros }
      guard missing < count else { return }
      var place = (start + missing) % capacity
      for r in missing..<count {
        pointers[r] =
          start + r < end ? UnsafePointer(base + place &* stride) : zeros
        place += 1
        if place == capacity { place = 0 }
      }
    }

    /// Finds the places of `count` rows from number `start` on, to write them.
    @inline(__always)
    func place(
      _ start: Int, _ count: Int, into pointers: UnsafeMutablePointer<UnsafeMutablePointer<Float>>
    ) {
      var place = start % capacity
      for r in 0..<count {
        pointers[r] = base + place &* stride
        place += 1
        if place == capacity { place = 0 }
      }
    }
  }

  /// A layer; ``stage`` keeps what it points to.
  private struct Layer {
    struct Convolution {
      let weights: RowKernel.Weights
      /// The first tap's distance from the row, and that of each tap from the one before.
      let first: Int
      let dilation: Int

      init(_ convolution: PackedConvolution) {
        weights = convolution.weights
        let offsets = convolution.offsets
        first = offsets[0]
        dilation = offsets.count > 1 ? offsets[1] - offsets[0] : 0
      }
    }
    let convolution: Convolution
    /// The falling one of a dual layer, whose rising one is ``convolution``.
    let falling: Convolution?
    let mix: RowKernel.Weights
    let ahead: Int

    init(_ layer: PackedNetwork.Layer) {
      convolution = Convolution(layer.convolutions[0])
      falling = layer.isDual ? Convolution(layer.convolutions[1]) : nil
      mix = layer.mix.weights
      ahead = layer.ahead
    }
  }

  private let stage: PackedNetwork.Stage
  private let layerCount: Int
  private let layers: UnsafeMutablePointer<Layer>
  private let entry: RowKernel.Weights?
  private let exit: RowKernel.Weights
  private let zeros: AlignedBuffer
  private let buffers: [AlignedBuffer]
  /// The input of each layer, and the output of the last.
  private let rings: UnsafeMutablePointer<Ring>
  /// The number of the row that each layer makes next, the exit's last.
  private let next: UnsafeMutablePointer<Int>
  private let hidden: AlignedBuffer
  /// The distance of the rows of `hidden`, whose second halves a dual layer writes whole vectors to.
  private let hiddenStride: Int
  private let scores: AlignedBuffer
  private let maps: Int
  /// The rows of a kernel's call: read, [taps][``RowKernel/rows``]; written; added.
  private let inputs: UnsafeMutablePointer<UnsafePointer<Float>>
  private let outputs: UnsafeMutablePointer<UnsafeMutablePointer<Float>>
  private let residuals: UnsafeMutablePointer<UnsafePointer<Float>>

  init(_ stage: PackedNetwork.Stage) {
    self.stage = stage
    maps = stage.exit.inputs
    let width = max(maps, stage.entry?.inputs ?? 0)
    zeros = AlignedBuffer(count: (width + 15) & ~15)
    layerCount = stage.layers.count
    layers = .allocate(capacity: layerCount)
    for (index, layer) in stage.layers.enumerated() {
      (layers + index).initialize(to: Layer(layer))
    }
    entry = stage.entry?.weights
    exit = stage.exit.weights
    let padded = (maps + 15) & ~15
    let capacities = stage.layers.map { $0.ahead + $0.back + Self.block } + [Self.block]
    buffers = capacities.map { AlignedBuffer(count: $0 * padded) }
    rings = .allocate(capacity: layerCount + 1)
    for (index, buffer) in buffers.enumerated() {
      (rings + index).initialize(to: Ring(buffer, capacity: capacities[index]))
    }
    next = .allocate(capacity: layerCount + 1)
    next.initialize(repeating: 0, count: layerCount + 1)
    hiddenStride = stage.layers.contains(where: \.isDual) ? 2 * padded : padded
    hidden = AlignedBuffer(count: RowKernel.rows * hiddenStride)
    scores = AlignedBuffer(count: RowKernel.rows * stage.exit.stride)
    let taps = stage.layers.map { $0.convolutions[0].taps }.max() ?? 1
    inputs = .allocate(capacity: taps * RowKernel.rows)
    inputs.initialize(repeating: UnsafePointer(zeros.base), count: taps * RowKernel.rows)
    outputs = .allocate(capacity: RowKernel.rows)
    outputs.initialize(repeating: zeros.base, count: RowKernel.rows)
    residuals = .allocate(capacity: RowKernel.rows)
    residuals.initialize(repeating: UnsafePointer(zeros.base), count: RowKernel.rows)
  }

  deinit {
    layers.deallocate()
    rings.deallocate()
    next.deallocate()
    inputs.deallocate()
    outputs.deallocate()
    residuals.deallocate()
  }

  /// Forgets the stream; the next one's first row has this number.
  func start(at first: Int) {
    for index in 0...layerCount {
      (rings[index].first, rings[index].end) = (first, first)
      next[index] = first
    }
  }

  /// Takes rows, and hands over the scores of all that can be told by now.
  ///
  /// - Parameters:
  ///   - rows: `count` rows, `stride` values apart.
  ///   - emit: a row's number and its scores before normalization, in order.
  func push(
    _ rows: UnsafePointer<Float>, count: Int, stride: Int,
    emit: (Int, UnsafePointer<Float>) -> Void
  ) {
    var done = 0
    while done < count {
      let n = min(count - done, Self.block)
      take(rows + done * stride, n, stride)
      advance(0, total: nil, emit)
      done += n
    }
  }

  /// Hands over the rest: no more rows come.
  func finish(emit: (Int, UnsafePointer<Float>) -> Void) {
    advance(0, total: rings[0].end, emit)
  }

  private func take(_ rows: UnsafePointer<Float>, _ count: Int, _ stride: Int) {
    let ring = rings[0]
    for from in Swift.stride(from: 0, to: count, by: RowKernel.rows) {
      let n = min(RowKernel.rows, count - from)
      for r in 0..<n { inputs[r] = rows + (from + r) * stride }
      ring.place(ring.end + from, n, into: outputs)
      if let entry {
        RowKernel.apply(
          entry, inputs: inputs, residual: residuals, out: outputs, count: n, finish: .store)
      } else {
        for r in 0..<n { outputs[r].update(from: inputs[r], count: maps) }
      }
    }
    rings[0].end += count
  }

  /// Makes all rows of a layer that can be made, and lets the next layer follow block by block.
  ///
  /// - Parameter total: the number of rows, when it is known that no more come.
  private func advance(
    _ index: Int, total: Int?, _ emit: (Int, UnsafePointer<Float>) -> Void
  ) {
    guard index < layerCount else { return leave(emit) }
    let ahead = layers[index].ahead
    while true {
      let available = rings[index].end
      let limit = available == total ? available : available - ahead
      let n = min(limit - next[index], Self.block)
      if n <= 0 { break }
      for from in stride(from: 0, to: n, by: RowKernel.rows) {
        layer(index, next[index] + from, min(RowKernel.rows, n - from))
      }
      next[index] += n
      rings[index + 1].end = next[index]
      advance(index + 1, total: total, emit)
    }
  }

  private func layer(_ index: Int, _ first: Int, _ count: Int) {
    let layer = layers[index]
    let ring = rings[index]
    let target = rings[index + 1]
    let zero = UnsafePointer(zeros.base)
    let isDual = layer.falling != nil
    convolve(ring, layer.convolution, first, count, part: 0, isDual ? .store : .rectify)
    if let falling = layer.falling { convolve(ring, falling, first, count, part: 1, .store) }
    for r in 0..<count { inputs[r] = UnsafePointer(hidden.base + r * hiddenStride) }
    ring.find(first, count, zeros: zero, into: residuals)
    target.place(first, count, into: outputs)
    RowKernel.apply(
      layer.mix, inputs: inputs, residual: residuals, out: outputs, count: count,
      finish: isDual ? .rectify : .add)
    guard isDual else { return }
    for r in 0..<count {
      let (row, from) = (outputs[r], residuals[r])
      for c in stride(from: 0, to: target.stride, by: 8) {
        (Vector(loading: row + c) + Vector(loading: from + c)).store(to: row + c)
      }
    }
  }

  /// Writes a convolution of some rows to `hidden`, a dual layer's second one behind the first.
  private func convolve(
    _ ring: Ring, _ convolution: Layer.Convolution, _ first: Int, _ count: Int, part: Int,
    _ finish: RowKernel.Finish
  ) {
    let zero = UnsafePointer(zeros.base)
    for k in 0..<convolution.weights.taps {
      ring.find(
        first + convolution.first + k * convolution.dilation, count, zeros: zero,
        into: inputs + k * RowKernel.rows)
    }
    for r in 0..<count { outputs[r] = hidden.base + (r * hiddenStride + part * maps) }
    RowKernel.apply(
      convolution.weights, inputs: inputs, residual: residuals, out: outputs, count: count,
      finish: finish)
  }

  private func leave(_ emit: (Int, UnsafePointer<Float>) -> Void) {
    let last = layerCount
    let ring = rings[last]
    let stride = stage.exit.stride
    var from = next[last]
    while from < ring.end {
      let n = min(ring.end - from, RowKernel.rows)
      ring.find(from, n, zeros: UnsafePointer(zeros.base), into: inputs)
      for r in 0..<n { outputs[r] = scores.base + r * stride }
      RowKernel.apply(
        exit, inputs: inputs, residual: residuals, out: outputs, count: n,
        finish: .store)
      for r in 0..<n { emit(from + r, UnsafePointer(scores.base + r * stride)) }
      from += n
    }
    next[last] = from
  }
}
