/// The eigenvalues and eigenvectors of a symmetric matrix of real numbers.
///
/// Householder's reflections make it tridiagonal (Martin, Reinsch and Wilkinson 1968, Numerische
/// Mathematik 11:181–195); QL steps with implicit shifts then make it diagonal (Dubrulle, Martin and
/// Wilkinson 1968, Numerische Mathematik 12:377–383). Both are stable for any symmetric matrix. The
/// tests hold the result to the definition, A v = λ v.
public struct SymmetricEigen: Sendable {
  /// The eigenvalues, [n], the largest first.
  public let values: [Double]
  /// The eigenvectors, [n][n], a row each, in the order of ``values``: of length 1, at right angles to
  /// each other, the entry furthest from 0 (the first of several) above 0.
  public let vectors: [Double]

  /// Finds them.
  ///
  /// - Parameters:
  ///   - matrix: [n][n], row by row; finite, and symmetric: its upper triangle is what counts.
  /// - Complexity: O(n³) time, O(n²) memory.
  public init(_ matrix: [Double], size n: Int) {
    precondition(matrix.count == n * n && n > 0, "A matrix has n rows of n numbers.")
    precondition(matrix.allSatisfy(\.isFinite), "Eigenvectors are those of finite numbers.")
    var diagonal = [Double](repeating: 0, count: n)
    var beside = diagonal
    var rows = [Double](repeating: 0, count: n * n)
    diagonal.withUnsafeMutableBufferPointer { d in
      beside.withUnsafeMutableBufferPointer { e in
        rows.withUnsafeMutableBufferPointer { rows in
          var work = matrix
          for i in 0..<n { for j in 0..<i { work[i * n + j] = matrix[j * n + i] } }
          work.withUnsafeMutableBufferPointer {
            Self.tridiagonalize(
              $0.baseAddress!, n, d.baseAddress!, e.baseAddress!, rows.baseAddress!)
          }
          Self.diagonalize(n, d.baseAddress!, e.baseAddress!, rows.baseAddress!)
        }
      }
    }
    let order = (0..<n).sorted {
      diagonal[$0] != diagonal[$1] ? diagonal[$0] > diagonal[$1] : $0 < $1
    }
    values = order.map { diagonal[$0] }
    var sorted: [Double] = []
    sorted.reserveCapacity(n * n)
    for index in order {
      let row = rows[index * n..<(index + 1) * n]
      var furthest = row.startIndex
      for place in row.indices where abs(row[place]) > abs(row[furthest]) { furthest = place }
      let sign: Double = row[furthest] < 0 ? -1 : 1
      sorted += row.map { $0 * sign }
    }
    vectors = sorted
  }

  /// A = Q T Qᵀ with T tridiagonal. For k = 0, 1, …, the reflection H = I − β v vᵀ takes what stands
  /// right of the diagonal of row k to its first entry; the rest becomes H A H = A − v wᵀ − w vᵀ with
  /// p = β A v and w = p − (β / 2) (p · v) v.
  ///
  /// - Parameters:
  ///   - a: A, [n][n]; overwritten.
  ///   - d: the diagonal of T.
  ///   - e: what stands beside it: e[k] = T[k][k + 1].
  ///   - rows: Qᵀ, [n][n].
  private static func tridiagonalize(
    _ a: UnsafeMutablePointer<Double>, _ n: Int, _ d: UnsafeMutablePointer<Double>,
    _ e: UnsafeMutablePointer<Double>, _ rows: UnsafeMutablePointer<Double>
  ) {
    var betas = [Double](repeating: 0, count: n)
    var p = betas
    for k in 0..<max(n - 2, 0) {
      let m = n - k - 1
      let v = a + k * n + k + 1
      let tail = dot(v + 1, v + 1, m - 1)
      guard tail > 0 else {
        e[k] = v[0]
        continue
      }
      let length = (v[0] * v[0] + tail).squareRoot()
      let target = v[0] > 0 ? -length : length
      v[0] -= target
      let beta = 2 / (v[0] * v[0] + tail)
      e[k] = target
      betas[k] = beta
      let rest = a + (k + 1) * n + k + 1
      p.withUnsafeMutableBufferPointer { p in
        let p = p.baseAddress!
        for i in 0..<m { p[i] = beta * dot(rest + i * n, v, m) }
        let half = 0.5 * beta * dot(p, v, m)
        for i in 0..<m { p[i] -= half * v[i] }
        for i in 0..<m {
          let row = rest + i * n
          add(-v[i], p, to: row, m)
          add(-p[i], v, to: row, m)
        }
      }
    }
    for k in 0..<n { d[k] = a[k * n + k] }
    if n > 1 { e[n - 2] = a[(n - 2) * n + n - 1] }
    e[n - 1] = 0
    // Q = H₀ H₁ …; Qᵀ is made from the last reflection on: Qᵀ ← Qᵀ H, row by row.
    for i in 0..<n { rows[i * n + i] = 1 }
    for k in (0..<max(n - 2, 0)).reversed() where betas[k] != 0 {
      let m = n - k - 1
      let v = a + k * n + k + 1
      for i in k + 1..<n {
        let row = rows + i * n + k + 1
        add(-betas[k] * dot(row, v, m), v, to: row, m)
      }
    }
  }

  /// Turns pairs of rows until T is diagonal; its entries are then the eigenvalues.
  private static func diagonalize(
    _ n: Int, _ d: UnsafeMutablePointer<Double>, _ e: UnsafeMutablePointer<Double>,
    _ rows: UnsafeMutablePointer<Double>
  ) {
    for l in 0..<n {
      var steps = 0
      while true {
        // The block from l on ends where what stands beside the diagonal is nothing beside it.
        var m = l
        while m < n - 1, abs(e[m]) > .ulpOfOne * (abs(d[m]) + abs(d[m + 1])) { m += 1 }
        if m == l { break }
        steps += 1
        // Two or three are usual. Finite numbers that do not settle would be a fault of this code.
        precondition(steps < 500, "QL steps end.")
        var g = (d[l + 1] - d[l]) / (2 * e[l])
        var r = (g * g + 1).squareRoot()
        g = d[m] - d[l] + e[l] / (g + (g < 0 ? -r : r))
        var (s, c, p) = (1.0, 1.0, 0.0)
        var isWhole = true
        for i in (l..<m).reversed() {
          let (f, b) = (s * e[i], c * e[i])
          r = length(f, g)
          e[i + 1] = r
          if r == 0 {
            d[i + 1] -= p
            e[m] = 0
            isWhole = false
            break
          }
          (s, c) = (f / r, g / r)
          g = d[i + 1] - p
          r = (d[i] - g) * s + 2 * c * b
          p = s * r
          d[i + 1] = g + p
          g = c * r - b
          turn(rows + i * n, rows + (i + 1) * n, n, s, c)
        }
        guard isWhole else { continue }
        d[l] -= p
        e[l] = g
        e[m] = 0
      }
    }
  }

  /// √(a² + b²) without overflow.
  private static func length(_ a: Double, _ b: Double) -> Double {
    let (large, small) = abs(a) > abs(b) ? (abs(a), abs(b)) : (abs(b), abs(a))
    if large == 0 { return 0 }
    let ratio = small / large
    return large * (1 + ratio * ratio).squareRoot()
  }

  /// (x, y) ← (c x − s y, s x + c y).
  private static func turn(
    _ x: UnsafeMutablePointer<Double>, _ y: UnsafeMutablePointer<Double>, _ count: Int, _ s: Double,
    _ c: Double
  ) {
    var i = 0
    while i + 8 <= count {
      let (a, b) = (load(x + i), load(y + i))
      store(a * c - b * s, to: x + i)
      store(a * s + b * c, to: y + i)
      i += 8
    }
    while i < count {
      let (a, b) = (x[i], y[i])
      (x[i], y[i]) = (a * c - b * s, a * s + b * c)
      i += 1
    }
  }

  private static func dot(
    _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, _ count: Int
  ) -> Double {
    var sums = SIMD8<Double>(repeating: 0)
    var i = 0
    while i + 8 <= count {
      sums += load(x + i) * load(y + i)
      i += 8
    }
    var sum = sums.sum()
    while i < count {
      sum += x[i] * y[i]
      i += 1
    }
    return sum
  }

  /// y += factor · x.
  private static func add(
    _ factor: Double, _ x: UnsafePointer<Double>, to y: UnsafeMutablePointer<Double>, _ count: Int
  ) {
    var i = 0
    while i + 8 <= count {
      store(load(y + i) + load(x + i) * factor, to: y + i)
      i += 8
    }
    while i < count {
      y[i] += factor * x[i]
      i += 1
    }
  }

  @inline(__always)
  private static func load(_ pointer: UnsafePointer<Double>) -> SIMD8<Double> {
    UnsafeRawPointer(pointer).loadUnaligned(as: SIMD8<Double>.self)
  }

  @inline(__always)
  private static func store(_ value: SIMD8<Double>, to pointer: UnsafeMutablePointer<Double>) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: value, as: SIMD8<Double>.self)
  }
}
