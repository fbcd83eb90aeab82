internal import Glibc
internal import SeqMath

/// Runs a network over a stream, row by row or some rows at a time: memory does not grow with the
/// stream, and the scores are those of ``NetworkScorer`` to the bit.
public final class NetworkStream {
  private let network: PackedNetwork
  private let preparation: RowPreparation
  private let stages: [StageStream]
  private let input: Activations
  private let between: [Activations]
  private let run: PackedRecurrence.Run?
  private var scored = 0

  /// Makes a stream, or `nil` for a model whose rows are expanded by what follows or precedes them,
  /// which a stream does not keep, and for one that runs from the last row to the first.
  public init?(_ model: NetworkModel) {
    guard model.preparation.expansion.isIdentity, let lag = model.shape.reach.after else {
      return nil
    }
    self.lag = lag
    run = model.shape.recurrentUnits.map { _ in PackedRecurrence.Run(model.shape) }
    network = PackedNetwork(model.network, streams: true)
    preparation = model.preparation
    stages = network.stages.map { StageStream($0) }
    input = run?.input ?? Activations(count: 1, width: model.shape.inputs)
    between = network.stages.map { _ in Activations(count: 1, width: model.shape.labels) }
  }

  /// The number of labels, L.
  public var labelCount: Int { network.shape.labels }

  /// Whether layers read weights of half precision where rows come one by one.
  package var readsHalves: Bool {
    network.stages.contains { stage in
      stage.layers.contains { $0.mix.readsHalves && $0.convolutions.allSatisfy(\.readsHalves) }
    }
  }

  /// Whether the program is built for a processor that reads such weights faster than others.
  package static var prefersHalves: Bool { HalfWeights.areFast }

  /// How many rows behind a row must have come before its scores are told; 0 for a causal network.
  public let lag: Int

  /// Takes rows.
  ///
  /// - Parameters:
  ///   - rows: [count][D], one after another.
  ///   - emit: a row's number from 0 and its log-probabilities, [L], in order.
  public func push(
    _ rows: UnsafePointer<Float>, count: Int, emit: (Int, UnsafePointer<Float>) -> Void
  ) {
    let D = preparation.columns
    let block = StageStream.block
    for from in stride(from: 0, to: count, by: block) {
      let n = min(block, count - from)
      preparation.write(rows + from * D, count: n, to: input)
      if let run, let recurrence = network.recurrence {
        recurrence.score(run, threads: 1)
        run.carryState()
        for t in 0..<n {
          let row = run.scores.row(t)
          writeLogSoftmax(UnsafePointer(row), labelCount, to: row)
          emit(scored, UnsafePointer(row))
          scored += 1
        }
      } else {
        feed(0, UnsafePointer(input.base), n, input.stride, emit)
      }
    }
  }

  /// Tells the rest: no more rows come.
  public func finish(emit: (Int, UnsafePointer<Float>) -> Void) {
    for s in stages.indices {
      let softmax = between[s]
      stages[s].finish { t, z in hand(s, t, z, softmax, emit) }
    }
  }

  private func feed(
    _ s: Int, _ rows: UnsafePointer<Float>, _ count: Int, _ stride: Int,
    _ emit: (Int, UnsafePointer<Float>) -> Void
  ) {
    // What a stage gives for these rows goes to the next stage together.
    guard s + 1 < stages.count else {
      let row = between[s]
      stages[s].push(rows, count: count, stride: stride) { t, z in hand(s, t, z, row, emit) }
      return
    }
    let made = between[s]
    made.resize(count: count + StageStream.block)
    var n = 0
    stages[s].push(rows, count: count, stride: stride) { _, z in
      Softmax.apply(z, network.shape.labels, to: made.row(n))
      n += 1
    }
    if n > 0 { feed(s + 1, UnsafePointer(made.base), n, made.stride, emit) }
  }

  /// Hands one row's scores on: to the next stage, or out.
  private func hand(
    _ s: Int, _ t: Int, _ z: UnsafePointer<Float>, _ row: Activations,
    _ emit: (Int, UnsafePointer<Float>) -> Void
  ) {
    if s + 1 < stages.count {
      Softmax.apply(z, network.shape.labels, to: row.row(0))
      feed(s + 1, UnsafePointer(row.row(0)), 1, row.stride, emit)
    } else {
      writeLogSoftmax(z, network.shape.labels, to: row.row(0))
      emit(t, UnsafePointer(row.row(0)))
    }
  }
}
