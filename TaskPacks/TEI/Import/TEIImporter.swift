internal import SeqXML

/// Receives the segments of a document in the order of their starts.
protocol SegmentReceiver: AnyObject {
  /// A segment that is complete; it must not be kept.
  func receive(_ segment: TEISegment, from importer: TEIImporter) throws
  /// The header of a document, at its end.
  func receive(header: HeaderReader, from importer: TEIImporter) throws
  /// The end of a document: the offset of its end tag.
  func receive(documentEnd offset: Int, from importer: TEIImporter) throws
}

extension SegmentReceiver {
  func receive(header: HeaderReader, from importer: TEIImporter) throws {}
  func receive(documentEnd offset: Int, from importer: TEIImporter) throws {}
}

/// Turns the tags and characters of a document into segments, as a reading profile says.
///
/// A stack of frames follows the open elements, a stack of scopes the segments that they stand in. A
/// queue keeps segments in the order of their starts until all before them are complete, so notes
/// inside a paragraph come behind it. Where one of several children is chosen, the first is read
/// and taken back if a better one comes (``Pick``); the queue waits meanwhile.
final class TEIImporter: XMLHandler {
  /// An open element.
  struct Frame {
    var name: XMLNameID
    var rule: Int32
    var opensScope = false
    var isContainer = false
    var preservesSpace = false
    var nameIndex: Int32 = -1
    var tokenIndex: Int32 = -1
    var pick: Int32 = -1
    var fieldCount: Int32 = -1
    var isDocument = false
    var isSpaceCharacter = false
    /// Whether its start tag is among the tags of a segment.
    var isNoted = false
    /// The hash of its identifier, if something points at it.
    var targetHash: UInt64 = 0
    var targetStart = 0
    /// Its number among the anchors; -1 without one.
    var anchor: Int32 = -1
    /// Whether its text counts only if nothing better comes behind it.
    var isFallback = false
    /// Whether it is of a namespace that the profile does not know.
    var isForeign = false

    /// The element that new elements in it would stand in.
    var surrounding: XMLNameID { isForeign ? ContentTable.foreign : name }
  }

  /// Where text goes.
  struct Scope {
    var frame: Int
    var kind: XMLNameID
    var segment: TEISegment?
    /// Whether its text was cut by a block inside; what follows is another segment.
    var isCut = false
    var isSeparate = false
  }

  /// What was read of the children to choose from, and where it began.
  struct Pick {
    var frame: Int
    var bestRank = Int.max
    var children = 0
    var bestName: XMLNameID = -1
    /// The witnesses of what is read.
    var bestWitnesses: [UInt8] = []
    /// What was not read, if it is kept.
    var others: [OtherReading] = []
    var mark: Mark
  }

  /// The state to go back to.
  struct Mark {
    var queueCount: Int
    var segment: TEISegment?
    var isCut: Bool
    var text = 0, runs = 0, tokens = 0, names = 0, links = 0, values = 0, tags = 0
    var lastRun: TextRun?
    var pendingSpace = false, joinsNext = false, hyphenAtBreak = false, spaceIsPlain = false
    var spaceSource = 0..<0
    var unresolved = 0
    var lastTokenEnd = -1
    var hyphenBytes = 0
  }

  /// Text that is taken back if its parent has something better behind it.
  struct Fallback {
    var depth: Int
    var name: XMLNameID
    var isOpen = true
    var mark: Mark
  }

  /// A place of the text that is asked for, by the number of code points before it.
  struct CharacterWatch {
    var position: Int
    var pointer: Int
    var part: Int
    var target: UInt64
  }

  let names: XMLNames
  let profile: CompiledProfile
  let receiver: any SegmentReceiver
  let settings: ImportSettings
  let vocabulary: Vocabulary
  @exclusivity(unchecked) var report = ImportReport()
  @exclusivity(unchecked) var pointers: PointerTable?

  @exclusivity(unchecked) var frames: [Frame] = []
  @exclusivity(unchecked) var scopes: [Scope] = [Scope(frame: -1, kind: -1)]
  @exclusivity(unchecked) var picks: [Pick] = []
  @exclusivity(unchecked) var fallbacks: [Fallback] = []
  /// Text that tells where spaces stand between the tokens to come, and how far they have come.
  @exclusivity(unchecked) var spacingText: [UInt8] = []
  @exclusivity(unchecked) var spacingPlace = 0
  /// Whether code points are counted, and their number so far, in all text whatever becomes of it.
  @exclusivity(unchecked) var countsCharacters = false
  @exclusivity(unchecked) var characterCount = 0
  /// Places that are asked for, the next one last.
  @exclusivity(unchecked) var startWatches: [CharacterWatch] = []
  @exclusivity(unchecked) var endWatches: [CharacterWatch] = []
  /// The open elements that text can be pointed at by.
  @exclusivity(unchecked) var anchors: [TextAnchor] = []
  @exclusivity(unchecked) var queue: [TEISegment] = []
  @exclusivity(unchecked) var queueStart = 0
  @exclusivity(unchecked) var pool: [TEISegment] = []
  /// The depth of the element that is left out; -1 if none is.
  @exclusivity(unchecked) var skipDepth = -1
  @exclusivity(unchecked) var skipName: XMLNameID = -1
  @exclusivity(unchecked) var skipped = 0
  /// The text of an element that is left out and kept beside the words; `nil` if none is read.
  @exclusivity(unchecked) var otherReading: OtherReadingText?
  /// By name: bytes left out, and how often an element without a rule was met.
  @exclusivity(unchecked) var excluded: [Int] = []
  @exclusivity(unchecked) var unknown: [Int] = []
  /// Fields of open divisions and speeches: name, value.
  @exclusivity(unchecked) var fields: [(name: XMLNameID, value: [UInt8])] = []
  /// The document that is read.
  @exclusivity(unchecked) var document = DocumentData()
  @exclusivity(unchecked) var documentCount = 0
  @exclusivity(unchecked) var sawDocument = false
  @exclusivity(unchecked) var header: HeaderReader?
  @exclusivity(unchecked) var documentStack: [DocumentData] = []
  @exclusivity(unchecked) var usesJoin = false
  @exclusivity(unchecked) var usesSpaceElements = false
  @exclusivity(unchecked) var linkDepth = -1
  @exclusivity(unchecked) var standOffDepth = -1
  /// Labels of names: their text, and numbers by the element and the attribute value.
  @exclusivity(unchecked) var labels: [String] = []
  @exclusivity(unchecked) var labelNumbers: [[UInt8]: Int] = [:]
  @exclusivity(unchecked) var identifiers = IdentifierSet()
  /// What the next block's identifier is, for sentences in it.
  @exclusivity(unchecked) var blocks: [(frame: Int, id: [UInt8], isFresh: Bool)] = []
  @exclusivity(unchecked) var currentSource: String
  /// The stream of the file itself, not of what it includes.
  @exclusivity(unchecked) unowned(unsafe) var stream: XMLStream? {
    didSet { originalShift = stream?.originalShift ?? -1 }
  }
  /// What is added to offsets for those of the file; -1 if that is not one number.
  @exclusivity(unchecked) private(set) var originalShift = -1
  /// The end of the last tag.
  @exclusivity(unchecked) var position = 0
  @exclusivity(unchecked) var documentPrefix: [UInt8] = []
  @exclusivity(unchecked) var includeDepth = 0
  @exclusivity(unchecked) var includePath: [String] = []
  @exclusivity(unchecked) var knownElements = 0
  @exclusivity(unchecked) var rootName: XMLNameID = -1

  init(
    source: String, names: XMLNames, profile: CompiledProfile, settings: ImportSettings,
    receiver: any SegmentReceiver
  ) {
    self.names = names
    self.profile = profile
    self.settings = settings
    self.receiver = receiver
    currentSource = source
    vocabulary = Vocabulary(names)
    document.source = source
    countsCharacters = settings.keepsAnchors
  }
}
