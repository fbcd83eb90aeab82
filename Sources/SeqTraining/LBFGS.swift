internal import SeqMath

/// Limited-memory BFGS (Liu and Nocedal 1989, doi:10.1007/BF01589116), and with an L1 term its
/// orthant-wise variant OWL-QN (Andrew and Gao 2007, doi:10.1145/1273496.1273501).
///
/// Minimizes f(x) + c1·Σ|x|. The first guess of the inverse Hessian is diagonal: 1 / `curvature`,
/// scaled by sᵀy / yᵀD⁻¹y at each step; a feature that is seen ten thousand times and one seen once
/// then move at their own pace, which saves most of the iterations that a scalar guess needs. The
/// history is kept in `Float`, everything that decides in `Double`.
package struct LBFGS {
  /// How many steps are remembered.
  package var memory = 5
  /// The weight of the L1 term.
  package var c1 = 0.0
  package var threads: Int
  private var operations: VectorOperations { VectorOperations(threads: threads) }

  package init(threads: Int) { self.threads = threads }

  /// Where the optimization stands: everything needed to go on as if it had not stopped.
  package struct State {
    package var iteration = 0
    package var evaluations = 0
    package var x: [Double]
    package var value = Double.infinity
    package var gradient: [Double]
    /// Steps s and gradient changes y, the oldest first, with 1 / sᵀy.
    package var steps: [[Float]] = []
    package var changes: [[Float]] = []
    package var inverseProducts: [Double] = []

    package init(x: [Double]) {
      self.x = x
      gradient = [Double](repeating: 0, count: x.count)
    }
  }

  /// Why an iteration ended.
  package enum Outcome: Sendable {
    case improved
    /// The gradient vanishes or no step along the direction lowers the value.
    case converged
  }

  /// Evaluates the objective at the start, with the L1 term.
  package func begin(
    _ state: inout State,
    _ objective: (UnsafePointer<Double>, UnsafeMutablePointer<Double>) throws
      -> Double
  ) rethrows {
    state.value = try evaluate(state.x, &state.gradient, objective)
    state.evaluations += 1
  }

  /// Takes one step.
  ///
  /// - Parameter curvature: the diagonal of the first guess of the Hessian, or empty for ones.
  package func iterate(
    _ state: inout State, curvature: [Float],
    _ objective: (UnsafePointer<Double>, UnsafeMutablePointer<Double>) throws -> Double
  ) rethrows -> Outcome {
    let n = state.x.count
    let operations = operations
    let steepest = c1 > 0 ? pseudoGradient(state) : state.gradient
    var direction = direction(state, steepest, curvature)
    if c1 > 0 {
      // Keep only what descends in every coordinate.
      for i in 0..<n where direction[i] * steepest[i] >= 0 { direction[i] = 0 }
    }
    var slope = operations.dot(direction, steepest, count: n)
    if !(slope < 0) {
      // The history misleads: forget it and go down the preconditioned gradient.
      state.steps = []
      state.changes = []
      state.inverseProducts = []
      direction = self.direction(state, steepest, curvature)
      slope = operations.dot(direction, steepest, count: n)
      guard slope < 0 else { return .converged }
    }

    // Line search: the first step has length 1 over the norm unless a curvature gives the scale;
    // later ones try 1. Backtracking with the strong decrease condition, growing while the slope
    // is still steep (Wolfe).
    var length = 1.0
    if state.steps.isEmpty {
      let longest = direction.reduce(0) { max($0, abs($1)) }
      length = min(1, 1 / longest)
    }
    var lower = 0.0
    var upper = Double.infinity
    var x = [Double](repeating: 0, count: n)
    var gradient = x
    var value = Double.infinity
    var found = false
    for _ in 0..<30 {
      step(state.x, direction, length, steepest, into: &x)
      value = try evaluate(x, &gradient, objective)
      state.evaluations += 1
      var decrease = slope * length
      if c1 > 0 {
        decrease = 0
        for i in 0..<n { decrease += steepest[i] * (x[i] - state.x[i]) }
      }
      if !(value <= state.value + 1e-4 * decrease) {
        upper = length
      } else if c1 == 0, operations.dot(direction, gradient, count: n) < 0.9 * slope {
        lower = length
      } else {
        found = true
        break
      }
      length = upper < .infinity ? (lower + upper) / 2 : length * 2.1
    }
    guard found || value < state.value else { return .converged }

    // Remember the step, reusing the oldest memory.
    var s = state.steps.count == memory ? state.steps.removeFirst() : []
    var y = state.changes.count == memory ? state.changes.removeFirst() : []
    if state.inverseProducts.count == memory { state.inverseProducts.removeFirst() }
    if s.isEmpty { s = [Float](repeating: 0, count: n) }
    if y.isEmpty { y = [Float](repeating: 0, count: n) }
    let product = s.withUnsafeMutableBufferPointer { s in
      y.withUnsafeMutableBufferPointer { y in
        operations.sum(over: n) { range in
          var sum = 0.0
          for i in range {
            let ds = x[i] - state.x[i]
            let dy = gradient[i] - state.gradient[i]
            s[i] = Float(ds)
            y[i] = Float(dy)
            sum += ds * dy
          }
          return sum
        }
      }
    }
    if product > 0 {
      state.steps.append(s)
      state.changes.append(y)
      state.inverseProducts.append(1 / product)
    }
    state.x = x
    state.gradient = gradient
    state.value = value
    state.iteration += 1
    return .improved
  }

  private func evaluate(
    _ x: [Double], _ gradient: inout [Double],
    _ objective: (UnsafePointer<Double>, UnsafeMutablePointer<Double>) throws -> Double
  ) rethrows -> Double {
    var value = try gradient.withUnsafeMutableBufferPointer { gradient in
      try x.withUnsafeBufferPointer { try objective($0.baseAddress!, gradient.baseAddress!) }
    }
    if c1 > 0 {
      let c1 = c1
      value += operations.sum(over: x.count) { range in
        var sum = 0.0
        for i in range { sum += c1 * abs(x[i]) }
        return sum
      }
    }
    return value
  }

  /// −H·g by the two-loop recursion (Nocedal 1980).
  private func direction(
    _ state: State, _ gradient: [Double], _ curvature: [Float]
  ) -> [Double] {
    let n = gradient.count
    let operations = operations
    var q = gradient
    let k = state.steps.count
    var alphas = [Double](repeating: 0, count: k)
    q.withUnsafeMutableBufferPointer { q in
      let q = q.baseAddress!
      for index in Swift.stride(from: k - 1, through: 0, by: -1) {
        let alpha = state.inverseProducts[index] * operations.dot(q, state.steps[index], count: n)
        alphas[index] = alpha
        operations.add(-alpha, state.changes[index], to: q, count: n)
      }
      var scale = 1.0
      if let y = state.changes.last, let inverse = state.inverseProducts.last {
        let norm = operations.sum(over: n) { range in
          var sum = 0.0
          if curvature.isEmpty {
            for i in range { sum += Double(y[i]) * Double(y[i]) }
          } else {
            for i in range { sum += Double(y[i]) * Double(y[i]) / Double(curvature[i]) }
          }
          return sum
        }
        scale = 1 / (inverse * norm)
      }
      operations.forEach(n) { range in
        if curvature.isEmpty {
          for i in range { q[i] *= scale }
        } else {
          for i in range { q[i] *= scale / Double(curvature[i]) }
        }
      }
      for index in 0..<k {
        let beta = state.inverseProducts[index] * operations.dot(q, state.changes[index], count: n)
        operations.add(alphas[index] - beta, state.steps[index], to: q, count: n)
      }
      operations.forEach(n) { range in for i in range { q[i] = -q[i] } }
    }
    return q
  }

  /// The subgradient of smallest size.
  private func pseudoGradient(_ state: State) -> [Double] {
    var result = state.gradient
    for i in result.indices {
      let x = state.x[i]
      let g = state.gradient[i]
      if x > 0 || (x == 0 && g + c1 < 0) {
        result[i] = g + c1
      } else if x < 0 || (x == 0 && g - c1 > 0) {
        result[i] = g - c1
      } else {
        result[i] = 0
      }
    }
    return result
  }

  /// x + length·direction; with an L1 term, coordinates that would change their sign become 0.
  private func step(
    _ x: [Double], _ direction: [Double], _ length: Double, _ steepest: [Double],
    into result: inout [Double]
  ) {
    let c1 = c1
    result.withUnsafeMutableBufferPointer { result in
      operations.forEach(x.count) { range in
        for i in range {
          let moved = x[i] + length * direction[i]
          if c1 > 0 {
            let orthant = x[i] != 0 ? x[i] : -steepest[i]
            result[i] = moved * orthant > 0 ? moved : 0
          } else {
            result[i] = moved
          }
        }
      }
    }
  }
}
