internal import Glibc
internal import SeqCore
public import SeqInference
internal import SeqMath

/// Gives the log-probabilities of labels that a network has learnt.
///
/// A stage is run over all of a sequence, some rows at a time through all of its layers, before the
/// next; between stages only the probabilities are kept, so memory is a few rows of labels besides what
/// `rows` takes. A network of recurrent units keeps what they give for every position of the sequence.
/// One thread's scratch is its own; make one for each thread.
public final class NetworkScorer {
  private let network: PackedNetwork
  private let preparation: RowPreparation
  private var streams: [[StageStream]] = []
  private var run: PackedRecurrence.Run?
  /// The number of threads that one sequence is shared by; scores do not depend on it.
  public var threads: Int

  package convenience init(
    _ network: TemporalNetwork, _ preparation: RowPreparation, threads: Int
  ) {
    self.init(PackedNetwork(network), preparation, threads: threads)
  }

  init(_ network: PackedNetwork, _ preparation: RowPreparation, threads: Int) {
    self.network = network
    self.preparation = preparation
    self.threads = threads
  }

  /// The number of labels, L.
  public var labelCount: Int { network.shape.labels }

  /// log P(label | sequence) for each position, as the last stage gives them, in nats.
  ///
  /// - Parameter rows: of the network's width.
  /// - Returns: [T][L].
  public func scores(of rows: any InputRows) -> Emissions {
    precondition(rows.width == preparation.columns, "Rows have the width that was prepared for.")
    let T = rows.count
    let L = labelCount
    let result = Emissions(labelCount: L)
    result.reset(count: T)
    guard T > 0 else { return result }
    if let recurrence = network.recurrence {
      let run = self.run ?? PackedRecurrence.Run(network.shape)
      self.run = run
      preparation.fill(run.input, from: rows)
      recurrence.score(run, threads: threads)
      for t in 0..<T { writeLogSoftmax(run.scores.row(t), L, to: result.row(t)) }
      return result
    }
    // Pieces of time, each with what the stage sees around it, so that pieces know nothing of each
    // other. Where a piece begins and ends does not change a sum.
    let reaches = network.stages.indices.map { network.shape.reach(ofStage: $0) }
    let least = 4 * max(reaches.map { $0.before + $0.after }.max() ?? 0, StageStream.block)
    let pieces = max(1, min(threads, T / least))
    while streams.count < pieces { streams.append(network.stages.map { StageStream($0) }) }
    var given: Activations?
    for s in network.stages.indices {
      let reach = reaches[s]
      let isLast = s == network.stages.count - 1
      let made = Activations(count: isLast ? 0 : T, width: L)
      let source = given
      inParallel(pieces: pieces, threads: threads) { piece in
        let core = T * piece / pieces..<T * (piece + 1) / pieces
        let seen = max(core.lowerBound - reach.before, 0)..<min(core.upperBound + reach.after, T)
        let stream = streams[piece][s]
        let emit: (Int, UnsafePointer<Float>) -> Void = { t, z in
          guard core.contains(t) else { return }
          if isLast {
            writeLogSoftmax(z, L, to: result.row(t))
          } else {
            Softmax.apply(z, L, to: made.row(t))
          }
        }
        stream.start(at: seen.lowerBound)
        if let source {
          stream.push(
            source.row(seen.lowerBound), count: seen.count, stride: source.stride, emit: emit)
        } else {
          let block = 96
          let stride = (network.shape.inputs + 15) & ~15
          let buffer = AlignedBuffer(count: block * stride)
          for from in Swift.stride(from: seen.lowerBound, to: seen.upperBound, by: block) {
            let range = from..<min(from + block, seen.upperBound)
            preparation.write(range, of: rows, to: buffer.base, stride: stride)
            stream.push(buffer.base, count: range.count, stride: stride, emit: emit)
          }
        }
        stream.finish(emit: emit)
      }
      given = made
    }
    return result
  }
}

/// z − log Σ e^z of one row.
func writeLogSoftmax(
  _ z: UnsafePointer<Float>, _ count: Int, to row: UnsafeMutablePointer<Float>
) {
  var largest = z[0]
  for c in 1..<max(count, 1) { largest = max(largest, z[c]) }
  var sum: Float = 0
  for c in 0..<count { sum += expf(z[c] - largest) }
  let normalizer = largest + logf(sum)
  for c in 0..<count { row[c] = z[c] - normalizer }
}
