/// A profile's log-odds in bits, laid out for search: the whole profile must match, anywhere in a
/// sequence (glocal).
///
/// Paths begin in the first column and end in the last; runs of deletes at both ends are folded into
/// the score of entering at a column and of leaving from one. Letters before and after are the
/// background's, as are those of inserts, which so have score 0. A stop or a gap breaks every path.
package struct ProfileScores: Sendable {
  /// The number of columns, M.
  let length: Int
  /// [code][M] score of a letter in each column; −∞ for what is no residue.
  let emissions: [Float]
  /// [M] score of beginning, and of ending, with this column's match.
  let entry: [Float]
  let exit: [Float]
  /// [M] steps into this column's match from the match, insert and delete of the column before.
  let matchFromMatch: [Float]
  let matchFromInsert: [Float]
  let matchFromDelete: [Float]
  /// [M] steps into this column's insert from its match and from itself.
  let insertFromMatch: [Float]
  let insertFromInsert: [Float]
  /// [M] steps into this column's delete from the match and the delete of the column before.
  let deleteFromMatch: [Float]
  let deleteFromDelete: [Float]

  package init(_ model: ProfileModel) {
    let M = model.length
    let alphabet = model.alphabet
    let background = alphabet.background
    func bits(_ probability: Double) -> Float {
      probability > 0 ? Float(logarithm2(probability)) : -.infinity
    }
    length = M
    var emissions = [Float](repeating: -.infinity, count: ProfileAlphabet.codeCount * M)
    for code in 0..<ProfileAlphabet.codeCount {
      let residues = alphabet.residues(ofCode: code)
      guard !residues.isEmpty else { continue }
      let expected = residues.reduce(0) { $0 + background[$1] }
      for column in 0..<M {
        let probability = residues.reduce(0) { $0 + model.matches[column][$1] }
        emissions[code * M + column] = bits(probability / expected)
      }
    }
    self.emissions = emissions
    let steps = model.transitions
    // B → D₁ → … → Dₖ₋₁ → Mₖ, in probabilities' logarithms.
    var entry: [Float] = [bits(steps[0].matchToMatch)]
    var deletes = bits(steps[0].matchToDelete)
    for column in 1..<max(M, 1) where column < M {
      entry.append(deletes + bits(steps[column].deleteToMatch))
      deletes += bits(steps[column].deleteToDelete)
    }
    self.entry = entry
    // Mₖ → Dₖ₊₁ → … → D_M → E. The last match always leaves.
    var exit = [Float](repeating: 0, count: M)
    deletes = 0
    for column in stride(from: M - 2, through: 0, by: -1) {
      exit[column] = bits(steps[column + 1].matchToDelete) + deletes
      deletes += bits(steps[column + 1].deleteToDelete)
    }
    self.exit = exit
    // `steps[k]` leads out of column k, counted from 1: into column index k from index k − 1.
    matchFromMatch = (0..<M).map { $0 == 0 ? -.infinity : bits(steps[$0].matchToMatch) }
    matchFromInsert = (0..<M).map { $0 == 0 ? -.infinity : bits(steps[$0].insertToMatch) }
    matchFromDelete = (0..<M).map { $0 == 0 ? -.infinity : bits(steps[$0].deleteToMatch) }
    insertFromMatch = (0..<M).map { $0 == M - 1 ? -.infinity : bits(steps[$0 + 1].matchToInsert) }
    insertFromInsert = (0..<M).map { $0 == M - 1 ? -.infinity : bits(steps[$0 + 1].insertToInsert) }
    deleteFromMatch = (0..<M).map { $0 == 0 ? -.infinity : bits(steps[$0].matchToDelete) }
    deleteFromDelete = (0..<M).map { $0 == 0 ? -.infinity : bits(steps[$0].deleteToDelete) }
  }
}

/// The best path of a profile that ends at a place.
package struct ProfileCandidate: Hashable {
  package var start: Int
  package var end: Int
  package var score: Float
}

extension ProfileScores {
  /// For each end whose best path reaches `threshold`, that path's place and score, by rising end.
  ///
  /// - Complexity: O(T·M) time, O(M) memory.
  package func candidates(_ codes: UnsafeBufferPointer<UInt8>, threshold: Float)
    -> [ProfileCandidate]
  {
    let M = length
    var result: [ProfileCandidate] = []
    // Of the letter before: scores, and where the paths began. [3][M] match, insert, delete.
    var scores = [Float](repeating: -.infinity, count: 3 * M)
    var starts = [Int32](repeating: 0, count: 3 * M)
    scores.withUnsafeMutableBufferPointer { scores in
      starts.withUnsafeMutableBufferPointer { starts in
        withTables { tables in
          for position in 0..<codes.count {
            let best = step(
              Int(codes[position]), position, scores.baseAddress!, starts.baseAddress!, tables)
            if best.score >= threshold {
              result.append(
                ProfileCandidate(start: Int(best.start), end: position + 1, score: best.score))
            }
          }
        }
      }
    }
    return result
  }

  private struct Tables {
    var emissions, entry, exit: UnsafePointer<Float>
    var mm, im, dm, mi, ii, md, dd: UnsafePointer<Float>
  }

  private func withTables(_ body: (Tables) -> Void) {
    // The arrays are constants of this value, which lives until the call ends.
    func table(_ values: [Float], _ next: (UnsafePointer<Float>) -> Void) {
      values.withUnsafeBufferPointer { next($0.baseAddress!) }
    }
    table(emissions) { emissions in
      table(entry) { entry in
        table(exit) { exit in
          table(matchFromMatch) { mm in
            table(matchFromInsert) { im in
              table(matchFromDelete) { dm in
                table(insertFromMatch) { mi in
                  table(insertFromInsert) { ii in
                    table(deleteFromMatch) { md in
                      table(deleteFromDelete) { dd in
                        body(
                          Tables(
                            emissions: emissions, entry: entry, exit: exit, mm: mm, im: im, dm: dm,
                            mi: mi, ii: ii, md: md, dd: dd))
                      }
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
  }

  /// One letter further, in place, from the first column to the last.
  ///
  /// `M'ₖ = e(x) + max(entryₖ, Mₖ₋₁ + mm, Iₖ₋₁ + im, Dₖ₋₁ + dm)`, `I'ₖ = max(Mₖ + mi, Iₖ + ii)`,
  /// `D'ₖ = max(M'ₖ₋₁ + md, D'ₖ₋₁ + dd)`; on a tie the path that began earlier.
  @inline(__always)
  private func step(
    _ code: Int, _ position: Int, _ scores: UnsafeMutablePointer<Float>,
    _ starts: UnsafeMutablePointer<Int32>, _ tables: Tables
  ) -> (score: Float, start: Int32) {
    let M = length
    let emissions = tables.emissions + code * M
    let (match, insert, delete) = (scores, scores + M, scores + 2 * M)
    let (matchStart, insertStart, deleteStart) = (starts, starts + M, starts + 2 * M)
    let canGoOn: Float = code == Int(ProfileAlphabet.noCode) ? -.infinity : 0
    // The column before, of the letter before and of this one.
    var (m, i, d): (Float, Float, Float) = (-.infinity, -.infinity, -.infinity)
    var (mStart, iStart, dStart): (Int32, Int32, Int32) = (0, 0, 0)
    var (newMatch, newDelete): (Float, Float) = (-.infinity, -.infinity)
    var (newMatchStart, newDeleteStart): (Int32, Int32) = (0, 0)
    var best: (score: Float, start: Int32) = (-.infinity, 0)
    let here = Int32(truncatingIfNeeded: position)
    for k in 0..<M {
      var score = tables.entry[k]
      var start = here
      let fromMatch = m + tables.mm[k]
      if fromMatch >= score { (score, start) = (fromMatch, mStart) }
      let fromInsert = i + tables.im[k]
      if fromInsert > score { (score, start) = (fromInsert, iStart) }
      let fromDelete = d + tables.dm[k]
      if fromDelete > score { (score, start) = (fromDelete, dStart) }
      let intoDelete = newMatch + tables.md[k]
      let alongDelete = newDelete + tables.dd[k]
      if intoDelete >= alongDelete {
        (newDelete, newDeleteStart) = (intoDelete, newMatchStart)
      } else {
        (newDelete, newDeleteStart) = (alongDelete, newDeleteStart)
      }
      newMatch = score + emissions[k]
      newMatchStart = start
      (m, mStart) = (match[k], matchStart[k])
      (i, iStart) = (insert[k], insertStart[k])
      (d, dStart) = (delete[k], deleteStart[k])
      match[k] = newMatch
      matchStart[k] = newMatchStart
      delete[k] = newDelete
      deleteStart[k] = newDeleteStart
      let intoInsert = m + tables.mi[k]
      let alongInsert = i + tables.ii[k]
      if intoInsert >= alongInsert {
        (insert[k], insertStart[k]) = (intoInsert + canGoOn, mStart)
      } else {
        (insert[k], insertStart[k]) = (alongInsert + canGoOn, iStart)
      }
      let end = newMatch + tables.exit[k]
      if end > best.score { best = (end, newMatchStart) }
    }
    return best
  }

  /// The log-odds of all paths over exactly these letters, in bits.
  ///
  /// - Complexity: O(T·M) time, O(M) memory.
  package func forward(_ codes: UnsafeBufferPointer<UInt8>) -> Double {
    let M = length
    // In probabilities, scaled at each letter; the exponents are summed.
    func odds(_ bits: Float) -> Double { power2(Double(bits)) }
    let (mm, im, dm) = (
      matchFromMatch.map(odds), matchFromInsert.map(odds), matchFromDelete.map(odds)
    )
    let (mi, ii) = (insertFromMatch.map(odds), insertFromInsert.map(odds))
    let (md, dd) = (deleteFromMatch.map(odds), deleteFromDelete.map(odds))
    var match = [Double](repeating: 0, count: M)
    var insert = match
    var delete = match
    var scale = 0.0
    for (position, code) in codes.enumerated() {
      let canGoOn = code == ProfileAlphabet.noCode ? 0.0 : 1.0
      var (m, i, d) = (0.0, 0.0, 0.0)
      var (newMatch, newDelete) = (0.0, 0.0)
      var largest = 0.0
      for k in 0..<M {
        let begin = position == 0 ? odds(entry[k]) : 0
        let score = begin + m * mm[k] + i * im[k] + d * dm[k]
        newDelete = newMatch * md[k] + newDelete * dd[k]
        newMatch = score * odds(emissions[Int(code) * M + k])
        (m, i, d) = (match[k], insert[k], delete[k])
        match[k] = newMatch
        delete[k] = newDelete
        insert[k] = (m * mi[k] + i * ii[k]) * canGoOn
        largest = max(largest, match[k], insert[k], delete[k])
      }
      guard largest > 0 else { return -.infinity }
      for k in 0..<M {
        match[k] /= largest
        insert[k] /= largest
        delete[k] /= largest
      }
      scale += logarithm2(largest)
    }
    let sum = (0..<M).reduce(0.0) { $0 + match[$1] * odds(exit[$1]) }
    return sum > 0 ? logarithm2(sum) + scale : -.infinity
  }
}
