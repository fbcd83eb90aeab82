internal import CProcessor
internal import SeqMath

/// The two loops that nearly all time is spent in: rows times weights at several offsets, and the
/// sums of outer products that are the weights' gradient.
///
/// Both keep a tile of 6 × 16 results in registers: twelve vectors, which leave room for two of
/// weights and one that repeats an input. Rows before the first and after the last frame are 0.
/// The tests hold both to plain loops.
enum ConvolutionKernel {
  /// The frames that one piece of work covers: outputs of a piece stay in the cache.
  static let piece = 96

  /// Adds x·y to a sum: in one instruction where the processor that the program is built for has it.
  @inline(__always)
  private static func multiplyAdd(_ sum: Vector, _ x: Vector, _ y: Vector) -> Vector {
    seqkit_has_fused_multiply_add() != 0 ? sum.addingProduct(x, y) : sum + x * y
  }

  /// out[t][o] = bias[o] + Σ_k Σ_c in[t + offset[k]][c] · w[k][c][o], for the frames of `range`.
  ///
  /// - Parameters:
  ///   - packed: `w` as ``pack(_:taps:inputs:outputs:transposed:)`` lays it out.
  ///   - bias: as many values as `out` has in a row, or `nil` for 0.
  ///   - zeros: as many zeros as `input` has in a row.
  ///   - accumulates: whether the sums are added to what `out` holds.
  static func convolve(
    _ input: Activations, offsets: [Int], packed: UnsafePointer<Float>,
    bias: UnsafePointer<Float>?, zeros: UnsafePointer<Float>, to out: Activations,
    range: Range<Int>, accumulates: Bool
  ) {
    let C = input.width
    let T = input.count
    let tileSize = offsets.count * C * 16
    offsets.withUnsafeBufferPointer { offsets in
      // A tile's weights stay in the first-level cache while the rows pass by.
      for tile in 0..<out.stride / 16 {
        let weights = packed + tile * tileSize
        let bias = bias.map { $0 + tile * 16 }
        var t = range.lowerBound
        while t < range.upperBound {
          let rows = min(6, range.upperBound - t)
          let target = out.row(t) + tile * 16
          let place = (t: t, T: T, C: C)
          switch rows {
          case 6:
            Tile<6>.convolve(
              input, offsets, place, weights, bias, zeros, target, out.stride, accumulates)
          case 5:
            Tile<5>.convolve(
              input, offsets, place, weights, bias, zeros, target, out.stride, accumulates)
          case 4:
            Tile<4>.convolve(
              input, offsets, place, weights, bias, zeros, target, out.stride, accumulates)
          case 3:
            Tile<3>.convolve(
              input, offsets, place, weights, bias, zeros, target, out.stride, accumulates)
          case 2:
            Tile<2>.convolve(
              input, offsets, place, weights, bias, zeros, target, out.stride, accumulates)
          default:
            Tile<1>.convolve(
              input, offsets, place, weights, bias, zeros, target, out.stride, accumulates)
          }
          t += rows
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
      var c = channels.lowerBound
      while c < channels.upperBound {
        let rows = min(6, channels.upperBound - c)
        let x = UnsafePointer(input.row(from + offset)) + c
        for tile in 0..<upstream.stride / 16 {
          let target = gradient + c * upstream.stride + tile * 16
          let up = UnsafePointer(upstream.row(from)) + tile * 16
          let (xs, us, n) = (input.stride, upstream.stride, to - from)
          switch rows {
          case 6: Tile<6>.addOuterProducts(x, xs, up, us, n, target)
          case 5: Tile<5>.addOuterProducts(x, xs, up, us, n, target)
          case 4: Tile<4>.addOuterProducts(x, xs, up, us, n, target)
          case 3: Tile<3>.addOuterProducts(x, xs, up, us, n, target)
          case 2: Tile<2>.addOuterProducts(x, xs, up, us, n, target)
          default: Tile<1>.addOuterProducts(x, xs, up, us, n, target)
          }
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

  /// R rows of 16 results.
  private enum Tile<let R: Int> {
    @inline(__always)
    static func convolve(
      _ input: Activations, _ offsets: UnsafeBufferPointer<Int>, _ place: (t: Int, T: Int, C: Int),
      _ weights: UnsafePointer<Float>, _ bias: UnsafePointer<Float>?, _ zeros: UnsafePointer<Float>,
      _ out: UnsafeMutablePointer<Float>, _ stride: Int, _ accumulates: Bool
    ) {
      let zero = Vector(repeating: 0)
      var low = InlineArray<R, Vector>(repeating: bias.map { Vector(loading: $0) } ?? zero)
      var high = InlineArray<R, Vector>(repeating: bias.map { Vector(loading: $0 + 8) } ?? zero)
      var weights = weights
      for offset in offsets {
        var rows = InlineArray<R, UnsafePointer<Float>>(repeating: zeros)
        for r in 0..<R {
          let at = place.t &+ r &+ offset
          rows[r] = at >= 0 && at < place.T ? UnsafePointer(input.row(at)) : zeros
        }
        for c in 0..<place.C {
          let first = Vector(loading: weights)
          let second = Vector(loading: weights + 8)
          weights += 16
          for r in 0..<R {
            let x = Vector(repeating: rows[r][c])
            low[r] = multiplyAdd(low[r], x, first)
            high[r] = multiplyAdd(high[r], x, second)
          }
        }
      }
      for r in 0..<R {
        let target = out + r &* stride
        if accumulates {
          (Vector(loading: target) + low[r]).store(to: target)
          (Vector(loading: target + 8) + high[r]).store(to: target + 8)
        } else {
          low[r].store(to: target)
          high[r].store(to: target + 8)
        }
      }
    }

    @inline(__always)
    static func addOuterProducts(
      _ x: UnsafePointer<Float>, _ xStride: Int, _ upstream: UnsafePointer<Float>,
      _ upstreamStride: Int, _ count: Int, _ out: UnsafeMutablePointer<Float>
    ) {
      var low = InlineArray<R, Vector>(repeating: Vector(repeating: 0))
      var high = low
      var x = x
      var upstream = upstream
      for _ in 0..<count {
        let first = Vector(loading: upstream)
        let second = Vector(loading: upstream + 8)
        for r in 0..<R {
          let value = Vector(repeating: x[r])
          low[r] = multiplyAdd(low[r], value, first)
          high[r] = multiplyAdd(high[r], value, second)
        }
        x += xStride
        upstream += upstreamStride
      }
      for r in 0..<R {
        let target = out + r &* upstreamStride
        (Vector(loading: target) + low[r]).store(to: target)
        (Vector(loading: target + 8) + high[r]).store(to: target + 8)
      }
    }
  }

}
