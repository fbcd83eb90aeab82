internal import SeqFeatures

/// The tables `frequency`, `casing` and `memory` of a text, whole and without each of its folds.
struct WordCounting {
  /// For each position its word, whether it is written in lower case, its type (0 for none, else
  /// its number plus 1) and its fold.
  let words: [UInt32]
  let isLower: [Bool]
  let types: [UInt16]
  let folds: [UInt8]
  let wordCount: Int
  let typeNames: [String]
  let minimumCount: Int

  /// The largest count of each step of `frequency` but the last.
  private static let steps = [0, 1, 3, 7, 15, 63]
  private static let newWord = "new"

  /// How often a word occurs, in lower case, and as each type.
  private struct Count {
    var all = 0
    var lower = 0
    var types: [Int]

    static func - (a: Count, b: Count) -> Count {
      Count(
        all: a.all - b.all, lower: a.lower - b.lower,
        types: zip(a.types, b.types).map { $0 - $1 })
    }
  }

  /// The tables of the whole text, then those without each fold.
  ///
  /// - Parameter hashes: of the words, by number.
  func tables(hashes: [UInt64], folds K: Int) -> [[WordTable]] {
    let order = (0..<wordCount).sorted { hashes[$0] < hashes[$1] }
    var place = [Int](repeating: 0, count: wordCount)
    for (index, word) in order.enumerated() { place[word] = index }
    let empty = [UInt16](repeating: 0, count: wordCount)
    var frequency = [[UInt16]](repeating: empty, count: K + 1)
    var casing = frequency
    var memory = frequency

    let positions = positionsByWord()
    var at = 0
    for word in 0..<wordCount {
      let first = at
      while at < positions.count, words[positions[at]] == word { at += 1 }
      let occurrences = positions[first..<at]
      let total = count(occurrences)
      let index = place[word]
      for table in 0...K {
        frequency[table][index] = frequencyCode(total)
        casing[table][index] = casingCode(total)
        memory[table][index] = memoryCode(total)
      }
      // Positions come in the order of the text, so a fold's are neighbours.
      var start = occurrences.startIndex
      while start < occurrences.endIndex {
        let fold = folds[positions[start]]
        var end = start + 1
        while end < occurrences.endIndex, folds[positions[end]] == fold { end += 1 }
        let rest = total - count(positions[start..<end])
        let table = Int(fold) + 1
        frequency[table][index] = frequencyCode(rest)
        casing[table][index] = casingCode(rest)
        memory[table][index] = memoryCode(rest)
        start = end
      }
    }

    let sorted = order.map { hashes[$0] }
    return (0...K).map { table in
      func make(
        _ name: WordTable.Name, _ codes: [UInt16], _ values: [String]
      ) -> WordTable {
        // What the missing value would be needs no entry.
        let kept = codes.indices.filter { codes[$0] != 0 }
        return WordTable(
          name: name, words: kept.map { sorted[$0] }, codes: kept.map { codes[$0] },
          values: values, missing: values[0])
      }
      return [
        make(.frequency, frequency[table], (0...Self.steps.count).map { "\($0)" }),
        make(.casing, casing[table], [Self.newWord] + (0...4).map { "\($0)" }),
        make(.memory, memory[table], memoryValues),
      ]
    }
  }

  /// The positions in the order of their words, those of a word in the order of the text.
  private func positionsByWord() -> [Int] {
    var starts = [Int](repeating: 0, count: wordCount + 1)
    for word in words { starts[Int(word) + 1] += 1 }
    for word in 0..<wordCount { starts[word + 1] += starts[word] }
    var positions = [Int](repeating: 0, count: words.count)
    for (position, word) in words.enumerated() {
      positions[starts[Int(word)]] = position
      starts[Int(word)] += 1
    }
    return positions
  }

  private func count(_ positions: ArraySlice<Int>) -> Count {
    var result = Count(types: Array(repeating: 0, count: typeNames.count + 1))
    for position in positions {
      result.all += 1
      if isLower[position] { result.lower += 1 }
      result.types[Int(types[position])] += 1
    }
    return result
  }

  private func isKnown(_ count: Count) -> Bool { count.all >= minimumCount }

  private func frequencyCode(_ count: Count) -> UInt16 {
    guard isKnown(count) else { return 0 }
    return UInt16(Self.steps.firstIndex { count.all <= $0 } ?? Self.steps.count)
  }

  /// In how many quarters of its occurrences the word is in lower case, rounded down.
  private func casingCode(_ count: Count) -> UInt16 {
    isKnown(count) ? UInt16(1 + 4 * count.lower / count.all) : 0
  }

  /// The commonest type with its share in fifths, rounded down and at most 4, and whether the word
  /// occurs no more than twice.
  private func memoryCode(_ count: Count) -> UInt16 {
    guard isKnown(count) else { return 0 }
    let isRare = count.all <= 2 ? 1 : 0
    var best = 0
    for type in 1..<max(count.types.count, 1) where count.types[type] > 0 {
      if best == 0 || count.types[type] > count.types[best] { best = type }
    }
    guard best > 0 else { return UInt16(1 + isRare) }
    let share = min(4, 5 * count.types[best] / count.all)
    return UInt16(3 + (best - 1) * 10 + share * 2 + isRare)
  }

  private var memoryValues: [String] {
    var values = [Self.newWord, "O", "O rare"]
    for name in typeNames {
      for share in 0...4 { values += ["\(name) \(share)", "\(name) \(share) rare"] }
    }
    return values
  }
}
