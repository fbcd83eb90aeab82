package import SeqMath

/// p = e^z / Σ e^z over the channels of every frame.
package enum Softmax {
  /// Writes the probabilities of each frame; the padding stays 0.
  package static func apply(_ z: Activations, to p: Activations, threads: Int) {
    precondition(z.width == p.width, "Probabilities are of the same classes.")
    p.resize(count: z.count)
    forPieces(z.count, threads: threads) { range in
      for t in range {
        let (from, row) = (z.row(t), p.row(t))
        var largest = -Float.infinity
        for c in 0..<z.width { largest = max(largest, from[c]) }
        for c in stride(from: 0, to: z.stride, by: 8) {
          exponential(Vector(loading: from + c) - largest).store(to: row + c)
        }
        for c in z.width..<z.stride { row[c] = 0 }
        var sum: Float = 0
        for c in 0..<z.width { sum += row[c] }
        let factor = 1 / sum
        for c in stride(from: 0, to: z.stride, by: 8) {
          (Vector(loading: row + c) * factor).store(to: row + c)
        }
      }
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
