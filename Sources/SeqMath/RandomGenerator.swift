/// A seeded generator of random numbers: equal seeds give equal numbers on every machine.
///
/// SplitMix64 (Steele, Lea and Flood 2014, doi:10.1145/2714064.2660195).
public struct RandomGenerator: RandomNumberGenerator, Hashable, Sendable {
  /// The generator's whole state, to be stored in checkpoints.
  public private(set) var state: UInt64

  /// Makes a generator that continues from `state`; a seed is a first state.
  public init(seed state: UInt64) { self.state = state }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z &>> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z &>> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z &>> 31)
  }

  /// A number below `bound`, by multiplication of the upper bits (bias below 2⁻³² for small bounds).
  public mutating func next(below bound: Int) -> Int {
    precondition(bound > 0, "The bound of a random number must be positive.")
    return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// A number in [0, 1), with 53 random bits.
  public mutating func nextUnit() -> Double { Double(next() &>> 11) * 0x1p-53 }

  /// Shuffles `items` in place (Fisher–Yates), the same on every machine for the same state.
  public mutating func shuffle<Item>(_ items: inout [Item]) {
    for i in stride(from: items.count - 1, to: 0, by: -1) {
      items.swapAt(i, next(below: i + 1))
    }
  }
}
