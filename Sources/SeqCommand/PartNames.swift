internal import ArgumentParser

/// What the files of a split are called: `a/b.train.conllu.gz` for the part train of `a/b.conllu.gz`.
struct PartNames {
  /// What names begin and end with.
  let prefix: String
  let ending: String

  /// Splits the name of an input.
  ///
  /// - Parameters:
  ///   - prefix: replaces the beginning; the input's own by default, `corpus` for standard input.
  ///   - usual: the ending of an input that has none.
  init(of file: String, prefix: String?, usual: String) {
    if file == "-" {
      self.prefix = prefix ?? "corpus"
      ending = usual
      return
    }
    var stem = file
    var ending = ""
    for _ in 0..<2 {
      guard let point = stem.lastIndex(of: "."), !stem[point...].contains("/"),
        point > stem.startIndex
      else { break }
      let part = String(stem[point...])
      if ending.isEmpty || ending == ".gz" {
        ending = part + ending
        stem = String(stem[..<point])
      }
      if part != ".gz" { break }
    }
    self.prefix = prefix ?? stem
    self.ending = ending.isEmpty ? usual : ending
  }

  /// The name of one part.
  func name(of part: String) -> String { "\(prefix).\(part)\(ending)" }
}

/// Fractions for train, dev and test.
func partFractions(_ text: String) throws -> [Double] {
  let numbers = text.split(separator: ",").map { Double($0) ?? -1 }
  guard numbers.count == 3, numbers.allSatisfy({ $0 >= 0 && $0.isFinite }),
    numbers.contains(where: { $0 > 0 })
  else {
    throw ValidationError("--fractions is \(text), and must be like 0.8,0.1,0.1.")
  }
  return numbers
}
