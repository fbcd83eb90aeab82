internal import SeqCore

/// One thing to look for: a pattern without branches, on one strand.
struct Probe: Sendable {
  /// The number of its motif.
  var motif: Int
  var strand: Strand
  var pattern: LinearPattern
}

/// What a scanner looks at: the letters of a window, and where they stand.
struct ScanText {
  let letters: UnsafeBufferPointer<UInt8>
  /// The position in the record of the first letter.
  let position: Int
  /// The letters that motifs may begin at, as offsets into `letters`.
  let core: Range<Int>
  /// Whether the first letter is the record's first, the last its last.
  let startsRecord: Bool
  let endsRecord: Bool

  /// Whether a match may stand at `range`, as far as the pattern's anchors go.
  @inline(__always)
  func admits(_ pattern: borrowing LinearPattern, _ start: Int, _ end: Int) -> Bool {
    !(pattern.isAnchoredAtStart && !(start == 0 && startsRecord))
      && !(pattern.isAnchoredAtEnd && !(end == letters.count && endsRecord))
  }
}

/// A match, in offsets of the scanned text.
struct RawMatch: Hashable {
  var start: Int
  var end: Int
  var mismatches = 0
}
