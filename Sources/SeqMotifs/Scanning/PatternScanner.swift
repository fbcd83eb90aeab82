public import SeqCore

/// Searches windows of residues for many patterns at once.
///
/// Patterns of fixed length are found by Shift-And, those of variable length by Extended Shift-And
/// and then measured, expressions with groups are tried where a match can begin. Immutable, so that
/// threads can share it.
public struct PatternScanner: Sendable {
  /// The most residues of a match: what windows must show on either side of their core.
  public let reach: Int
  /// The number of patterns.
  public let count: Int

  private let options: ScanOptions
  private let fixed: FixedBank
  private let mismatching: MismatchBank?
  private let flexible: FlexibleBank
  /// For each of the flexible bank's probes, the ends of its matches.
  private let ends: [MatchEnds]
  private let expressions: [Trial]

  /// An expression, which is tried at every place.
  private struct Trial: Sendable {
    var motif: Int
    var strand: Strand
    var ends: MatchEnds
    var anchors: LinearPattern
  }

  /// Makes a scanner.
  ///
  /// - Parameters:
  ///   - patterns: hits number them from 0 in this order.
  ///   - kind: what the letters of the sequences are.
  /// - Throws: `MotifError.mismatches` where they are allowed and a pattern has no fixed length, or
  ///   none that is longer than they are many.
  public init(_ patterns: [MotifPattern], kind: ResidueKind, options: ScanOptions) throws {
    self.options = options
    count = patterns.count
    let capitalOnly = options.skipsSmallLetters
    var fixed: [Probe] = []
    var mismatching: [Probe] = []
    var flexible: [Probe] = []
    var expressions: [Trial] = []
    let strands: [Strand] =
      kind.isNucleic ? [.plus, .minus].filter { options.strands.contains($0) } : [.none]
    for (motif, pattern) in patterns.enumerated() {
      if options.mismatches > 0 {
        func refuse(_ problem: String) -> MotifError {
          .mismatches(name: pattern.label.name, allowed: options.mismatches, problem: problem)
        }
        guard let length = pattern.fixedLength else {
          throw refuse("the pattern has no fixed length")
        }
        guard length > options.mismatches else { throw refuse("it would match everywhere") }
        guard length <= 64 else { throw refuse("it has \(length) positions, and 64 are the most") }
      }
      for strand in strands {
        switch strand == .minus ? pattern.onOtherStrand : pattern.form {
        case .linear(let alternatives):
          let isSimple = alternatives.count == 1
          for alternative in alternatives {
            let probe = Probe(motif: motif, strand: strand, pattern: alternative)
            if options.mismatches > 0 {
              mismatching.append(probe)
            } else if isSimple, alternative.fixedLength.map({ $0 <= 64 }) == true {
              fixed.append(probe)
            } else {
              flexible.append(probe)
            }
          }
        case .expression(let expression):
          var anchors = LinearPattern()
          anchors.isAnchoredAtStart = expression.isAnchoredAtStart
          anchors.isAnchoredAtEnd = expression.isAnchoredAtEnd
          expressions.append(
            Trial(
              motif: motif, strand: strand,
              ends: .expression(GlushkovAutomaton(expression, capitalOnly: capitalOnly)),
              anchors: anchors))
        }
      }
    }
    self.fixed = FixedBank(fixed, capitalOnly: capitalOnly)
    self.mismatching =
      mismatching.isEmpty
      ? nil
      : MismatchBank(mismatching, mismatches: options.mismatches, capitalOnly: capitalOnly)
    self.flexible = FlexibleBank(flexible, capitalOnly: capitalOnly)
    ends = flexible.map { MatchEnds($0.pattern, capitalOnly: capitalOnly) }
    self.expressions = expressions
    reach = patterns.reduce(0) { max($0, $1.longest ?? options.longestMatch) }
  }

  /// Appends the hits that begin in a window's core, by rising start.
  ///
  /// - Parameters:
  ///   - text: the letters of the window.
  ///   - window: where they stand; it shows ``reach`` letters on either side of its core, or all.
  public func scan(
    _ text: UnsafeBufferPointer<UInt8>, _ window: ResidueWindow, into hits: inout [MotifHit]
  ) {
    let core =
      (window.core.lowerBound - window.position)..<(window.core.upperBound - window.position)
    let place = ScanText(
      letters: text, position: window.position, core: core,
      startsRecord: window.position == 0, endsRecord: window.isLast)
    let before = hits.count
    scanFixed(place, &hits)
    scanFlexible(place, &hits)
    // One pattern's matches of one length come in order.
    if hits.count - before > 1, !(ends.isEmpty && expressions.isEmpty && fixed.probes.count <= 1) {
      hits[before...].sort {
        ($0.start, $0.end, $0.motif, $0.strand.rawValue)
          < ($1.start, $1.end, $1.motif, $1.strand.rawValue)
      }
    }
  }

  // MARK: Fixed length

  private func scanFixed(_ place: ScanText, _ hits: inout [MotifHit]) {
    // What begins in the core ends `reach` letters behind it at the latest.
    let stop = min(place.letters.count, place.core.upperBound + reach)
    let letters = UnsafeBufferPointer(rebasing: place.letters[place.core.lowerBound..<stop])
    let shift = place.core.lowerBound
    func report(_ probe: Probe, _ match: RawMatch) {
      let (start, end) = (match.start + shift, match.end + shift)
      guard start < place.core.upperBound, place.admits(probe.pattern, start, end) else { return }
      hits.append(
        MotifHit(
          motif: probe.motif, start: start + place.position, end: end + place.position,
          strand: probe.strand, mismatches: match.mismatches))
    }
    fixed.scan(letters) { report(fixed.probes[$0], $1) }
    if let mismatching { mismatching.scan(letters) { report(mismatching.probes[$0], $1) } }
  }

  // MARK: Variable length

  private struct Series: Hashable {
    var motif: Int
    var strand: Strand
  }

  private func scanFlexible(_ place: ScanText, _ hits: inout [MotifHit]) {
    guard !ends.isEmpty || !expressions.isEmpty else { return }
    var found: [Series: [RawMatch]] = [:]
    // On the minus strand a match begins at its last letter here, so all ends are needed.
    func collect(
      _ start: Int, _ ends: MatchEnds, _ anchors: LinearPattern, _ motif: Int, _ strand: Strand
    ) {
      guard !anchors.isAnchoredAtStart || place.admitsStart(start) else { return }
      let onlyLongest = options.meaning != .all && strand != .minus
      var longest: Int?
      ends.from(start, in: place.letters, longest: reach) { end in
        guard place.admits(anchors, start, end) else { return }
        if onlyLongest {
          longest = end
        } else {
          found[Series(motif: motif, strand: strand), default: []].append(
            RawMatch(start: start, end: end))
        }
      }
      if let longest {
        found[Series(motif: motif, strand: strand), default: []].append(
          RawMatch(start: start, end: longest))
      }
    }
    flexible.scan(place.letters) { number, start in
      let probe = flexible.probes[number]
      collect(start, ends[number], probe.pattern, probe.motif, probe.strand)
    }
    for trial in expressions {
      for start in 0..<place.letters.count {
        collect(start, trial.ends, trial.anchors, trial.motif, trial.strand)
      }
    }
    for (series, matches) in found {
      for match in kept(matches, series.strand) where place.core.contains(match.start) {
        hits.append(
          MotifHit(
            motif: series.motif, start: match.start + place.position,
            end: match.end + place.position, strand: series.strand))
      }
    }
  }

  /// What the meaning of a match leaves of all matches of one pattern on one strand.
  private func kept(_ matches: [RawMatch], _ strand: Strand) -> [RawMatch] {
    if options.meaning == .all { return Array(Set(matches)) }
    // Seen from the strand, a match begins at `near` and ends at `far`.
    let sign = strand == .minus ? -1 : 1
    let seen = matches.map { match in
      strand == .minus ? (near: -match.end, far: -match.start) : (near: match.start, far: match.end)
    }
    var furthest = Int.min
    var previous: Int?
    var result: [RawMatch] = []
    for (near, far) in seen.sorted(by: { ($0.near, -$0.far) < ($1.near, -$1.far) }) {
      if previous == near { continue }
      previous = near
      if options.meaning == .prosite {
        if far <= furthest { continue }
        furthest = far
      }
      result.append(
        sign > 0 ? RawMatch(start: near, end: far) : RawMatch(start: -far, end: -near))
    }
    return result
  }
}

extension ScanText {
  /// Whether a match of a pattern that is anchored at the sequence's start may begin here.
  @inline(__always)
  fileprivate func admitsStart(_ start: Int) -> Bool { start == 0 && startsRecord }
}
