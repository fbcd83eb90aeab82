import SeqCore
import SeqFormats
import SeqMotifs
import Testing

/// Scanners against the plainest search: every pair of a start and an end is tried by recursion.
@Suite struct EnumerationTests {
  /// An element of a random pattern: its letters, or `nil` for any.
  struct Element {
    var letters: [UInt8]?
    var minimum: Int
    var maximum: Int
    var isNegated = false

    func fits(_ byte: UInt8) -> Bool {
      letters.map { $0.contains(byte) != isNegated } ?? true
    }

    var text: String {
      let list = letters.map { String(decoding: $0, as: UTF8.self) }
      let set = list.map { isNegated ? "{\($0)}" : $0.count == 1 ? $0 : "[\($0)]" } ?? "x"
      if minimum == 1 && maximum == 1 { return set }
      return minimum == maximum ? "\(set)(\(minimum))" : "\(set)(\(minimum),\(maximum))"
    }
  }

  struct Random {
    var state: UInt64
    mutating func below(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
  }

  private func matches(_ elements: ArraySlice<Element>, _ text: ArraySlice<UInt8>) -> Bool {
    guard let element = elements.first else { return text.isEmpty }
    var rest = text
    for count in 0...element.maximum {
      if count >= element.minimum, matches(elements.dropFirst(), rest) { return true }
      guard let byte = rest.first, element.fits(byte) else { return false }
      rest = rest.dropFirst()
    }
    return false
  }

  private func randomPattern(_ random: inout Random, _ alphabet: [UInt8]) -> [Element] {
    (0..<(1 + random.below(5))).map { index in
      let kind = random.below(4)
      var letters = (0..<(1 + random.below(2))).map { _ in alphabet[random.below(alphabet.count)] }
      letters = Array(Set(letters)).sorted()
      let minimum = index == 0 ? 1 + random.below(2) : random.below(3)
      return Element(
        letters: kind == 0 ? nil : letters, minimum: minimum,
        maximum: max(1, minimum + random.below(3)), isNegated: kind == 1)
    }
  }

  @Test(arguments: 0..<60)
  func scannersFindWhatEnumerationFinds(seed: Int) throws {
    var random = Random(state: UInt64(seed) &* 77 &+ 5)
    let alphabet = Array("ACDK".utf8)
    let elements = randomPattern(&random, alphabet)
    let isAnchoredAtStart = random.below(6) == 0
    let isAnchoredAtEnd = random.below(6) == 0
    let pattern =
      (isAnchoredAtStart ? "<" : "") + elements.map(\.text).joined(separator: "-")
      + (isAnchoredAtEnd ? ">" : "")
    let text = (0..<60).map { _ in alphabet[random.below(alphabet.count)] }
    var pairs: [(Int, Int)] = []
    for start in 0..<text.count where !isAnchoredAtStart || start == 0 {
      for end in (start + 1)...text.count where !isAnchoredAtEnd || end == text.count {
        if matches(elements[...], text[start..<end]) { pairs.append((start, end)) }
      }
    }
    var longest: [(Int, Int)] = []
    for pair in pairs {
      if longest.last?.0 == pair.0 { longest.removeLast() }
      longest.append(pair)
    }
    var kept: [(Int, Int)] = []
    for pair in longest where pair.1 > kept.last?.1 ?? 0 { kept.append(pair) }
    let expected: [MatchMeaning: [(Int, Int)]] = [.all: pairs, .longest: longest, .prosite: kept]

    let motif = try MotifPattern(
      "prosite:" + pattern, kind: .protein, label: MotifLabel(name: "m"))
    let fasta = Array(">s\n".utf8) + text
    for (meaning, expected) in expected {
      var options = ScanOptions()
      options.meaning = meaning
      let scanner = try PatternScanner([motif], kind: .protein, options: options)
      for window in [nil, 1, 7] as [Int?] {
        let found = try hits(
          in: ByteSource(bytes: fasta, name: "s"), scanner, names: ["m"], kind: .protein,
          window: window)
        #expect(
          found.map { [$0.start, $0.end] } == expected.map { [$0.0, $0.1] },
          "seed \(seed), \(pattern), \(meaning), window \(window ?? 0)")
      }
    }
  }

  @Test(arguments: 0..<40)
  func theMinusStrandIsThePlusStrandOfTheReverseComplement(seed: Int) throws {
    var random = Random(state: UInt64(seed) &* 991 &+ 3)
    let alphabet = Array("ACGT".utf8)
    let pattern = randomPattern(&random, alphabet).map(\.text).joined(separator: "-")
    let text = (0..<80).map { _ in alphabet[random.below(4)] }
    let complement: [UInt8: UInt8] = [65: 84, 67: 71, 71: 67, 84: 65]
    let other = text.reversed().map { complement[$0]! }
    let motif = try MotifPattern(
      "prosite:" + pattern, kind: .dna, label: MotifLabel(name: "m"))
    for meaning in MatchMeaning.allCases {
      func search(_ text: [UInt8], _ strand: Strand, _ window: Int?) throws -> Set<[Int]> {
        var options = ScanOptions()
        options.meaning = meaning
        options.strands = [strand]
        let scanner = try PatternScanner([motif], kind: .dna, options: options)
        let found = try hits(
          in: ByteSource(bytes: Array(">s\n".utf8) + text, name: "s"), scanner, names: ["m"],
          kind: .dna, window: window)
        return Set(found.map { [$0.start, $0.end] })
      }
      let expected = Set(
        try search(other, .plus, nil).map { [text.count - $0[1], text.count - $0[0]] })
      #expect(try search(text, .minus, nil) == expected, "seed \(seed), \(pattern), \(meaning)")
      #expect(try search(text, .minus, 9) == expected, "seed \(seed), \(pattern), \(meaning)")
    }
  }

  @Test(arguments: 0..<30)
  func mismatchesAreCountedLetterByLetter(seed: Int) throws {
    var random = Random(state: UInt64(seed) &* 13 &+ 1)
    let alphabet = Array("ACGT".utf8)
    let word = (0..<(5 + random.below(4))).map { _ in alphabet[random.below(4)] }
    let allowed = 1 + random.below(4)
    let text = (0..<200).map { _ in alphabet[random.below(4)] }
    var expected: [[Int]] = []
    for start in 0...(text.count - word.count) {
      let differing = zip(word, text[start...]).count { $0 != $1 }
      if differing <= allowed { expected.append([start, differing]) }
    }
    let motif = try MotifPattern(
      String(decoding: word, as: UTF8.self), kind: .dna, label: MotifLabel(name: "m"))
    var options = ScanOptions()
    options.mismatches = allowed
    options.strands = [.plus]
    let scanner = try PatternScanner([motif], kind: .dna, options: options)
    var found: [MotifHit] = []
    let window = ResidueWindow(
      header: 0, text: 0..<text.count, position: 0, core: 0..<text.count, isFirst: true,
      isLast: true)
    text.withUnsafeBufferPointer { scanner.scan($0, window, into: &found) }
    #expect(found.map { [$0.start, $0.mismatches] } == expected, "seed \(seed)")
  }
}
