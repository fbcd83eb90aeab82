internal import Glibc
internal import SeqCore
package import SeqInference
internal import SeqMath

/// The negative log-likelihood of a linear-chain CRF over sparse features, and its gradient:
///
/// f(w) = −Σ log P(y | x; w) + c2·Σ w²,   ∂f/∂w = Σ (P(y_t | x) − [y_t is gold]) + 2·c2·w
///
/// (Lafferty, McCallum and Pereira 2001). Each sum is cut into pieces that do not depend on the
/// number of threads and every output has one writer, so the value and the gradient are the same
/// bits for any number of threads. The work per evaluation:
///
/// 1. weights, `Double`, → rows of `Float`, one per feature seen with several labels;
/// 2. rows of features → one row per block (a word's features at an offset), once per block;
/// 3. per position, the sum of its blocks' rows → scores → forward–backward → the differences
///    P − gold, [positions][stride];
/// 4. the differences are gathered per block, by the inverted index, and from the blocks per
///    feature, in `Double`.
package final class ChainObjective {
  /// What the parameters are: pairs first, then steps, then starts and ends.
  package struct Layout: Sendable {
    package var pairs: Int
    /// The steps with a weight, as earlier · L + later.
    package var steps: [Int]
    package var hasBoundaries: Bool
    /// What is legal; `nil` if everything is.
    package var legality: Legality?
    package var labelCount: Int

    package var count: Int { pairs + steps.count + (hasBoundaries ? 2 * labelCount : 0) }
  }

  private let sequenceStarts: [Int32]
  private let gold: [Label]
  package let state: StateFeatures
  package let layout: Layout
  package let c2: Double
  private let threads: Int
  /// log-costs of confusing a gold label (class weights), or empty.
  private let margins: [Float]
  /// c2 divided by the number of features that share the parameter.
  private let penalties: [Float]

  private let L: Int
  private let stride: Int
  /// The values from one position's differences to the next one's: L, to save memory, or whole
  /// vectors where these are hardly longer, to have each row in as few lines of the cache as can be.
  private let pitch: Int
  private let shards: [Range<Int>]

  // Rows of features seen with several labels, by rank among those; −1 for the others.
  private var denseRank: [Int32]
  private let rows: AlignedBuffer
  private var denseCount = 0

  private let plan: RowPlan
  private let blockRows: AlignedBuffer
  private var lightWeights: [Float]

  private let differences: AlignedBuffer
  private var weights: [Float]
  private let scratches: [Scratch]
  /// Expected counts of the steps at the last evaluation, [L × L].
  private var expectedStepCounts: [Double] = []

  /// One shard's scratch and sums.
  private final class Scratch {
    let emissions: Emissions
    let forwardBackward = ForwardBackward()
    let expectedSteps: AlignedBuffer
    var loss = 0.0
    var starts: [Double]
    var ends: [Double]
    var error: InferenceError?

    init(labelCount: Int) {
      emissions = Emissions(labelCount: labelCount)
      expectedSteps = AlignedBuffer(count: labelCount * paddedCount(labelCount))
      starts = Array(repeating: 0, count: labelCount)
      ends = starts
    }
  }

  /// Shards are the pieces of the work over sequences.
  private static let shardCount = 32

  package init(
    _ set: TrainingSet, state: StateFeatures, classSizes: [Int32] = [], labelCount L: Int,
    c2: Double,
    allSteps: Bool, boundaries: Bool, hasSteps: Bool = true, legality: Legality? = nil,
    classMargins: [Float] = [],
    threads: Int
  ) {
    sequenceStarts = set.sequenceStarts
    gold = set.gold
    self.state = state
    self.c2 = c2
    self.threads = threads
    self.L = L
    margins = classMargins
    stride = paddedCount(L)
    pitch = (stride - L) * 8 <= stride ? stride : L

    // Steps seen in training, or all.
    var seen = [Bool](repeating: allSteps, count: L * L)
    for s in 0..<(hasSteps ? set.sequenceCount : 0) {
      for t in Int(set.sequenceStarts[s])
        + 1..<max(
          Int(set.sequenceStarts[s + 1]), Int(set.sequenceStarts[s]) + 1)
      {
        seen[Int(set.gold[t - 1]) * L + Int(set.gold[t])] = true
      }
    }
    // A forbidden step has no weight: its score is −∞.
    layout = Layout(
      pairs: state.pairCount,
      steps: seen.indices.filter { seen[$0] && legality?.step[$0] != false },
      hasBoundaries: boundaries, legality: legality, labelCount: L)
    shards = Self.balancedShards(set, count: Self.shardCount)
    var penalties = [Float](repeating: Float(c2), count: layout.count)
    for (feature, size) in classSizes.enumerated() {
      for p in Int(state.starts[feature])..<Int(state.starts[feature + 1]) {
        penalties[p] /= Float(size)
      }
    }
    self.penalties = penalties

    let featureCount = state.starts.count - 1
    denseRank = [Int32](repeating: -1, count: featureCount)
    for feature in 0..<featureCount
    where state.starts[feature + 1] - state.starts[feature] >= 3 {
      denseRank[feature] = Int32(denseCount)
      denseCount += 1
    }
    rows = AlignedBuffer(count: denseCount * stride)
    plan = RowPlan(set, state)
    blockRows = AlignedBuffer(count: plan.rowCount * stride)
    lightWeights = [Float](repeating: 0, count: plan.lightLabels.count)
    // What loads whole vectors may read past the last row.
    differences = AlignedBuffer(count: set.positionCount * pitch + stride)
    weights = [Float](repeating: 0, count: state.pairCount)
    scratches = (0..<Self.shardCount).map { _ in Scratch(labelCount: L) }
  }

  /// Runs of sequences with about equal numbers of positions.
  private static func balancedShards(_ set: TrainingSet, count: Int) -> [Range<Int>] {
    var shards: [Range<Int>] = []
    var start = 0
    for shard in 1...count {
      let target = set.positionCount * shard / count
      var end = start
      while end < set.sequenceCount && Int(set.sequenceStarts[end + 1]) <= target { end += 1 }
      if shard == count { end = set.sequenceCount }
      shards.append(start..<end)
      start = end
    }
    return shards
  }

  /// An estimate of the Hessian's diagonal at the last evaluation, 2·c2 + Σ P·(1 − P): how steep
  /// the objective is in each weight if positions are taken as independent.
  ///
  /// Uses up the differences: call ``evaluate(_:gradient:)`` before the next call.
  package func curvature() -> [Float] {
    let d = differences.base
    VectorOperations(threads: threads).forEach(gold.count * pitch) { range in
      // P − gold is P or P − 1; either way P·(1 − P) = |d|·(1 − |d|).
      for i in range { d[i] = abs(d[i]) * (1 - abs(d[i])) }
    }
    var diagonal = [Double](repeating: 0, count: layout.count)
    diagonal.withUnsafeMutableBufferPointer {
      gatherBlocks($0.baseAddress!)
      gatherFeatures($0.baseAddress!)
    }
    // Steps: as if earlier and later label were independent, E·(1 − E/T) with E the expected count.
    let chainCounts = expectedStepCounts
    for (index, place) in layout.steps.enumerated() {
      let expected = chainCounts[place]
      diagonal[layout.pairs + index] =
        expected * max(1 - expected / Double(gold.count), 0.01)
    }
    if layout.hasBoundaries {
      let base = layout.pairs + layout.steps.count
      for i in base..<layout.count { diagonal[i] = Double(sequenceStarts.count - 1) / 8 }
    }
    return zip(diagonal, penalties).map { max(Float($0) + 2 * $1, 1e-3) }
  }

  /// The chain that parameters describe.
  package static func chain(_ x: UnsafePointer<Double>, _ layout: Layout) -> Chain {
    let L = layout.labelCount
    var step = Matrix(rows: L, columns: L)
    for (index, place) in layout.steps.enumerated() {
      step.values[place] = Float(x[layout.pairs + index])
    }
    var start = [Float](repeating: 0, count: L)
    var end = start
    if layout.hasBoundaries {
      let base = layout.pairs + layout.steps.count
      for j in 0..<L {
        start[j] = Float(x[base + j])
        end[j] = Float(x[base + L + j])
      }
    }
    return Chain(start: start, step: step, end: end, mask: layout.legality)
  }

  /// f(x) in nats; its gradient is written to `gradient`.
  package func evaluate(
    _ x: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>
  ) throws -> Double {
    let chain = Self.chain(x, layout)
    fillRows(x)
    scoreSequences(chain)
    for scratch in scratches { if let error = scratch.error { throw error } }
    gatherBlocks(gradient)
    gatherFeatures(gradient)
    gatherSteps(chain, gradient)

    var loss = 0.0
    for scratch in scratches { loss += scratch.loss }
    if c2 != 0 {
      let operations = VectorOperations(threads: threads)
      loss += penalties.withUnsafeBufferPointer { penalties in
        operations.sum(over: layout.count) { range in
          var sum = 0.0
          for i in range {
            let slope = Double(penalties[i]) * x[i]
            sum += slope * x[i]
            gradient[i] += 2 * slope
          }
          return sum
        }
      }
    }
    return loss
  }

  // Steps 1 and 2: weights into the rows of features, and these into the rows of blocks.
  private func fillRows(_ x: UnsafePointer<Double>) {
    let stride = stride
    let rows = rows.base
    let blockRows = blockRows.base
    weights.withUnsafeMutableBufferPointer { weights in
      let weights = weights.baseAddress!
      state.starts.withUnsafeBufferPointer { starts in
        state.labels.withUnsafeBufferPointer { labels in
          denseRank.withUnsafeBufferPointer { denseRank in
            pieces(denseRank.count) { range in
              for feature in range {
                let pairs = Int(starts[feature])..<Int(starts[feature + 1])
                for p in pairs { weights[p] = Float(x[p]) }
                let rank = Int(denseRank[feature])
                guard rank >= 0 else { continue }
                let row = rows + rank * stride
                for p in pairs { row[Int(labels[p])] = weights[p] }
              }
            }
            plan.featureStarts.withUnsafeBufferPointer { featureStarts in
              plan.features.withUnsafeBufferPointer { features in
                pieces(plan.rowCount) { range in
                  for block in range {
                    let target = blockRows + block * stride
                    for v in Swift.stride(from: 0, to: stride, by: 8) {
                      Vector(repeating: 0).store(to: target + v)
                    }
                    for index in Int(featureStarts[block])..<Int(featureStarts[block + 1]) {
                      let feature = Int(features[index])
                      let rank = Int(denseRank[feature])
                      if rank >= 0 {
                        addRow(rows + rank * stride, to: target, stride)
                      } else {
                        for p in Int(starts[feature])..<Int(starts[feature + 1]) {
                          target[Int(labels[p])] += weights[p]
                        }
                      }
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
    let light = plan.lightParameters
    for index in light.indices { lightWeights[index] = Float(x[Int(light[index])]) }
  }

  // Step 3.
  private func scoreSequences(_ chain: Chain) {
    inParallel(pieces: shards.count, threads: threads) { shard in
      let scratch = scratches[shard]
      scratch.loss = 0
      scratch.error = nil
      scratch.expectedSteps.base.update(repeating: 0, count: scratch.expectedSteps.count)
      for j in 0..<L {
        scratch.starts[j] = 0
        scratch.ends[j] = 0
      }
      for s in shards[shard] {
        do throws(InferenceError) {
          try scoreSequence(s, chain, scratch)
        } catch {
          scratch.error = error
          return
        }
      }
    }
  }

  private func scoreSequence(
    _ s: Int, _ chain: Chain, _ scratch: Scratch
  ) throws(InferenceError) {
    let first = Int(sequenceStarts[s])
    let T = Int(sequenceStarts[s + 1]) - first
    guard T > 0 else { return }
    let emissions = scratch.emissions
    emissions.resize(count: T)
    let rows = emissions.row(0)
    addScores(first, T, to: rows)
    let L = L
    let stride = stride
    let goldScore = gold.withUnsafeBufferPointer { gold in
      var score = Double(chain.start[Int(gold[first])])
      score += Double(chain.end[Int(gold[first + T - 1])])
      for t in 0..<T {
        let label = Int(gold[first + t])
        score += Double(rows[t * stride + label])
        if t > 0 { score += Double(chain.step[Int(gold[first + t - 1]), label]) }
        if !margins.isEmpty && margins[label] != 0 {
          for other in 0..<L where other != label { rows[t * stride + other] += margins[label] }
        }
      }
      return score
    }
    let logNormalizer = try scratch.forwardBackward.run(
      emissions, chain, expectedSteps: scratch.expectedSteps)
    scratch.loss += logNormalizer - goldScore

    let marginals = UnsafePointer(scratch.forwardBackward.marginals)
    if layout.hasBoundaries {
      for j in 0..<L {
        scratch.starts[j] += Double(marginals[j])
        scratch.ends[j] += Double(marginals[(T - 1) * stride + j])
      }
      scratch.starts[Int(gold[first])] -= 1
      scratch.ends[Int(gold[first + T - 1])] -= 1
    }
    let pitch = pitch
    let target = differences.base + first * pitch
    gold.withUnsafeBufferPointer { gold in
      for t in 0..<T {
        (target + t * pitch).update(from: marginals + t * stride, count: L)
        target[t * pitch + Int(gold[first + t])] -= 1
      }
    }
  }

  private func addScores(_ first: Int, _ T: Int, to rows: UnsafeMutablePointer<Float>) {
    let stride = stride
    let L = L
    let blockRows = UnsafePointer(blockRows.base)
    plan.heavyStarts.withUnsafeBufferPointer { heavyStarts in
      plan.heavy.withUnsafeBufferPointer { heavy in
        guard heavy.baseAddress != nil else {
          for t in 0..<T {
            for j in 0..<stride { rows[t * stride + j] = j < L ? 0 : -.infinity }
          }
          return
        }
        for t in 0..<T {
          let row = rows + t &* stride
          let from = Int(heavyStarts[first &+ t])
          gatherRows(
            blockRows, stride, heavy.baseAddress! + from,
            Int(heavyStarts[first &+ t &+ 1]) &- from, stride, into: row)
          for j in L..<stride { row[j] = -.infinity }
        }
      }
    }
    plan.lightStarts.withUnsafeBufferPointer { starts in
      plan.light.withUnsafeBufferPointer { light in
        plan.lightLabels.withUnsafeBufferPointer { labels in
          lightWeights.withUnsafeBufferPointer { weights in
            for t in 0..<T {
              let row = rows + t &* stride
              var index = Int(starts[first &+ t])
              let end = Int(starts[first &+ t &+ 1])
              while index < end {
                let pair = Int(light[index])
                row[Int(labels[pair])] += weights[pair]
                index &+= 1
              }
            }
          }
        }
      }
    }
  }

  // Step 4, first half: the differences of each block's positions. The sums of blocks with a row
  // take its place; a light pair is its parameter's only one.
  private func gatherBlocks(_ gradient: UnsafeMutablePointer<Double>) {
    let stride = stride
    let pitch = pitch
    let differences = UnsafePointer(differences.base)
    let blockRows = blockRows.base
    plan.positionsOfRow.starts.withUnsafeBufferPointer { starts in
      plan.positionsOfRow.rows.withUnsafeBufferPointer { positions in
        pieces(plan.rowCount) { range in
          for block in range {
            let from = Int(starts[block])
            gatherRows(
              differences, pitch, positions.baseAddress! + from, Int(starts[block + 1]) - from,
              stride,
              into: blockRows + block * stride)
          }
        }
      }
    }
    plan.positionsOfLightPair.starts.withUnsafeBufferPointer { starts in
      plan.positionsOfLightPair.rows.withUnsafeBufferPointer { positions in
        pieces(plan.lightLabels.count) { range in
          for pair in range {
            let label = Int(plan.lightLabels[pair])
            var sum = 0.0
            for index in Int(starts[pair])..<Int(starts[pair + 1]) {
              sum += Double(differences[Int(positions[index]) * pitch + label])
            }
            gradient[Int(plan.lightParameters[pair])] = sum
          }
        }
      }
    }
  }

  // Step 4, second half: the blocks' sums per feature. A feature without rows is light.
  private func gatherFeatures(_ gradient: UnsafeMutablePointer<Double>) {
    let stride = stride
    let blockRows = UnsafePointer(blockRows.base)
    plan.rowsOfFeature.starts.withUnsafeBufferPointer { starts in
      plan.rowsOfFeature.rows.withUnsafeBufferPointer { blocks in
        pieces(state.starts.count - 1) { range in
          withUnsafeTemporaryAllocation(of: SIMD8<Double>.self, capacity: stride / 8) { sums in
            for feature in range {
              let pairs = Int(state.starts[feature])..<Int(state.starts[feature + 1])
              let list = Int(starts[feature])..<Int(starts[feature + 1])
              if pairs.isEmpty || list.isEmpty { continue }
              if pairs.count < 3 {
                for p in pairs {
                  let label = Int(state.labels[p])
                  var sum = 0.0
                  for index in list {
                    sum += Double(blockRows[Int(blocks[index]) * stride + label])
                  }
                  gradient[p] = sum
                }
                continue
              }
              for v in 0..<stride / 8 { sums[v] = SIMD8<Double>(repeating: 0) }
              for index in list {
                let row = blockRows + Int(blocks[index]) * stride
                for v in 0..<stride / 8 {
                  sums[v] += SIMD8<Double>(Vector(loading: row + v * 8))
                }
              }
              let flat = UnsafeRawPointer(sums.baseAddress!).assumingMemoryBound(to: Double.self)
              for p in pairs { gradient[p] = flat[Int(state.labels[p])] }
            }
          }
        }
      }
    }
  }

  private func gatherSteps(_ chain: Chain, _ gradient: UnsafeMutablePointer<Double>) {
    var expected = [Double](repeating: 0, count: L * L)
    for scratch in scratches {
      for i in 0..<L {
        for j in 0..<L {
          expected[i * L + j] += Double(scratch.expectedSteps.base[i * stride + j])
        }
      }
    }
    for i in 0..<L {
      for j in 0..<L { expected[i * L + j] *= Double(chain.factors.base[i * stride + j]) }
    }
    expectedStepCounts = expected
    for s in 0..<sequenceStarts.count - 1 {
      let last = Int(sequenceStarts[s + 1]) - 1
      var t = Int(sequenceStarts[s]) + 1
      while t <= last {
        expected[Int(gold[t - 1]) * L + Int(gold[t])] -= 1
        t += 1
      }
    }
    for (index, place) in layout.steps.enumerated() {
      gradient[layout.pairs + index] = expected[place]
    }
    guard layout.hasBoundaries else { return }
    let base = layout.pairs + layout.steps.count
    for j in 0..<L {
      gradient[base + j] = scratches.reduce(0) { $0 + $1.starts[j] }
      gradient[base + L + j] = scratches.reduce(0) { $0 + $1.ends[j] }
    }
  }

  /// Calls `body` for ranges of `0..<count` on all threads; each index belongs to one call.
  private func pieces(_ count: Int, _ body: (Range<Int>) -> Void) {
    let pieceCount = threads == 1 ? 1 : max(1, min(64, count / 64))
    inParallel(pieces: pieceCount, threads: threads) { piece in
      body(count * piece / pieceCount..<count * (piece + 1) / pieceCount)
    }
  }
}

/// target += row, both of `stride` values.
@inline(__always)
func addRow(_ row: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, _ stride: Int) {
  var v = 0
  while v < stride {
    (Vector(loading: target + v) + Vector(loading: row + v)).store(to: target + v)
    v += 8
  }
}

/// The sum of the rows `list` of a table, in `Double` after every 64 rows; rows begin `pitch`
/// values apart, and what lies between two is summed without meaning.
@inline(__always)
private func gatherRows(
  _ table: UnsafePointer<Float>, _ pitch: Int, _ list: UnsafePointer<UInt32>, _ count: Int,
  _ stride: Int,
  into target: UnsafeMutablePointer<Float>
) {
  switch stride / 8 {
  case 1: gather(Width<1>(), table, pitch, list, count, into: target)
  case 2: gather(Width<2>(), table, pitch, list, count, into: target)
  case 3: gather(Width<3>(), table, pitch, list, count, into: target)
  case 4: gather(Width<4>(), table, pitch, list, count, into: target)
  case 5: gather(Width<5>(), table, pitch, list, count, into: target)
  case 6: gather(Width<6>(), table, pitch, list, count, into: target)
  case 7: gather(Width<7>(), table, pitch, list, count, into: target)
  case 8: gather(Width<8>(), table, pitch, list, count, into: target)
  default:
    for v in Swift.stride(from: 0, to: stride, by: 8) {
      var sum = SIMD8<Double>(repeating: 0)
      for index in 0..<count {
        sum += SIMD8<Double>(Vector(loading: table + Int(list[index]) * pitch + v))
      }
      SIMD8<Float>(sum).store(to: target + v)
    }
  }
}

/// The number of vectors in a row as a type, so that kernels are compiled for each.
struct Width<let count: Int> {}

@inline(__always)
private func gather<let N: Int>(
  _: Width<N>, _ table: UnsafePointer<Float>, _ pitch: Int, _ list: UnsafePointer<UInt32>,
  _ count: Int,
  into target: UnsafeMutablePointer<Float>
) {
  var totals = InlineArray<N, SIMD8<Double>>(repeating: SIMD8<Double>(repeating: 0))
  var from = 0
  while from < count {
    let to = min(from + 64, count)
    var sums = InlineArray<N, Vector>(repeating: Vector(repeating: 0))
    for index in from..<to {
      let row = table + Int(list[index]) &* pitch
      for v in 0..<N { sums[v] += Vector(loading: row + v * 8) }
    }
    if count <= 64 {
      for v in 0..<N { sums[v].store(to: target + v * 8) }
      return
    }
    for v in 0..<N { totals[v] += SIMD8<Double>(sums[v]) }
    from = to
  }
  for v in 0..<N { SIMD8<Float>(totals[v]).store(to: target + v * 8) }
}
