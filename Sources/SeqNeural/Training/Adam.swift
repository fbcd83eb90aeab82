package import SeqMath
internal import Glibc

/// Adam (Kingma and Ba 2015, arXiv:1412.6980) with decoupled weight decay (Loshchilov and Hutter
/// 2019, arXiv:1711.05101) and a limit on the gradient's length.
package struct Adam {
  /// The step size.
  package var rate: Float
  /// How much of the averages is kept in a step.
  package var decay: (first: Float, second: Float) = (0.9, 0.999)
  /// Added to the root of the second average.
  package var epsilon: Float = 1e-8
  /// The share of each value that is taken away in a step, times the rate.
  package var weightDecay: Float = 0
  /// The greatest length of the gradient; longer ones are shortened. `nil` for none.
  package var longest: Float?
  /// The number of steps taken.
  package var steps = 0
  /// The averages of the gradient and of its square.
  package let first: AlignedBuffer
  package let second: AlignedBuffer

  /// Makes an optimizer of so many numbers.
  package init(count: Int, rate: Float) {
    self.rate = rate
    first = AlignedBuffer(count: count)
    second = AlignedBuffer(count: count)
  }

  /// Moves the values against their gradient.
  package mutating func step(_ parameters: Parameters) {
    precondition(first.count == parameters.count, "An optimizer is made for its parameters.")
    steps += 1
    let values = parameters.values.base
    let gradient = parameters.gradient.base
    var scale: Float = 1
    if let longest {
      var sum = 0.0
      for index in 0..<parameters.count { sum += Double(gradient[index]) * Double(gradient[index]) }
      let length = Float(sum.squareRoot())
      if length > longest { scale = longest / length }
    }
    let (b1, b2) = (decay.first, decay.second)
    let correction1 = 1 - powf(b1, Float(steps))
    let correction2 = 1 - powf(b2, Float(steps))
    let (first, second) = (first.base, second.base)
    for index in 0..<parameters.count {
      let g = gradient[index] * scale
      let m = b1 * first[index] + (1 - b1) * g
      let v = b2 * second[index] + (1 - b2) * g * g
      first[index] = m
      second[index] = v
      let step = m / correction1 / ((v / correction2).squareRoot() + epsilon)
      values[index] -= rate * (step + weightDecay * values[index])
    }
  }
}
