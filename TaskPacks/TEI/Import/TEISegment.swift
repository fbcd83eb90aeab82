internal import SeqXML

/// A place in a segment's values: attribute values that its tokens, names and fields have.
struct ValueRange: Hashable {
  var start: Int32 = 0
  var end: Int32 = 0
  var isEmpty: Bool { start == end }
  var indices: Range<Int> { Int(start)..<Int(end) }
}

/// A stretch of a segment's text with its place in the document. It goes on to the next stretch.
struct TextRun {
  /// Where it begins in the text.
  var textStart: Int
  /// The bytes of the document that it comes from.
  var source: Range<Int>
  /// Whether the text is those bytes; otherwise they stand for it.
  var isVerbatim: Bool
  /// Whether nothing can be inserted in it, because it stands in a CDATA section.
  var isFixed = false
  /// The number of code points of the document's text before it; -1 if they are not counted, or if
  /// something stands for it that is no text.
  var characters = -1
}

/// Where a token's tag can be changed.
struct TokenPlace {
  /// Behind the last attribute; -1 where the tag comes from replacement text.
  var end = -1
  /// The values of the attributes that are written; empty at 0 where there are none.
  var pos = 0..<0
  var msd = 0..<0
  var lemma = 0..<0
  var cert = 0..<0
  var hasResponsibility = false
  /// Whether what `@resp` says is the last of the attributes, its hash, and where it begins, the space
  /// before it included.
  var responsibilityIsLast = false
  var responsibilityHash: UInt64 = 0
  var responsibilityStart = 0
}

/// A token that the document marks.
struct SegmentToken {
  /// Its text, in bytes of the segment's text; both -1 before a character of it is met.
  var textStart = -1
  var textEnd = -1
  var id = ValueRange()
  var lemma = ValueRange()
  var pos = ValueRange()
  var msd = ValueRange()
  var ana = ValueRange()
  var norm = ValueRange()
  /// Whether no space stands before it, and behind it, as `@join` says.
  var joinsLeft = false
  var joinsRight = false
  var isPunctuation = false
  /// The token that it stands in; -1 for none.
  var parent = -1
  /// The hash of the identifier of the fragment before it, and whether another one follows.
  var awaitsPart = false
  var nextHash: UInt64 = 0
  /// Whether it is a surface token that holds the words behind it.
  var lastWord = -1
  /// The hash of its identifier, 0 without one.
  var idHash: UInt64 = 0
  /// Its start tag, for writing.
  var place = TokenPlace()
}

/// A name: a span of the segment's text with a label.
struct SegmentName {
  /// The number of the label.
  var label: Int
  /// The parts of the text, in bytes; more than one if it is discontinuous. Empty before a
  /// character of it is met.
  var parts: [Range<Int>] = []
  /// Where it begins; -1 before a character of it is met.
  var start = -1
  var isOpen = true
  var idHash: UInt64 = 0
  var previousHash: UInt64 = 0
  /// `I`, `M` or `F` of `@part`; 0 without.
  var part: UInt8 = 0
  /// Where its element begins in the document; -1 for one that points at the text.
  var elementStart = -1
  /// Whether it is no name, but a passage whose words are marked.
  var isMark = false
}

/// A dependency between two tokens, by the hashes of their identifiers.
struct SegmentLink {
  var head: UInt64
  var argument: UInt64
  var relation: ValueRange
}

/// A tag between the characters of a segment.
struct SegmentTag {
  enum Kind: UInt8 { case open, close, empty }
  var kind: Kind
  var name: XMLNameID
  var range: Range<Int>
  /// The number of bytes of text before it.
  var textOffset: Int
  /// The element that what follows it stands in; `ContentTable.foreign` for one of another vocabulary.
  var around: XMLNameID
}

/// A stretch of text that is read as one: a paragraph, a verse line, a sentence, a note.
final class TEISegment {
  /// The element's name.
  @exclusivity(unchecked) var kind: XMLNameID = -1
  /// The innermost element that its text begins in.
  @exclusivity(unchecked) var outer: XMLNameID = -1
  /// The text, white space normalized.
  @exclusivity(unchecked) var text: [UInt8] = []
  @exclusivity(unchecked) var runs: [TextRun] = []
  @exclusivity(unchecked) var tokens: [SegmentToken] = []
  @exclusivity(unchecked) var names: [SegmentName] = []
  /// Passages whose words are marked, such as supplied ones; among the names until it is complete.
  @exclusivity(unchecked) var marks: [SegmentName] = []
  /// Once it is complete: where its marks and readings are.
  @exclusivity(unchecked) var markSearch: StretchSearch?
  @exclusivity(unchecked) var readingSearch: StretchSearch?
  /// Readings that were not chosen; in order of their places once the segment is complete.
  @exclusivity(unchecked) var readings: [SegmentReading] = []
  /// Parts of readings that the profile leaves out, and the bytes of text before them.
  @exclusivity(unchecked) var leftOut: [(offset: Int, text: [UInt8])] = []
  @exclusivity(unchecked) var links: [SegmentLink] = []
  @exclusivity(unchecked) var values: [UInt8] = []
  /// Names and values of what holds for the whole segment: `who`, `div`, ….
  @exclusivity(unchecked) var fields: [(name: XMLNameID, value: ValueRange)] = []
  @exclusivity(unchecked) var id = ValueRange()
  @exclusivity(unchecked) var idHash: UInt64 = 0
  /// The identifier of the element around a sentence, and whether the sentence is its first.
  @exclusivity(unchecked) var blockID = ValueRange()
  @exclusivity(unchecked) var startsBlock = false
  /// The number of the document in the file.
  @exclusivity(unchecked) var document = 0
  /// Where it begins.
  @exclusivity(unchecked) var start = 0
  @exclusivity(unchecked) var line = 1
  @exclusivity(unchecked) var column = 1
  @exclusivity(unchecked) var isClosed = false
  @exclusivity(unchecked) var isSentence = false
  /// A fragment whose continuation may follow.
  @exclusivity(unchecked) var awaitsPart = false
  @exclusivity(unchecked) var tags: [SegmentTag] = []
  @exclusivity(unchecked) var usesJoin = false
  /// The prefix of its element, with the colon, for writing.
  @exclusivity(unchecked) var prefix: [UInt8] = []

  // The state of the text's end.
  @exclusivity(unchecked) var pendingSpace = false
  @exclusivity(unchecked) var spaceSource = 0..<0
  @exclusivity(unchecked) var spaceIsPlain = false
  /// White space is dropped until a character comes.
  @exclusivity(unchecked) var joinsNext = false
  /// A plain hyphen stands before a line border.
  @exclusivity(unchecked) var hyphenAtBreak = false
  @exclusivity(unchecked) var joinsAtHyphen = false
  /// Hyphens left out, in bytes, and plain ones before a border and a small letter.
  @exclusivity(unchecked) var droppedHyphenBytes = 0
  @exclusivity(unchecked) var ambiguousHyphens = 0
  /// Open names and tokens that no character of theirs has been met of.
  @exclusivity(unchecked) var unresolved = 0
  @exclusivity(unchecked) var openToken = -1
  /// The numbers of open names, the innermost last.
  @exclusivity(unchecked) var openNames: [Int] = []
  /// Elements that something points at: hash, and the text between their tags.
  @exclusivity(unchecked) var hits: [(hash: UInt64, range: Range<Int>)] = []
  /// Characters that something points at: the annotation, its part, and the place in the text.
  @exclusivity(unchecked) var characterMarks: [(pointer: Int, part: Int, isEnd: Bool, text: Int)] =
    []
  /// Sentences that annotations apart from the text tell.
  @exclusivity(unchecked) var sentences: [Range<Int>] = []
  /// The element by which its text can be pointed at.
  @exclusivity(unchecked) var anchor: TextAnchor?
  /// The text's end where the last token ended.
  @exclusivity(unchecked) var lastTokenEnd = -1
  @exclusivity(unchecked) var lastJoinsRight = false

  /// Makes it ready for another use.
  func reset() {
    text.removeAll(keepingCapacity: true)
    runs.removeAll(keepingCapacity: true)
    tokens.removeAll(keepingCapacity: true)
    names.removeAll(keepingCapacity: true)
    marks.removeAll(keepingCapacity: true)
    (markSearch, readingSearch) = (nil, nil)
    readings.removeAll(keepingCapacity: true)
    leftOut.removeAll(keepingCapacity: true)
    links.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
    fields.removeAll(keepingCapacity: true)
    tags.removeAll(keepingCapacity: true)
    openNames.removeAll(keepingCapacity: true)
    hits.removeAll(keepingCapacity: true)
    characterMarks.removeAll(keepingCapacity: true)
    sentences.removeAll(keepingCapacity: true)
    anchor = nil
    (id, blockID) = (ValueRange(), ValueRange())
    idHash = 0
    startsBlock = false
    (isClosed, isSentence, awaitsPart, usesJoin) = (false, false, false, false)
    (pendingSpace, joinsNext, hyphenAtBreak) = (false, false, false)
    (unresolved, openToken, lastTokenEnd, lastJoinsRight) = (0, -1, -1, false)
    (droppedHyphenBytes, ambiguousHyphens) = (0, 0)
  }

  /// Keeps a value.
  @inline(__always)
  func keep(_ bytes: UnsafeBufferPointer<UInt8>) -> ValueRange {
    let start = Int32(values.count)
    values.append(contentsOf: bytes)
    return ValueRange(start: start, end: Int32(values.count))
  }

  /// Keeps a value.
  func keep(_ bytes: some Collection<UInt8>) -> ValueRange {
    let start = Int32(values.count)
    values.append(contentsOf: bytes)
    return ValueRange(start: start, end: Int32(values.count))
  }

  /// A kept value as a string.
  func string(_ range: ValueRange) -> String {
    String(decoding: values[range.indices], as: UTF8.self)
  }

  /// The places in the document of a stretch of text: one range, or several where something else
  /// stands between. Empty ranges of the text have none.
  func sources(_ range: Range<Int>) -> [Range<Int>] {
    var result: [Range<Int>] = []
    guard !range.isEmpty else { return result }
    var index = runIndex(of: range.lowerBound)
    while index < runs.count, runs[index].textStart < range.upperBound {
      let run = runs[index]
      let textEnd = index + 1 < runs.count ? runs[index + 1].textStart : text.count
      var source = run.source
      if run.isVerbatim {
        let start = run.source.lowerBound + max(range.lowerBound - run.textStart, 0)
        let end = run.source.upperBound - max(textEnd - range.upperBound, 0)
        source = start..<end
      }
      if let last = result.last, last.upperBound == source.lowerBound {
        result[result.count - 1] = last.lowerBound..<source.upperBound
      } else if result.last != source {
        result.append(source)
      }
      index += 1
    }
    return result
  }

  /// The run in which a byte of the text lies.
  func runIndex(of offset: Int) -> Int {
    var low = 0
    var high = runs.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if runs[middle].textStart <= offset { low = middle } else { high = middle }
    }
    return low
  }
}

/// A hash of an identifier, never 0.
///
/// Eight bytes at a time, each word multiplied in and folded: every token has an identifier in some
/// corpora. The last word may overlap the one before it; the length is part of the hash.
func identifierHash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
  @inline(__always)
  func mix(_ hash: UInt64, _ word: UInt64) -> UInt64 {
    let product = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
    return product ^ product >> 32
  }
  let count = bytes.count
  var hash = mix(0xCBF2_9CE4_8422_2325, UInt64(count))
  if count >= 8 {
    let words = UnsafeRawPointer(bytes.baseAddress!)
    var index = 0
    while index + 8 < count {
      hash = mix(hash, words.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      index += 8
    }
    hash = mix(hash, words.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self))
  } else {
    var word: UInt64 = 0
    for byte in bytes { word = word << 8 | UInt64(byte) }
    hash = mix(hash, word)
  }
  return hash == 0 ? 1 : hash
}
