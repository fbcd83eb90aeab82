package import SeqMath

/// The numbers that a network learns, one after another, and what an optimizer needs beside them.
///
/// Layers keep the places of theirs; so one loop updates all, and a file holds them as they lie.
package final class Parameters {
  /// A named array among the numbers.
  package struct Slot: Hashable, Sendable {
    /// The name, such as `stage1.layer3.convolution.weights`.
    package var name: String
    /// The lengths of the dimensions, as they lie in memory.
    package var shape: [Int]
    /// The number of numbers of a row; the rest of the last dimension is padding, which stays 0.
    package var columns: Int
    /// The place of the first number.
    package var offset: Int
    /// The number of numbers.
    package var count: Int { shape.reduce(1, *) }
    /// Whether inputs are multiplied with it; else it is a vector of biases or of a normalization.
    package var isMatrix: Bool { shape.count > 1 }
  }

  /// The arrays, in order.
  package private(set) var slots: [Slot] = []
  /// The number of all numbers.
  package private(set) var count = 0
  package private(set) var values = AlignedBuffer(count: 0)
  /// ∂loss/∂values.
  package private(set) var gradient = AlignedBuffer(count: 0)

  package init() {}

  /// Reserves an array; all must be reserved before ``allocate()``.
  package func reserve(_ name: String, _ shape: [Int], columns: Int) -> Slot {
    let slot = Slot(name: name, shape: shape, columns: columns, offset: count)
    slots.append(slot)
    // Every array begins at a whole cache line.
    count += (slot.count + 15) & ~15
    return slot
  }

  /// Makes room for all arrays, filled with 0.
  package func allocate() {
    values = AlignedBuffer(count: count)
    gradient = AlignedBuffer(count: count)
  }

  /// The same numbers with a gradient of its own.
  package func withOwnGradient() -> Parameters {
    let copy = Parameters()
    copy.slots = slots
    copy.count = count
    copy.values = values
    copy.gradient = AlignedBuffer(count: count)
    return copy
  }

  /// Rounds the numbers of matrices to the nearest of half precision (IEEE 754 binary16, ties to even).
  /// Vectors stay, and so does what is too large.
  package func roundMatrices() {
    for slot in slots where slot.isMatrix {
      for index in slot.offset..<slot.offset + slot.count {
        let rounded = Float(Float16(values.base[index]))
        if rounded.isFinite { values.base[index] = rounded }
      }
    }
  }

  /// Sets the gradient to 0.
  package func clearGradient() { gradient.base.update(repeating: 0, count: count) }
}
