internal import CProcessor
internal import SeqMath

/// Weights in half precision, for runs of a single row: they read every weight once, so the cache's
/// speed binds them, and halves are half as much to read.
///
/// Only weights that are numbers of half precision are kept so, hence nothing is rounded here and sums
/// have the bits that they have with single precision. Immutable, so threads share it.
final class HalfWeights: @unchecked Sendable {
  /// [tiles / 4][taps · inputs][64]: what four tiles of ``RowKernel`` read, in the order they read it.
  let base: UnsafePointer<Float16>

  /// Whether the processor that the program is built for widens halves in one instruction.
  static var areFast: Bool { seqkit_has_half_precision() != 0 }

  /// Takes weights as ``ConvolutionKernel/pack(_:taps:inputs:outputs:transposed:to:)`` lays them out,
  /// of which whole fours of tiles are kept.
  ///
  /// - Parameters:
  ///   - packed: [tiles][rows][16].
  ///   - rows: taps · inputs.
  /// - Returns: `nil` if a weight is no number of half precision, if there are fewer than four tiles, or
  ///   where halves are not ``areFast``.
  init?(exactly packed: UnsafePointer<Float>, tiles: Int, rows: Int) {
    let count = tiles / 4 * rows * 64
    guard Self.areFast, count > 0, (0..<count).allSatisfy({ isHalf(packed[$0]) }) else {
      return nil
    }
    let values = UnsafeMutableRawPointer.allocate(byteCount: count * 2, alignment: 64)
      .bindMemory(to: Float16.self, capacity: count)
    for index in 0..<count {
      let (tile, row, lane) = (index / 16 / rows, index / 16 % rows, index % 16)
      let place = (tile / 4 * rows + row) * 64 + tile % 4 * 16 + lane
      (values + place).initialize(to: Float16(packed[index]))
    }
    base = UnsafePointer(values)
  }

  deinit { UnsafeMutablePointer(mutating: base).deallocate() }
}

/// Whether half precision holds a number as it is.
func isHalf(_ value: Float) -> Bool { Float(Float16(value)) == value }

extension SIMD16 where Scalar == Float {
  /// Loads sixteen halves from memory of any alignment.
  @inline(__always)
  init(widening pointer: UnsafePointer<Float16>) {
    self.init(UnsafeRawPointer(pointer).loadUnaligned(as: SIMD16<Float16>.self))
  }
}
