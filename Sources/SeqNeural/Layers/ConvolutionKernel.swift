internal import CProcessor
internal import SeqMath

/// Convolutions of whole sequences, by ``RowKernel``, and the sums of outer products that are the
/// weights' gradient, which keep a tile of results in registers as it does.
///
/// Rows before the first and after the last frame are 0. The tests hold both to plain loops.
enum ConvolutionKernel {
  /// The frames that one piece of work covers: outputs of a piece stay in the cache.
  static let piece = 96

  /// out[t][o] = bias[o] + Σ_k Σ_c in[t + offset[k]][c] · w[k][c][o], for the frames of `range`.
  ///
  /// - Parameters:
  ///   - packed: `w` as ``pack(_:taps:inputs:outputs:transposed:)`` lays it out.
  ///   - bias: as many values as `out` has in a row.
  ///   - zeros: as many zeros as `input` has in a row.
  ///   - accumulates: whether the sums are added to what `out` holds.
  static func convolve(
    _ input: Activations, offsets: [Int], packed: UnsafePointer<Float>,
    bias: UnsafePointer<Float>, zeros: UnsafePointer<Float>, to out: Activations,
    range: Range<Int>, accumulates: Bool
  ) {
    let weights = RowKernel.Weights(
      packed: packed, bias: bias, taps: offsets.count, inputs: input.width,
      tiles: out.stride / 16)
    let rows = RowKernel.rows
    typealias Row = UnsafePointer<Float>
    withUnsafeTemporaryAllocation(of: Row.self, capacity: (offsets.count + 1) * rows) { inputs in
      withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<Float>.self, capacity: rows) {
        outputs in
        let residual = inputs.baseAddress! + offsets.count * rows
        for from in stride(from: range.lowerBound, to: range.upperBound, by: rows) {
          let count = min(rows, range.upperBound - from)
          for (k, offset) in offsets.enumerated() {
            for r in 0..<count {
              let at = from + r + offset
              inputs[k * rows + r] =
                at >= 0 && at < input.count ? UnsafePointer(input.row(at)) : zeros
            }
          }
          for r in 0..<count {
            outputs[r] = out.row(from + r)
            residual[r] = UnsafePointer(outputs[r])
          }
          RowKernel.apply(
            weights, inputs: inputs.baseAddress!, residual: residual, out: outputs.baseAddress!,
            count: count, finish: accumulates ? .add : .store)
        }
      }
    }
  }

  /// gradient[c][o] += Σ_t in[t + offset][c] · upstream[t][o], for the channels of `channels`.
  ///
  /// - Parameter gradient: [C][upstream.stride].
  static func addOuterProducts(
    _ input: Activations, offset: Int, _ upstream: Activations, channels: Range<Int>,
    to gradient: UnsafeMutablePointer<Float>
  ) {
    let last = min(input.count, input.count - offset)
    // The rows of a block stay in the first-level cache while all tiles of results use them.
    var from = max(0, -offset)
    while from < last {
      let to = min(from + piece, last)
      let (xs, us, n) = (input.stride, upstream.stride, to - from)
      let up = UnsafePointer(upstream.row(from))
      var c = channels.lowerBound
      while c < channels.upperBound {
        let isWide = seqkit_has_wide_vectors() != 0 && channels.upperBound - c >= 8
        let rows = isWide ? 8 : min(6, channels.upperBound - c)
        let x = UnsafePointer(input.row(from + offset)) + c
        let target = gradient + c * us
        var tile = 0
        while isWide, tile + 2 <= us / 16 {
          Tile<8>.addTwo(x, xs, up + tile * 16, us, n, target + tile * 16)
          tile += 2
        }
        while tile < us / 16 {
          let (up, target) = (up + tile * 16, target + tile * 16)
          switch rows {
          case 8: Tile<8>.addOne(x, xs, up, us, n, target)
          case 6: Tile<6>.addOne(x, xs, up, us, n, target)
          case 5: Tile<5>.addOne(x, xs, up, us, n, target)
          case 4: Tile<4>.addOne(x, xs, up, us, n, target)
          case 3: Tile<3>.addOne(x, xs, up, us, n, target)
          case 2: Tile<2>.addOne(x, xs, up, us, n, target)
          default: Tile<1>.addOne(x, xs, up, us, n, target)
          }
          tile += 1
        }
        c += rows
      }
      from = to
    }
  }

  /// Lays weights [K][C][O rounded up to 16] out tile by tile, as ``convolve`` reads them:
  /// [O / 16][K][C][16]. Transposed, C and O change places, for the gradient of the input.
  static func pack(
    _ weights: UnsafePointer<Float>, taps: Int, inputs: Int, outputs: Int, transposed: Bool,
    to packed: UnsafeMutablePointer<Float>
  ) {
    let stride = (outputs + 15) & ~15
    let (rows, columns) = transposed ? (outputs, inputs) : (inputs, outputs)
    var at = packed
    for tile in 0..<(columns + 15) / 16 {
      for k in 0..<taps {
        for c in 0..<rows {
          for lane in 0..<16 {
            let o = tile * 16 + lane
            let index = transposed ? (k * inputs + o) * stride + c : (k * inputs + c) * stride + o
            at[lane] = o < columns ? weights[index] : 0
          }
          at += 16
        }
      }
    }
  }

  /// The number of values that ``pack`` writes.
  static func packedCount(taps: Int, inputs: Int, outputs: Int) -> Int {
    let round = { (count: Int) in (count + 15) & ~15 }
    return taps * max(inputs * round(outputs), outputs * round(inputs))
  }

  /// R rows of 16 or of 32 results.
  private enum Tile<let R: Int> {
    @inline(__always)
    static func addOne(
      _ x: UnsafePointer<Float>, _ xStride: Int, _ upstream: UnsafePointer<Float>,
      _ upstreamStride: Int, _ count: Int, _ out: UnsafeMutablePointer<Float>
    ) {
      var sums = InlineArray<R, WideVector>(repeating: WideVector(repeating: 0))
      var x = x
      var upstream = upstream
      for _ in 0..<count {
        let up = WideVector(loading: upstream)
        for r in 0..<R {
          sums[r] = RowKernel.multiplyAdd(sums[r], WideVector(repeating: x[r]), up)
        }
        x += xStride
        upstream += upstreamStride
      }
      for r in 0..<R {
        let target = out + r &* upstreamStride
        (WideVector(loading: target) + sums[r]).store(to: target)
      }
    }

    @inline(__always)
    static func addTwo(
      _ x: UnsafePointer<Float>, _ xStride: Int, _ upstream: UnsafePointer<Float>,
      _ upstreamStride: Int, _ count: Int, _ out: UnsafeMutablePointer<Float>
    ) {
      var low = InlineArray<R, WideVector>(repeating: WideVector(repeating: 0))
      var high = low
      var x = x
      var upstream = upstream
      for _ in 0..<count {
        let (first, second) = (WideVector(loading: upstream), WideVector(loading: upstream + 16))
        for r in 0..<R {
          let value = WideVector(repeating: x[r])
          low[r] = RowKernel.multiplyAdd(low[r], value, first)
          high[r] = RowKernel.multiplyAdd(high[r], value, second)
        }
        x += xStride
        upstream += upstreamStride
      }
      for r in 0..<R {
        let target = out + r &* upstreamStride
        (WideVector(loading: target) + low[r]).store(to: target)
        (WideVector(loading: target + 16) + high[r]).store(to: target + 16)
      }
    }
  }
}
