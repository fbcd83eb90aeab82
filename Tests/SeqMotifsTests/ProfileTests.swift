import Foundation
import SeqCore
import SeqFormats
import SeqKit
import SeqMath
import SeqMotifs
import SeqTestSupport
import Testing

/// Profiles against the enumeration of every path.
@Suite struct ProfileEnumerationTests {
  /// A random model of nucleotides.
  ///
  /// - Parameter isTight: whether gaps are rare, as in profiles of families.
  static func model(columns: Int, seed: UInt64, isTight: Bool = false) -> ProfileModel {
    var generator = RandomGenerator(seed: seed)
    func distribution(_ count: Int) -> [Double] {
      let values = (0..<count).map { _ in generator.nextUnit() + 0.05 }
      let sum = values.reduce(0, +)
      return values.map { $0 / sum }
    }
    let matches = (0..<columns).map { _ in distribution(4) }
    let steps = (0...columns).map { node -> ProfileModel.Transitions in
      var match = distribution(3)
      if isTight { match = [0.94, 0.03, 0.03] }
      if node == columns { match = [match[0] + match[2], match[1], 0] }
      return .init(match + distribution(2) + distribution(2))
    }
    return ProfileModel(
      label: MotifLabel(name: "random"), kind: .dna, matches: matches,
      inserts: Array(repeating: [0.25, 0.25, 0.25, 0.25], count: columns + 1), transitions: steps)
  }

  private enum State { case begin, match, insert, delete }

  /// The odds of every path of the whole profile over exactly these letters.
  private func odds(_ model: ProfileModel, _ letters: [Int]) -> [Double] {
    var result: [Double] = []
    func visit(_ state: State, _ node: Int, _ position: Int, _ odds: Double) {
      if odds == 0 { return }
      let steps = model.transitions[node]
      func match(_ probability: Double) {
        guard position < letters.count else { return }
        visit(
          .match, node + 1, position + 1,
          odds * probability * model.matches[node][letters[position]] / 0.25)
      }
      func delete(_ probability: Double) {
        visit(.delete, node + 1, position, odds * probability)
      }
      if node == model.length {
        if position == letters.count { result.append(odds) }
        return
      }
      switch state {
      case .begin:
        match(steps.matchToMatch)
        delete(steps.matchToDelete)
      case .match:
        match(steps.matchToMatch)
        delete(steps.matchToDelete)
        if position < letters.count {
          visit(.insert, node, position + 1, odds * steps.matchToInsert)
        }
      case .insert:
        match(steps.insertToMatch)
        if position < letters.count {
          visit(.insert, node, position + 1, odds * steps.insertToInsert)
        }
      case .delete:
        match(steps.deleteToMatch)
        delete(steps.deleteToDelete)
      }
    }
    visit(.begin, 0, 0, 1)
    return result
  }

  @Test(arguments: 0..<30)
  func bestPathsAndSumsAreThoseOfEnumeration(seed: Int) {
    var generator = RandomGenerator(seed: UInt64(seed))
    let model = Self.model(columns: 1 + seed % 4, seed: UInt64(seed) + 100)
    let scores = ProfileScores(model)
    let letters = (0..<6).map { _ in generator.next(below: 4) }
    let codes = letters.map { UInt8($0) }
    let candidates = codes.withUnsafeBufferPointer {
      scores.candidates($0, threshold: -.greatestFiniteMagnitude)
    }
    for end in 1...letters.count {
      var best = (score: -Double.infinity, start: 0)
      for start in 0..<end {
        let paths = odds(model, Array(letters[start..<end]))
        let score = log2(paths.max() ?? 0)
        if score > best.score + 1e-6 { best = (score, start) }
        let sum = paths.reduce(0, +)
        let forward = codes.withUnsafeBufferPointer {
          scores.forward(UnsafeBufferPointer(rebasing: $0[start..<end]))
        }
        #expect(
          sum == 0 ? forward == -.infinity : abs(forward - log2(sum)) < 1e-5,
          "seed \(seed) \(start)..<\(end)")
      }
      // A path of deletes alone has no letter and is not one.
      let found = candidates.first { $0.end == end }
      #expect(
        abs(Double(found?.score ?? .infinity) - best.score) < 1e-4, "seed \(seed), end \(end)")
      #expect(found?.start == best.start, "seed \(seed), end \(end)")
    }
  }

  @Test func aGapBreaksEveryPath() {
    let model = Self.model(columns: 3, seed: 7)
    let scores = ProfileScores(model)
    let codes: [UInt8] = [0, 1, ProfileAlphabet.noCode, 2, 3]
    let candidates = codes.withUnsafeBufferPointer {
      scores.candidates($0, threshold: -.greatestFiniteMagnitude)
    }
    #expect(!candidates.contains { $0.start <= 2 && $0.end > 2 })
    #expect(candidates.contains { $0.start == 3 })
  }

  /// Windows of any size give the hits of the whole.
  @Test func windowsDoNotChangeHits() throws {
    var generator = RandomGenerator(seed: 3)
    let model = Self.model(columns: 8, seed: 5, isTight: true)
    let letters = (0..<4000).map { _ in Array("ACGT".utf8)[generator.next(below: 4)] }
    let scanner = ProfileScanner([(model, 2)], searchSpace: 1)
    func hits(_ window: Int?) throws -> [NamedHit] {
      try SeqMotifsTests.hits(
        in: ByteSource(bytes: Array(">a\n".utf8) + letters, name: "x"), scanner, names: ["p"],
        kind: .dna, window: window)
    }
    let whole = try hits(nil)
    #expect(whole.count > 20)
    #expect(try hits(10) == whole)
    #expect(try hits(700) == whole)
  }

  @Test func theMinusStrandIsTheReverseComplement() throws {
    let model = Self.model(columns: 6, seed: 11, isTight: true)
    let letters = Array("ACGTTGCARYNACGGGATTACAGATCCATGCATTTACGAGC".utf8)
    let other = letters.reversed().map { letter -> UInt8 in
      ["A": "T", "C": "G", "G": "C", "T": "A", "R": "Y", "Y": "R", "N": "N"][
        String(UnicodeScalar(letter))]!.utf8.first!
    }
    func hits(_ letters: [UInt8], _ strand: Strand) throws -> [(Int, Int, Double)] {
      let scanner = ProfileScanner([(model, -6)], strands: [strand], searchSpace: 1)
      var found: [MotifHit] = []
      letters.withUnsafeBufferPointer {
        scanner.scan(
          $0,
          ResidueWindow(
            header: 0, text: 0..<letters.count, position: 0, core: 0..<letters.count, isFirst: true,
            isLast: true), into: &found)
      }
      return found.map { ($0.start, $0.end, $0.score ?? 0) }
    }
    let plus = try hits(other, .plus)
    let minus = try hits(letters, .minus)
    #expect(!plus.isEmpty && plus.count == minus.count)
    for (a, b) in zip(plus, minus.reversed()) {
      #expect(a.0 == letters.count - b.1 && a.1 == letters.count - b.0 && a.2 == b.2)
    }
  }
}

@Suite struct ProfileTrainingTests {
  private func alignment(_ rows: [String], isConsensus: [Bool]? = nil) -> ResidueAlignment {
    ResidueAlignment(
      label: MotifLabel(name: "family", summary: "a test"), kind: .protein,
      names: rows.indices.map { "s\($0)" }, rows: rows.map { Array($0.utf8) },
      isConsensus: isConsensus)
  }

  @Test func consensusColumnsHaveResiduesInHalfOfTheSequences() throws {
    let model = try ProfileTraining().profile(
      of: alignment(["MKV-LA", "MRV-LA", "MKVWLA", "MK--LA"]))
    #expect(model.length == 5)
    #expect(String(decoding: model.consensus, as: UTF8.self).uppercased() == "MKVLA")
  }

  @Test func probabilitiesSumToOne() throws {
    let model = try ProfileTraining().profile(
      of: alignment(["MKVWLA--C", "MR--LAGGC", "-KVXLAG-C", "MKBWL---C"]))
    for column in model.matches + model.inserts { #expect(abs(column.reduce(0, +) - 1) < 1e-9) }
    for steps in model.transitions {
      let v = steps.values
      #expect(abs(v[0] + v[1] + v[2] - 1) < 1e-9)
      #expect(abs(v[3] + v[4] - 1) < 1e-9 && abs(v[5] + v[6] - 1) < 1e-9)
    }
    #expect(model.transitions.last?.matchToDelete == 0)
  }

  /// The posterior mean under one Dirichlet density is (c + α) / Σ(c + α).
  @Test func backgroundPseudocountsAreAdded() throws {
    var training = ProfileTraining()
    training.prior = .background
    training.priorWeight = 2
    training.weighting = .none
    training.relativeEntropy = nil
    let model = try training.profile(of: alignment(["A", "A", "C"]))
    let background = ProfileAlphabet(.protein).background
    #expect(abs(model.matches[0][0] - (2 + 2 * background[0]) / 5) < 1e-12)
    #expect(abs(model.matches[0][1] - (1 + 2 * background[1]) / 5) < 1e-12)
    #expect(abs(model.matches[0][2] - 2 * background[2] / 5) < 1e-12)
  }

  /// With few counts the mixture knows which residues go together; with many it gives frequencies.
  @Test func theMixtureKnowsRelatives() {
    let prior = ProfilePrior(.dirichlet, alphabet: ProfileAlphabet(.protein), weight: 1)
    func column(_ letter: Int, _ count: Double) -> [Double] {
      var counts = [Double](repeating: 0, count: 20)
      counts[letter] = count
      return prior.emission(counts)
    }
    // Isoleucine (7): valine (17) is likelier than aspartate (2) by far.
    let few = column(7, 2)
    #expect(few[17] > 10 * few[2])
    #expect(column(7, 10_000)[7] > 0.999)
    // Without counts: the mixture's own mean.
    #expect(abs(prior.emission([Double](repeating: 0, count: 20)).reduce(0, +) - 1) < 1e-9)
  }

  /// Four sequences: three alike, one other. By Henikoff's rule the three share half of the weight.
  @Test func relativesShareTheirWeight() throws {
    var training = ProfileTraining()
    training.relativeEntropy = nil
    training.prior = .background
    training.priorWeight = 1e-9
    let model = try training.profile(of: alignment(["AA", "AA", "AA", "CC"]))
    #expect(abs(model.matches[0][0] - 0.5) < 1e-6 && abs(model.matches[0][1] - 0.5) < 1e-6)
  }

  @Test func aLetterBesideAGapIsMovedIntoIt() {
    let training = ProfileTraining()
    // Columns 1 and 3 are consensus; the second row has a gap, then an insert.
    let path = training.path(of: Array("-W".utf8), [true, false], isFragment: false)
    #expect(path == [ProfileStep(state: .match, node: 1, column: 1)])
    let other = training.path(of: Array("AW-C".utf8), [true, false, true, true], isFragment: false)
    #expect(other.map(\.state) == [.match, .match, .match])
    #expect(other.map(\.column) == [0, 1, 3])
  }

  @Test func manySequencesAreScaledDown() throws {
    let rows = (0..<60).map { _ in "MKVWLACDEFGHIKLMNPQRSTVWYMKVWLACDEFGHIKLMNPQRSTVWY" }
    let model = try ProfileTraining().profile(of: alignment(rows))
    #expect(model.effectiveCount < 5)
    let wanted = max(0.59, (45 + log2(50 * 51 / 2)) / 50)
    #expect(abs(model.relativeEntropy - wanted) < 0.01)
  }

  @Test func anAlignmentOfGapsIsRefused() {
    var training = ProfileTraining()
    training.consensusFraction = 0.9
    #expect(throws: MotifError.self) {
      try training.profile(of: self.alignment(["A---A", "-A-A-"]))
    }
  }

  @Test func writtenAndReadAgainItIsTheSame() throws {
    var model = try ProfileTraining().profile(
      of: alignment(["MKVWLA--C", "MR--LAGGC", "-KVXLAG-C", "MKBWL---C"]))
    model.calibration = ProfileCalibration(model, sequences: 60, seed: 4)
    let text = ProfileFile.text(of: model)
    let read = try ProfileFile.read(Array(text.utf8), source: "x.hmm")
    #expect(read.count == 1)
    #expect(read[0].label == model.label && read[0].length == model.length)
    #expect(read[0].calibration?.length == model.calibration?.length)
    for (a, b) in zip(read[0].matches + read[0].inserts, model.matches + model.inserts) {
      for (x, y) in zip(a, b) { #expect(abs(x - y) < 1e-5 * max(1, y)) }
    }
    #expect(
      ProfileFile.text(of: read[0]).split(separator: "\n").count
        == text.split(separator: "\n").count)
  }

  @Test(arguments: 0..<200)
  func damagedFilesThrow(seed: Int) throws {
    let model = try ProfileTraining().profile(of: alignment(["MKV", "MRV"]))
    var bytes = Array(ProfileFile.text(of: model).utf8)
    var generator = RandomGenerator(seed: UInt64(seed))
    if seed % 2 == 0 {
      bytes = Array(bytes.prefix(generator.next(below: bytes.count - 3)))
    } else {
      bytes[generator.next(below: bytes.count)] = UInt8(generator.next(below: 128))
    }
    // It throws or gives profiles; it does not trap.
    _ = try? ProfileFile.read(bytes, source: "x.hmm")
    if seed % 2 == 0 {
      #expect(throws: MotifError.self) { try ProfileFile.read(bytes, source: "x.hmm") }
    }
  }
}

@Suite struct ProfileCalibrationTests {
  @Test func theFitFindsWhatWasDrawn() {
    var generator = RandomGenerator(seed: 9)
    // x = μ − ln(−ln u) / λ is Gumbel's.
    let values = (0..<20_000).map { _ in
      -3.5 - log(-log(max(generator.nextUnit(), 1e-300))) / 0.7
    }
    let gumbel = ProfileCalibration.Gumbel(fitting: values)
    #expect(abs(gumbel.location + 3.5) < 0.05 && abs(gumbel.decay - 0.7) < 0.02)
  }

  @Test func equalSeedsGiveEqualCalibrations() {
    let model = ProfileEnumerationTests.model(columns: 5, seed: 1)
    #expect(
      ProfileCalibration(model, sequences: 50, seed: 2)
        == ProfileCalibration(model, sequences: 50, seed: 2))
  }

  /// Among random residues there are about as many hits as E-values say.
  @Test(arguments: [ProfileScore.viterbi, .forward])
  func eValuesAreAboutRight(measure: ProfileScore) {
    var model = ProfileEnumerationTests.model(columns: 12, seed: 21, isTight: true)
    model.calibration = ProfileCalibration(model, sequences: 400, seed: 1)
    let calibration = model.calibration!
    var generator = RandomGenerator(seed: 77)
    let letters = (0..<100_000).map { _ in Array("ACGT".utf8)[generator.next(below: 4)] }
    let threshold = calibration.score(eValue: 20, measure, residues: 100_000)
    #expect(abs(calibration.eValue(threshold, measure, residues: 100_000) - 20) < 1e-6)
    let scanner = ProfileScanner(
      [(model, threshold)], strands: [.plus], measure: measure, searchSpace: 100_000)
    var found: [MotifHit] = []
    letters.withUnsafeBufferPointer {
      scanner.scan(
        $0,
        ResidueWindow(
          header: 0, text: 0..<letters.count, position: 0, core: 0..<letters.count, isFirst: true,
          isLast: true), into: &found)
    }
    #expect(found.count >= 4 && found.count <= 60, "\(found.count) hits where 20 are expected")
  }
}

/// Profiles learn a family and find it again.
@Suite(.enabled(if: DataSets.atHand, Comment(rawValue: DataSets.reason)))
struct ProfileFamilyTests {
  /// P-loops of the conformance proteins, found and aligned by a pattern, are found by a profile of half
  /// of them.
  @Test func aProfileOfHalfAFamilyFindsTheOther() throws {
    let pattern = try MotifPattern(
      "x(6)-[AG]-x(4)-G-K-[ST]-x(6)", kind: .protein, label: MotifLabel(name: "loop"))
    let source = { try ByteSource(path: DataSets.path("bio/conformance/proteins.fa")) }
    let scanner = try PatternScanner([pattern], kind: .protein, options: ScanOptions())
    let hits = try hits(in: source(), scanner, names: ["loop"], kind: .protein, window: nil)
    let sequences = try Dictionary(
      ResidueText.read(source()).map { ($0.name, $0.letters) }
    ) { first, _ in first }
    let rows = hits.compactMap { hit in
      sequences[hit.sequence].map { Array($0[hit.start..<hit.end]) }
    }
    try #require(rows.count >= 6)
    let training = rows.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
    var model = try ProfileTraining().profile(
      of: ResidueAlignment(
        label: MotifLabel(name: "loop"), kind: .protein, names: training.map { _ in "x" },
        rows: training))
    model.calibration = ProfileCalibration(model, sequences: 200, seed: 1)
    let threshold = try #require(
      model.calibration?.score(eValue: 10, .viterbi, residues: 68_916))
    let profile = ProfileScanner([(model, threshold)], searchSpace: 68_916)
    let found = try SeqMotifsTests.hits(
      in: source(), profile, names: ["loop"], kind: .protein, window: nil)
    let held = hits.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
    let again = held.count { hit in
      found.contains { $0.sequence == hit.sequence && $0.start < hit.end && hit.start < $0.end }
    }
    #expect(again * 2 > held.count, "\(again) of \(held.count), \(found.count) hits in all")
  }
}
