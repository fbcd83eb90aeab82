/// The known name most like `name`, for "did you mean" in error messages.
///
/// Likeness is the edit distance with swaps of neighbours (optimal string alignment); a name
/// further away than a third of its length, and than one edit, is not worth suggesting.
///
/// - Complexity: O(known names × length²).
public func nearestName(to name: String, among known: some Sequence<String>) -> String? {
  var best: (name: String, distance: Int)?
  for candidate in known {
    let distance = editDistance(Array(name.lowercased()), Array(candidate.lowercased()))
    if distance < best?.distance ?? Int.max { best = (candidate, distance) }
  }
  guard let best, best.distance <= max(1, max(name.count, best.name.count) / 3) else { return nil }
  return best.name
}

private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
  var previous2: [Int] = []
  var previous = Array(0...b.count)
  for i in 0..<a.count {
    var current = [i + 1]
    for j in 0..<b.count {
      var best = min(previous[j + 1] + 1, current[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, previous2[j - 1] + 1) }
      current.append(best)
    }
    previous2 = previous
    previous = current
  }
  return previous[b.count]
}
