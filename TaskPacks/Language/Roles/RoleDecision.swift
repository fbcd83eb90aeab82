internal import SeqMath

/// Chooses on a development set how readily spans get a role: what is added to the score of every
/// span under each role so that F1 is best.
///
/// A learner of whole sets of arguments is as careful as its updates made it; where it finds two
/// arguments in three, one with an even chance is worth the guess. First one number is chosen for all
/// roles, then one for each role that the set has often, in steps that have to pay by more than a
/// span or two.
struct RoleDecision {
  /// A predicate: the scores of its spans, and its gold arguments.
  struct Frame: Sendable {
    var scores: ArgumentScores
    var gold: Set<ArgumentSpan>
  }

  private let frames: [Frame]
  private let roleCount: Int
  private let once: [Int]
  private let threads: Int
  private let goldCount: Int
  /// The unit of offsets: the mean size of what the gold spans score.
  private let unit: Float

  /// Roles with fewer gold arguments keep the number for all.
  private static let minimumRole = 40
  /// By how many right arguments, or as much in F1, an offset of one role has to pay.
  private static let minimumGain = 2.0

  init(_ frames: [Frame], roleCount: Int, once: [Int], threads: Int) {
    self.frames = frames
    self.roleCount = roleCount
    self.once = once
    self.threads = threads
    goldCount = frames.reduce(0) { $0 + $1.gold.count }
    var sum = 0.0
    for frame in frames {
      for span in frame.gold where span.role > 0 {
        sum += abs(frame.scores.score(span.start, span.end, span.role))
      }
    }
    unit = Float(sum / Double(max(goldCount, 1)))
  }

  /// The offsets, [R], with F1 without and with them.
  func choose() -> (offsets: [Float], before: Double, after: Double) {
    var offsets = [Float](repeating: 0, count: roleCount)
    let before = f1(offsets)
    var best = before
    for step in (-4...12) where step != 0 {
      let all = [0] + Array(repeating: Float(step) * 0.05 * unit, count: roleCount - 1)
      let score = f1(all)
      if score > best { (best, offsets) = (score, all) }
    }
    let gain = Self.minimumGain / Double(max(goldCount, 1))
    var counts = [Int](repeating: 0, count: roleCount)
    for frame in frames { for span in frame.gold where span.role > 0 { counts[span.role] += 1 } }
    for role in (1..<roleCount).sorted(by: { (counts[$1], $0) < (counts[$0], $1) })
    where counts[role] >= Self.minimumRole {
      let own = offsets[role]
      var chosen = own
      for step in [-4, -2, -1, 1, 2, 4] as [Float] {
        var other = offsets
        other[role] = own + step * 0.05 * unit
        let score = f1(other)
        if score > best + (chosen == own ? gain : 0) { (best, chosen) = (score, other[role]) }
      }
      offsets[role] = chosen
    }
    return (offsets, before, best)
  }

  /// F1 of the arguments with their roles.
  private func f1(_ offsets: [Float]) -> Double {
    let pieces = min(64, max(frames.count, 1))
    var found = [Int](repeating: 0, count: pieces)
    var right = found
    found.withUnsafeMutableBufferPointer { found in
      right.withUnsafeMutableBufferPointer { right in
        let (found, right) = (found.baseAddress!, right.baseAddress!)
        inParallel(pieces: pieces, threads: threads) { piece in
          for index in frames.count * piece / pieces..<frames.count * (piece + 1) / pieces {
            let spans = frames[index].scores.best(once: once, offsets: offsets).spans
            found[piece] += spans.count
            right[piece] += spans.count { frames[index].gold.contains($0) }
          }
        }
      }
    }
    let total = found.reduce(0, +) + goldCount
    return total == 0 ? 0 : 2 * Double(right.reduce(0, +)) / Double(total)
  }
}
