internal import SeqMath

/// p = e^z / Σ e^z over the channels of every frame.
package enum Softmax {
  /// Writes the probabilities of each frame; the padding stays 0.
  package static func apply(_ z: Activations, to p: Activations, threads: Int) {
    precondition(z.width == p.width, "Probabilities are of the same classes.")
    p.resize(count: z.count)
    forPieces(z.count, threads: threads) { range in
      for t in range { apply(z.row(t), z.width, to: p.row(t)) }
    }
  }

  /// The probabilities of one row, padded to two vectors.
  static func apply(
    _ from: UnsafePointer<Float>, _ width: Int, to row: UnsafeMutablePointer<Float>
  ) {
    let padded = (width + 15) & ~15
    var largest = -Float.infinity
    for c in 0..<width { largest = max(largest, from[c]) }
    for c in stride(from: 0, to: padded, by: 8) {
      exponential(Vector(loading: from + c) - largest).store(to: row + c)
    }
    for c in width..<padded { row[c] = 0 }
    var sum: Float = 0
    for c in 0..<width { sum += row[c] }
    let factor = 1 / sum
    for c in stride(from: 0, to: padded, by: 8) {
      (Vector(loading: row + c) * factor).store(to: row + c)
    }
  }

  /// Adds ∂loss/∂z = p · (g − Σ g·p), given g = ∂loss/∂p.
  package static func backpropagate(
    _ g: Activations, through p: Activations, to dz: Activations, threads: Int
  ) {
    forPieces(p.count, threads: threads) { range in
      for t in range {
        let (upstream, probabilities, row) = (g.row(t), p.row(t), dz.row(t))
        var sum: Float = 0
        for c in 0..<p.width { sum += upstream[c] * probabilities[c] }
        for c in stride(from: 0, to: p.stride, by: 8) {
          let value = Vector(loading: probabilities + c) * (Vector(loading: upstream + c) - sum)
          (Vector(loading: row + c) + value).store(to: row + c)
        }
      }
    }
  }
}
