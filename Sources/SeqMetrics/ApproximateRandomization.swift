public import SeqMath

/// The probability of a difference at least as large as that between two taggers, if in truth
/// they were equally good: approximate randomization over sequences (Yeh 2000,
/// doi:10.3115/992730.992783; Noreen 1989).
///
/// In each round every sequence's two tallies are swapped or not, by a coin; the result is the part
/// of rounds whose difference in accuracy is at least the observed one, with the observed one
/// counted among them.
///
/// - Parameters:
///   - a: one tally per sequence of the first tagger.
///   - b: the same of the second, over the same positions.
/// - Returns: the two-sided p-value, in (0, 1].
/// - Complexity: O(rounds · sequences).
public func approximateRandomization(
  _ a: [Tally], _ b: [Tally], rounds: Int = 10_000, generator: inout RandomGenerator
) -> Double {
  precondition(
    a.count == b.count && zip(a, b).allSatisfy { $0.count == $1.count },
    "Two taggers are compared over the same sequences.")
  precondition(rounds > 0, "Randomization needs at least one round.")
  // The positions are the same, so differences of counts decide. Equal sequences cannot change
  // the sum.
  let differences = zip(a, b).map { $0.correct - $1.correct }.filter { $0 != 0 }
  let observed = abs(differences.reduce(0, +))
  var asLarge = 0
  for _ in 0..<rounds {
    var sum = 0
    var coins: UInt64 = 0
    for (index, difference) in differences.enumerated() {
      if index % 64 == 0 { coins = generator.next() }
      sum += coins & 1 == 0 ? difference : -difference
      coins >>= 1
    }
    if abs(sum) >= observed { asLarge += 1 }
  }
  return Double(asLarge + 1) / Double(rounds + 1)
}
