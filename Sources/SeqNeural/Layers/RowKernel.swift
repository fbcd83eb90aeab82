internal import CProcessor
internal import SeqMath

/// Rows times packed weights, the loop that nearly all time is spent in.
///
/// Every row is found by a pointer, so that rows may lie in rings, and what follows the sum is done in
/// registers. A tile of results stays in registers: 6 × 16 with AVX2's sixteen of eight floats, 8 × 32
/// with AVX-512's thirty-two of sixteen. Which tile takes a result changes no bit of it.
enum RowKernel {
  /// What is done with a sum.
  enum Finish {
    /// It is stored.
    case store
    /// max(0, sum).
    case rectify
    /// sum + residual, row by row.
    case add
  }

  /// The most rows of a call.
  static let rows = 48

  /// What rows are multiplied with.
  struct Weights {
    /// [tiles][taps][inputs][16], as ``ConvolutionKernel/pack(_:taps:inputs:outputs:transposed:to:)``
    /// lays them out.
    let packed: UnsafePointer<Float>
    /// [tiles · 16].
    let bias: UnsafePointer<Float>
    let taps: Int
    let inputs: Int
    /// The number of outputs, in sixteens.
    let tiles: Int
    /// The same numbers as ``HalfWeights`` has them, read for single rows; `nil` for `packed` alone.
    var halves: UnsafePointer<Float16>?
  }

  /// out[r] = finish(bias + Σ_k in[k][r] · w[k]).
  ///
  /// - Parameters:
  ///   - inputs: [taps][count] pointers to rows of `weights.inputs` values, tap by tap, ``rows`` apart.
  ///   - residual: `count` pointers, read for `add` only.
  ///   - out: `count` pointers to rows of `weights.tiles` · 16 values.
  static func apply(
    _ weights: Weights, inputs: UnsafePointer<UnsafePointer<Float>>,
    residual: UnsafePointer<UnsafePointer<Float>>,
    out: UnsafePointer<UnsafeMutablePointer<Float>>, count: Int, finish: Finish
  ) {
    let call = Call(weights: weights, inputs: inputs, residual: residual, out: out, finish: finish)
    var tile = 0
    if count == 1 {
      // A single row is summed for four tiles at a time, which keeps several sums going.
      while tile + 4 <= weights.tiles {
        if let halves = weights.halves {
          call.single(tile, halves)
        } else {
          call.single(tile)
        }
        tile += 4
      }
    } else if seqkit_has_wide_vectors() != 0 {
      while tile + 2 <= weights.tiles {
        var r = 0
        while r + 8 <= count {
          Tile<8>.two(call, tile, r)
          r += 8
        }
        if r < count {
          call.narrow(tile, from: r, to: count)
          call.narrow(tile + 1, from: r, to: count)
        }
        tile += 2
      }
    }
    while tile < weights.tiles {
      call.narrow(tile, from: 0, to: count)
      tile += 1
    }
  }

  /// Adds x·y to a sum: in one instruction where the processor that the program is built for has it.
  @inline(__always)
  static func multiplyAdd(_ sum: WideVector, _ x: WideVector, _ y: WideVector) -> WideVector {
    seqkit_has_fused_multiply_add() != 0 ? sum.addingProduct(x, y) : sum + x * y
  }

  /// The arguments of ``apply(_:inputs:residual:out:count:finish:)``.
  private struct Call {
    let weights: Weights
    let inputs: UnsafePointer<UnsafePointer<Float>>
    let residual: UnsafePointer<UnsafePointer<Float>>
    let out: UnsafePointer<UnsafeMutablePointer<Float>>
    let finish: Finish

    /// The number of weights of a tile.
    @inline(__always) var size: Int { weights.taps &* weights.inputs &* 16 }

    /// One tile's results of some rows.
    @inline(__always)
    func narrow(_ tile: Int, from first: Int, to count: Int) {
      var r = first
      while r + 6 <= count {
        Tile<6>.one(self, tile, r)
        r += 6
      }
      switch count - r {
      case 5: Tile<5>.one(self, tile, r)
      case 4: Tile<4>.one(self, tile, r)
      case 3: Tile<3>.one(self, tile, r)
      case 2: Tile<2>.one(self, tile, r)
      case 1: Tile<1>.one(self, tile, r)
      default: break
      }
    }

    /// Four tiles' results of a single row.
    @inline(never)
    func single(_ tile: Int) {
      let place = tile * 16
      var sums = InlineArray<4, WideVector>(repeating: WideVector(repeating: 0))
      for i in 0..<4 { sums[i] = WideVector(loading: weights.bias + place + i * 16) }
      let packed = weights.packed + tile * size
      var at = 0
      for k in 0..<weights.taps {
        let row = inputs[k * rows]
        for c in 0..<weights.inputs {
          let x = WideVector(repeating: row[c])
          for i in 0..<4 {
            sums[i] = multiplyAdd(sums[i], x, WideVector(loading: packed + (i &* size &+ at)))
          }
          at += 16
        }
      }
      for i in 0..<4 { end(InlineArray<1, WideVector>(repeating: sums[i]), 0, place + i * 16) }
    }

    /// The same from weights of half precision: a copy, for a generic one would not be unrolled.
    @inline(never)
    func single(_ tile: Int, _ halves: UnsafePointer<Float16>) {
      let place = tile * 16
      var sums = InlineArray<4, WideVector>(repeating: WideVector(repeating: 0))
      for i in 0..<4 { sums[i] = WideVector(loading: weights.bias + place + i * 16) }
      var packed = halves + tile * size
      for k in 0..<weights.taps {
        let row = inputs[k * rows]
        for c in 0..<weights.inputs {
          let x = WideVector(repeating: row[c])
          for i in 0..<4 {
            sums[i] = multiplyAdd(sums[i], x, WideVector(widening: packed + i * 16))
          }
          packed += 64
        }
      }
      for i in 0..<4 { end(InlineArray<1, WideVector>(repeating: sums[i]), 0, place + i * 16) }
    }

    /// Stores sixteen results of each row from the given one on.
    ///
    /// Each case has a loop of its own, which is unrolled: sums that a variable index reaches would be
    /// written to memory after every product.
    @inline(__always)
    func end<let R: Int>(_ sums: InlineArray<R, WideVector>, _ first: Int, _ place: Int) {
      switch finish {
      case .store:
        for r in 0..<R { sums[r].store(to: out[first + r] + place) }
      case .rectify:
        let zero = WideVector(repeating: 0)
        for r in 0..<R { WideVector.larger(sums[r], zero).store(to: out[first + r] + place) }
      case .add:
        for r in 0..<R {
          (sums[r] + WideVector(loading: residual[first + r] + place)).store(
            to: out[first + r] + place)
        }
      }
    }
  }

  /// R rows of 16 or of 32 results.
  private enum Tile<let R: Int> {
    @inline(__always)
    static func one(_ call: Call, _ tile: Int, _ first: Int) {
      let place = tile * 16
      var sums = InlineArray<R, WideVector>(
        repeating: WideVector(loading: call.weights.bias + place))
      var weights = call.weights.packed + tile * call.size
      for k in 0..<call.weights.taps {
        let row = Self.rowPointers(call.inputs + k * RowKernel.rows + first)
        for c in 0..<call.weights.inputs {
          let w = WideVector(loading: weights)
          weights += 16
          for r in 0..<R { sums[r] = multiplyAdd(sums[r], WideVector(repeating: row[r][c]), w) }
        }
      }
      call.end(sums, first, place)
    }

    @inline(__always)
    static func two(_ call: Call, _ tile: Int, _ first: Int) {
      let place = tile * 16
      var low = InlineArray<R, WideVector>(
        repeating: WideVector(loading: call.weights.bias + place))
      var high = InlineArray<R, WideVector>(
        repeating: WideVector(loading: call.weights.bias + place + 16))
      let size = call.size
      var weights = call.weights.packed + tile * size
      for k in 0..<call.weights.taps {
        let row = Self.rowPointers(call.inputs + k * RowKernel.rows + first)
        for c in 0..<call.weights.inputs {
          let (v, w) = (WideVector(loading: weights), WideVector(loading: weights + size))
          weights += 16
          for r in 0..<R {
            let x = WideVector(repeating: row[r][c])
            low[r] = multiplyAdd(low[r], x, v)
            high[r] = multiplyAdd(high[r], x, w)
          }
        }
      }
      call.end(low, first, place)
      call.end(high, first, place + 16)
    }

    @inline(__always)
    private static func rowPointers(
      _ pointers: UnsafePointer<UnsafePointer<Float>>
    ) -> InlineArray<R, UnsafePointer<Float>> {
      var rows = InlineArray<R, UnsafePointer<Float>>(repeating: pointers[0])
      for r in 1..<max(R, 1) { rows[r] = pointers[r] }
      return rows
    }
  }
}
