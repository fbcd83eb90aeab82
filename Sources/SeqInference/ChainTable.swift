internal import SeqCore
package import SeqMath

/// The scores of a chain that change while it is being learnt: what ``Viterbi`` reads of a
/// ``Chain``, to be written one by one.
package final class ChainTable {
  package let labelCount: Int
  package let stride: Int
  /// [stride], the padding −∞.
  package let start: AlignedBuffer
  package let end: AlignedBuffer
  /// [L][stride], the earlier label first; then its transpose. The padding is −∞.
  package let padded: AlignedBuffer
  package let transposed: AlignedBuffer

  /// Makes a table of zeros.
  package init(labelCount L: Int) {
    labelCount = L
    stride = paddedCount(L)
    start = AlignedBuffer(count: stride, repeating: -.infinity)
    end = AlignedBuffer(count: stride, repeating: -.infinity)
    padded = AlignedBuffer(count: L * stride, repeating: -.infinity)
    transposed = AlignedBuffer(count: L * stride, repeating: -.infinity)
    for i in 0..<L {
      start.base[i] = 0
      end.base[i] = 0
      for j in 0..<L { self[i, j] = 0 }
    }
  }

  /// Sets what is illegal to −∞, where it stays: a learner that follows legal gold labels and best
  /// paths never updates it.
  package func forbid(_ legality: Legality) {
    for i in 0..<labelCount {
      if !legality.start[i] { start.base[i] = -.infinity }
      if !legality.end[i] { end.base[i] = -.infinity }
      for j in 0..<labelCount where !legality.step[i * labelCount + j] {
        self[i, j] = -.infinity
      }
    }
  }

  /// The score of `later` after `earlier`.
  package subscript(earlier: Int, later: Int) -> Float {
    get { padded.base[earlier * stride + later] }
    set {
      padded.base[earlier * stride + later] = newValue
      transposed.base[later * stride + earlier] = newValue
    }
  }
}
