import SeqMath
import Testing

@Suite("Eigenvectors of symmetric matrices")
struct SymmetricEigenTests {
  /// The largest difference of A v − λ v, of lengths from 1, and of products of two vectors from 0.
  private func fault(_ matrix: [Double], _ n: Int, _ found: SymmetricEigen) -> Double {
    var worst = 0.0
    for k in 0..<n {
      let v = Array(found.vectors[k * n..<(k + 1) * n])
      for i in 0..<n {
        let sum = (0..<n).reduce(0.0) { $0 + matrix[i * n + $1] * v[$1] }
        worst = max(worst, abs(sum - found.values[k] * v[i]))
      }
      for other in k..<n {
        let product = (0..<n).reduce(0.0) { $0 + v[$1] * found.vectors[other * n + $1] }
        worst = max(worst, abs(product - (k == other ? 1 : 0)))
      }
    }
    return worst
  }

  @Test(
    "A v = λ v, the vectors at right angles, the values falling", arguments: [1, 2, 3, 8, 33, 60])
  func definition(n: Int) {
    var generator = RandomGenerator(seed: UInt64(n))
    var matrix = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      for j in i..<n {
        let value = generator.nextUnit() * 2 - 1
        (matrix[i * n + j], matrix[j * n + i]) = (value, value)
      }
    }
    let found = SymmetricEigen(matrix, size: n)
    #expect(fault(matrix, n, found) < 1e-12 * Double(n))
    #expect(zip(found.values, found.values.dropFirst()).allSatisfy { $0 >= $1 })
    let trace = (0..<n).reduce(0.0) { $0 + matrix[$1 * n + $1] }
    #expect(abs(found.values.reduce(0, +) - trace) < 1e-12 * Double(n))
  }

  @Test("Values known beforehand are found")
  func known() {
    // 2 beside −1 on both sides: 2 − 2 cos(k π / (n + 1)).
    let n = 5
    var matrix = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      matrix[i * n + i] = 2
      if i > 0 { (matrix[i * n + i - 1], matrix[(i - 1) * n + i]) = (-1, -1) }
    }
    let found = SymmetricEigen(matrix, size: n)
    // cos 30° = √3 / 2, cos 60° = 1 / 2.
    let root = 3.0.squareRoot()
    for (value, expected) in zip(found.values, [2 + root, 3, 2, 1, 2 - root]) {
      #expect(abs(value - expected) < 1e-14)
    }
  }

  @Test("Equal, zero and far apart values are no trouble")
  func degenerate() {
    #expect(SymmetricEigen([Double](repeating: 0, count: 16), size: 4).values == [0, 0, 0, 0])
    var identity = [Double](repeating: 0, count: 36)
    for i in 0..<6 { identity[i * 6 + i] = 3 }
    let found = SymmetricEigen(identity, size: 6)
    #expect(found.values == Array(repeating: 3, count: 6) && fault(identity, 6, found) == 0)
    // Of rank 1: x xᵀ.
    let x = [1e-6, 2, -3e6, 4]
    let matrix = x.flatMap { a in x.map { a * $0 } }
    let one = SymmetricEigen(matrix, size: 4)
    #expect(abs(one.values[0] / 9e12 - 1) < 1e-9)
    // Rounding leaves about 2⁻⁵² of the largest value.
    #expect(one.values.dropFirst().allSatisfy { abs($0) < 1e-14 * one.values[0] })
    #expect(abs(one.vectors[2] - 1) < 1e-9, "the entry furthest from 0 is above it")
  }
}
