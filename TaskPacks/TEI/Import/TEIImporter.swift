internal import SeqXML

/// Receives the segments of a document in the order of their starts.
protocol SegmentReceiver: AnyObject {
  /// A segment that is complete; it must not be kept.
  func receive(_ segment: TEISegment, from importer: TEIImporter) throws
  /// The header of a document, at its end.
  func receive(header: HeaderReader, from importer: TEIImporter) throws
}

extension SegmentReceiver {
  func receive(header: HeaderReader, from importer: TEIImporter) throws {}
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

  let names: XMLNames
  let profile: CompiledProfile
  let receiver: any SegmentReceiver
  let settings: ImportSettings
  let vocabulary: Vocabulary
  @exclusivity(unchecked) var report = ImportReport()
  @exclusivity(unchecked) var pointers: PointerTable?

  @exclusivity(unchecked) var frames: [Frame] = []
  @exclusivity(unchecked) var scopes: [Scope] = [Scope(frame: -1, kind: -1)]
  @exclusivity(unchecked) private var picks: [Pick] = []
  @exclusivity(unchecked) private var queue: [TEISegment] = []
  @exclusivity(unchecked) private var queueStart = 0
  @exclusivity(unchecked) private var pool: [TEISegment] = []
  /// The depth of the element that is left out; -1 if none is.
  @exclusivity(unchecked) private var skipDepth = -1
  @exclusivity(unchecked) private var skipName: XMLNameID = -1
  @exclusivity(unchecked) private var skipped = 0
  /// By name: bytes left out, and how often an element without a rule was met.
  @exclusivity(unchecked) private var excluded: [Int] = []
  @exclusivity(unchecked) private var unknown: [Int] = []
  /// Fields of open divisions and speeches: name, value.
  @exclusivity(unchecked) private(set) var fields: [(name: XMLNameID, value: [UInt8])] = []
  /// The document that is read.
  @exclusivity(unchecked) private(set) var document = DocumentData()
  @exclusivity(unchecked) private(set) var documentCount = 0
  @exclusivity(unchecked) private var header: HeaderReader?
  @exclusivity(unchecked) private var documentStack: [DocumentData] = []
  @exclusivity(unchecked) private var usesJoin = false
  @exclusivity(unchecked) private var usesSpaceElements = false
  @exclusivity(unchecked) private var linkDepth = -1
  @exclusivity(unchecked) private var standOffDepth = -1
  /// Labels of names: their text, and numbers by the element and the attribute value.
  @exclusivity(unchecked) private(set) var labels: [String] = []
  @exclusivity(unchecked) private var labelNumbers: [[UInt8]: Int] = [:]
  @exclusivity(unchecked) private var identifiers = IdentifierSet()
  /// What the next block's identifier is, for sentences in it.
  @exclusivity(unchecked) private var blocks: [(frame: Int, id: [UInt8], isFresh: Bool)] = []
  @exclusivity(unchecked) var currentSource: String
  /// The stream of the file itself, not of what it includes.
  @exclusivity(unchecked) unowned(unsafe) var stream: XMLStream?
  /// The end of the last tag.
  @exclusivity(unchecked) private var position = 0
  @exclusivity(unchecked) private var documentPrefix: [UInt8] = []
  @exclusivity(unchecked) var includeDepth = 0
  @exclusivity(unchecked) var includePath: [String] = []
  @exclusivity(unchecked) var knownElements = 0
  @exclusivity(unchecked) private var rootName: XMLNameID = -1

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
  }

  // MARK: - Tags

  func startElement(_ tag: borrowing XMLStartTag, in stream: XMLStream) throws {
    if skipDepth >= 0 {
      frames.append(Frame(name: tag.name, rule: -1))
      return
    }
    if rootName < 0 { rootName = tag.name }
    var frame = Frame(name: tag.name, rule: -1)
    let top = frames.last
    frame.preservesSpace = top?.preservesSpace ?? false
    if header != nil {
      header!.start(tag, vocabulary)
      frames.append(frame)
      return
    }
    try readCommonAttributes(tag, &frame, in: stream)
    if profile.namespaces.contains(tag.namespace) {
      frame.rule = Int(tag.name) < profile.simple.count ? profile.simple[Int(tag.name)] : -1
      if frame.rule == -2 {
        frame.rule = profile.conditional(tag, parent: top?.name ?? -1) { name in
          frames.contains { $0.name == name }
        }
      }
    } else if tag.namespace == vocabulary.xinclude {
      try include(tag, in: stream)
      skip(tag.name, &frame)
      return
    }
    if let top, top.pick >= 0, !choose(tag, frame.rule, Int(top.pick), in: stream) {
      skip(tag.name, &frame)
      return
    }
    if settings.keepsTags, !tag.isReplacement {
      frame.isNoted = true
      noteTag(tag.isEmpty ? .empty : .open, tag.name, tag.range)
    }
    guard frame.rule >= 0 else {
      if linkDepth < 0, standOffDepth < 0 { countUnknown(tag.name) }
      if linkDepth >= 0 { readLink(tag) }
      frames.append(frame)
      return
    }
    knownElements += 1
    let rule = Int(frame.rule)
    switch profile.rules[rule].action {
    case .include: if tag.name == vocabulary.c { frame.isSpaceCharacter = true }
    case .exclude:
      skip(tag.name, &frame)
      return
    case .segment: try openBlock(tag, &frame, in: stream)
    case .sentence: try openSentence(tag, &frame, in: stream)
    case .separate: try openSeparate(tag, &frame, in: stream)
    case .token: try openToken(tag, &frame, in: stream)
    case .name: try openName(tag, &frame, profile.rules[rule].label, in: stream)
    case .choose:
      frame.isContainer = true
      frame.pick = Int32(picks.count)
      picks.append(Pick(frame: frames.count, mark: mark()))
    case .container: try openContainer(&frame)
    case .space: scopes[scopes.count - 1].segment?.addSpace(tag.range, isPlain: false)
    case .break: readBreak(tag, impliesSpace: profile.rules[rule].impliesSpace)
    case .placeholder:
      let text = profile.rules[rule].text
      let segment = try segmentForText(at: tag.range.lowerBound, in: stream)
      text.withUnsafeBufferPointer {
        segment.substitute($0, for: tag.range, preservesSpace: false)
      }
      report.bytesIn += text.count { $0 > 0x20 }
    case .document: try openDocument(tag, &frame)
    case .header:
      header = HeaderReader(depth: frames.count, tag)
    case .standOff:
      frame.isContainer = true
      if standOffDepth < 0 { standOffDepth = frames.count }
    case .links:
      frame.isContainer = true
      if linkDepth < 0 { linkDepth = frames.count }
    case .field: try openContainer(&frame)
    case .annotation: readAnnotation(tag, rule)
    }
    if profile.rules[rule].field >= 0, profile.rules[rule].action != .annotation {
      openField(tag, rule, &frame)
    }
    frames.append(frame)
  }

  func endElement(_ name: XMLNameID, at range: Range<Int>, in stream: XMLStream) throws {
    let frame = frames.removeLast()
    let depth = frames.count
    if skipDepth >= 0 {
      if depth == skipDepth {
        excluded[Int(skipName)] += skipped
        skipped = 0
        skipDepth = -1
        if frame.isNoted, !range.isEmpty { noteTag(.close, name, range) }
      }
      return
    }
    if let header {
      if depth > header.depth {
        self.header!.end(name, at: range, vocabulary)
        return
      }
      document.take(header)
      try receiver.receive(header: header, from: self)
      excluded(name, header.bytes)
      self.header = nil
      return
    }
    position = range.upperBound
    if frame.targetHash != 0 { closeTarget(frame) }
    if frame.nameIndex >= 0 { closeName(frame) }
    if frame.tokenIndex >= 0 { try closeToken(frame) }
    if frame.fieldCount >= 0 { fields.removeLast(fields.count - Int(frame.fieldCount)) }
    if depth == linkDepth { linkDepth = -1 }
    if depth == standOffDepth { standOffDepth = -1 }
    if frame.pick >= 0 { picks.removeLast() }
    if frame.opensScope {
      closeScope()
    } else if frame.isContainer, frame.pick < 0 {
      closeImplicit(depth)
    }
    if frame.isNoted, !range.isEmpty { noteTag(.close, name, range) }
    if let last = blocks.last, last.frame == depth { blocks.removeLast() }
    if frame.isDocument { try closeDocument() }
    try flush()
    if depth == 0 { try finish(stream) }
  }

  /// Notes that `@join` tells of spaces.
  func noteJoin(_ segment: TEISegment) {
    usesJoin = true
    segment.usesJoin = true
  }

  /// The number of a label.
  func labelNumber(_ label: [UInt8]) -> Int {
    if let number = labelNumbers[label] { return number }
    labelNumbers[label] = labels.count
    labels.append(String(decoding: label, as: UTF8.self))
    return labels.count - 1
  }

  private func skip(_ name: XMLNameID, _ frame: inout Frame) {
    skipDepth = frames.count
    skipName = name
    excluded(name, 0)
    frames.append(frame)
  }

  /// Counts bytes that a rule leaves out.
  func excluded(_ name: XMLNameID, _ bytes: Int) {
    while excluded.count <= Int(name) { excluded.append(0) }
    excluded[Int(name)] += bytes
  }

  private func countUnknown(_ name: XMLNameID) {
    while unknown.count <= Int(name) { unknown.append(0) }
    unknown[Int(name)] += 1
  }

  private func readCommonAttributes(
    _ tag: borrowing XMLStartTag, _ frame: inout Frame, in stream: XMLStream
  ) throws {
    for attribute in tag.attributes {
      if attribute.name == vocabulary.id {
        identifiers.insert(attribute.value, at: tag.range.lowerBound, stream, &report)
        if let pointers, pointers.hasTargets {
          let hash = identifierHash(attribute.value)
          if pointers.isTarget(hash) {
            frame.targetHash = hash
            frame.targetStart = scopes.last?.segment?.text.count ?? 0
          }
        }
      } else if attribute.name == vocabulary.space {
        frame.preservesSpace = attribute.value.elementsEqual("preserve".utf8)
      } else if attribute.name == vocabulary.language {
        frame.fieldCount = Int32(fields.count)
        fields.append((vocabulary.language, Array(attribute.value)))
      }
    }
  }

  // MARK: - Characters

  func text(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int, in stream: XMLStream) throws {
    let visible = visibleCount(bytes)
    report.bytesIn += visible
    if skipDepth >= 0 {
      skipped += visible
      return
    }
    if header != nil {
      header!.text(bytes, visible)
      return
    }
    if visible == 0 {
      guard let segment = scopes[scopes.count - 1].segment, let frame = frames.last,
        !frame.isContainer
      else {
        // Between two fragments of a sentence.
        if queueStart < queue.count, let last = queue.last, last.awaitsPart, last.isClosed {
          last.addSpace(offset..<(offset + bytes.count), isPlain: false)
        }
        return
      }
      if frame.isSpaceCharacter { usesSpaceElements = true }
      if usesSpaceElements, ignoresSpace(segment) { return }
      segment.append(bytes, at: offset, preservesSpace: frame.preservesSpace)
      return
    }
    if standOffDepth >= 0 || linkDepth >= 0 {
      excluded(frames.last!.name, visible)
      return
    }
    let segment = try segmentForText(at: offset, in: stream)
    segment.append(
      bytes, at: offset, preservesSpace: frames.last?.preservesSpace ?? false,
      isFixed: stream.isCharacterData)
  }

  func substitute(
    _ bytes: UnsafeBufferPointer<UInt8>, for range: Range<Int>, in stream: XMLStream
  ) throws {
    let visible = visibleCount(bytes)
    report.bytesIn += visible
    if skipDepth >= 0 {
      skipped += visible
      return
    }
    if header != nil {
      header!.text(bytes, visible)
      return
    }
    if visible == 0 {
      guard let segment = scopes[scopes.count - 1].segment, let frame = frames.last,
        !frame.isContainer
      else { return }
      segment.substitute(
        bytes, for: range, preservesSpace: frame.preservesSpace)
      return
    }
    if standOffDepth >= 0 || linkDepth >= 0 {
      excluded(frames.last!.name, visible)
      return
    }
    try segmentForText(at: range.lowerBound, in: stream).substitute(
      bytes, for: range, preservesSpace: frames.last?.preservesSpace ?? false)
  }

  /// The bytes that are not white space.
  @inline(__always)
  private func visibleCount(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var count = 0
    for byte in bytes { count &+= byte > 0x20 ? 1 : 0 }
    return count
  }

  /// White space beside tokens means nothing where `<c>` elements hold the spaces.
  private func ignoresSpace(_ segment: TEISegment) -> Bool {
    !(frames.last?.isSpaceCharacter ?? false) && segment.lastTokenEnd == segment.text.count
      && segment.openToken < 0
  }

  // MARK: - Scopes

  /// The segment that text at `offset` goes to, made if need be.
  func segmentForText(at offset: Int, in stream: XMLStream) throws -> TEISegment {
    let index = scopes.count - 1
    if let segment = scopes[index].segment { return segment }
    let segment = newSegment(
      kind: scopes[index].kind >= 0 ? scopes[index].kind : frames.last?.name ?? -1, at: offset,
      in: stream)
    scopes[index].segment = segment
    return segment
  }

  private func newSegment(kind: XMLNameID, at offset: Int, in stream: XMLStream) -> TEISegment {
    let segment = pool.popLast() ?? TEISegment()
    segment.reset()
    segment.kind = kind
    segment.document = documentCount
    segment.start = offset
    let place = stream.place(of: offset)
    segment.line = place.line
    segment.column = place.column
    segment.usesJoin = usesJoin
    segment.prefix = documentPrefix
    var index = fields.count - 1
    while index >= 0 {
      // The innermost value of a name counts, but divisions are a path.
      let field = fields[index]
      if field.name == vocabulary.div || !segment.fields.contains(where: { $0.name == field.name })
      {
        segment.fields.append((field.name, segment.keep(field.value)))
      }
      index -= 1
    }
    segment.fields.reverse()
    queue.append(segment)
    return segment
  }

  private func keepID(_ tag: borrowing XMLStartTag, of segment: TEISegment) {
    if settings.keepsTags, !tag.isReplacement { segment.prefix = TagScanner.prefix(tag.bytes) }
    if let id = tag.value(vocabulary.id) ?? tag.value(vocabulary.plainID) {
      segment.id = segment.keep(id)
      segment.idHash = identifierHash(id)
    }
  }

  private func closeSegment(of index: Int) {
    guard let segment = scopes[index].segment else { return }
    for name in segment.openNames where segment.names[name].start >= 0 {
      report.cutNames += 1
      endName(name, of: segment)
    }
    segment.openNames.removeAll()
    segment.isClosed = true
    scopes[index].segment = nil
  }

  private func openBlock(
    _ tag: borrowing XMLStartTag, _ frame: inout Frame, in stream: XMLStream
  ) throws {
    if vocabulary.joinable(tag.name), profile.joinsVerseParts, try continuePart(tag, &frame) {
      return
    }
    closeAwaiting()
    cutScope()
    scopes.append(Scope(frame: frames.count, kind: tag.name))
    frame.opensScope = true
    let segment = newSegment(kind: tag.name, at: tag.range.lowerBound, in: stream)
    keepID(tag, of: segment)
    if vocabulary.joinable(tag.name), profile.joinsVerseParts { notePart(tag, of: segment) }
    scopes[scopes.count - 1].segment = segment
    blocks.append(
      (frames.count, segment.id.isEmpty ? [] : Array(segment.values[segment.id.indices]), true))
  }

  /// The block around a new block ends its segment; what follows is another one.
  private func cutScope() {
    let index = scopes.count - 1
    if scopes[index].segment != nil {
      closeSegment(of: index)
      scopes[index].isCut = true
    }
  }

  private func openSentence(
    _ tag: borrowing XMLStartTag, _ frame: inout Frame, in stream: XMLStream
  ) throws {
    if try continuePart(tag, &frame) { return }
    closeAwaiting()
    cutScope()
    scopes.append(Scope(frame: frames.count, kind: tag.name))
    frame.opensScope = true
    let segment = newSegment(kind: tag.name, at: tag.range.lowerBound, in: stream)
    segment.isSentence = true
    keepID(tag, of: segment)
    if let block = blocks.last {
      segment.blockID = segment.keep(block.id)
      segment.startsBlock = block.isFresh
      blocks[blocks.count - 1].isFresh = false
    } else {
      segment.startsBlock = false
    }
    notePart(tag, of: segment)
    scopes[scopes.count - 1].segment = segment
  }

  /// Notes that a fragment's continuation follows.
  private func notePart(_ tag: borrowing XMLStartTag, of segment: TEISegment) {
    guard let part = tag.value(vocabulary.part)?.first else { return }
    segment.awaitsPart = part == UInt8(ascii: "I") || part == UInt8(ascii: "M")
  }

  /// Goes on with the fragment that waits, if this is its continuation.
  private func continuePart(_ tag: borrowing XMLStartTag, _ frame: inout Frame) throws -> Bool {
    guard let part = tag.value(vocabulary.part)?.first,
      part == UInt8(ascii: "M") || part == UInt8(ascii: "F"),
      let segment = queue[queueStart...].last(where: { $0.awaitsPart && $0.isClosed }),
      segment.kind == tag.name
    else { return false }
    // Text between the fragments is a segment that comes behind.
    if scopes[scopes.count - 1].segment != nil { cutScope() }
    segment.isClosed = false
    segment.awaitsPart = part == UInt8(ascii: "M")
    scopes.append(Scope(frame: frames.count, kind: tag.name, segment: segment))
    frame.opensScope = true
    return true
  }

  /// No continuation of a fragment comes any more.
  private func closeAwaiting() {
    for segment in queue[queueStart...] where segment.awaitsPart { segment.awaitsPart = false }
  }

  private func openSeparate(
    _ tag: borrowing XMLStartTag, _ frame: inout Frame, in stream: XMLStream
  ) throws {
    scopes.append(Scope(frame: frames.count, kind: tag.name, isSeparate: true))
    frame.opensScope = true
    let segment = newSegment(kind: tag.name, at: tag.range.lowerBound, in: stream)
    keepID(tag, of: segment)
    scopes[scopes.count - 1].segment = segment
  }

  private func openContainer(_ frame: inout Frame) throws {
    frame.isContainer = true
    if scopes.count == 1 { closeSegment(of: 0) }
  }

  private func closeScope() {
    closeSegment(of: scopes.count - 1)
    scopes.removeLast()
  }

  /// Text outside of blocks ends with the element around it.
  private func closeImplicit(_ depth: Int) {
    let index = scopes.count - 1
    if scopes[index].frame < depth, index == 0 || scopes[index].isCut { closeSegment(of: index) }
  }

  private func noteTag(_ kind: SegmentTag.Kind, _ name: XMLNameID, _ range: Range<Int>) {
    guard let segment = scopes[scopes.count - 1].segment else { return }
    segment.tags.append(
      SegmentTag(kind: kind, name: name, range: range, textOffset: segment.text.count))
  }

  /// The lowest offset that a change may still come for.
  var safeOffset: Int { min(floor, position) }

  // MARK: - Borders, fields, documents

  private func readBreak(_ tag: borrowing XMLStartTag, impliesSpace: Bool) {
    guard let segment = scopes[scopes.count - 1].segment else { return }
    let value = tag.value(vocabulary.break)
    // A border inside a marked word does not end it unless it says so.
    let joins = value?.elementsEqual("no".utf8) ?? (segment.openToken >= 0)
    let effect = segment.addBreak(
      tag.range, joins: joins, isSpace: impliesSpace || value != nil && !joins,
      hyphens: profile.hyphens)
    if effect != .none { report.joins += 1 }
  }

  private func openField(_ tag: borrowing XMLStartTag, _ rule: Int, _ frame: inout Frame) {
    for name in profile.rules[rule].from {
      guard let value = tag.value(name) else { continue }
      if frame.fieldCount < 0 { frame.fieldCount = Int32(fields.count) }
      fields.append((profile.rules[rule].field, Array(value)))
      // The segment that the same element has opened has the field as well.
      if frame.opensScope, let segment = scopes[scopes.count - 1].segment {
        segment.fields.append((profile.rules[rule].field, segment.keep(value)))
      }
      return
    }
  }

  private func openDocument(_ tag: borrowing XMLStartTag, _ frame: inout Frame) throws {
    frame.isContainer = true
    frame.isDocument = true
    if settings.keepsTags, !tag.isReplacement { documentPrefix = TagScanner.prefix(tag.bytes) }
    documentStack.append(document)
    documentCount += 1
    report.documents += 1
    document = DocumentData()
    document.source = currentSource
    document.corpus = documentStack.last?.title ?? ""
    document.id = tag.string(vocabulary.id) ?? tag.string(vocabulary.plainID) ?? ""
    document.number = documentCount
    usesJoin = false
    usesSpaceElements = false
  }

  private func closeDocument() throws {
    closeAwaiting()
    while scopes.count > 1 { closeScope() }
    closeSegment(of: 0)
    try flush()
    document = documentStack.removeLast()
  }

  private func finish(_ stream: XMLStream) throws {
    guard documentStack.isEmpty, includeDepth == 0 else { return }
    closeAwaiting()
    closeSegment(of: 0)
    try flush()
  }

  /// Hands over what is complete.
  private func flush() throws {
    guard picks.isEmpty else { return }
    while queueStart < queue.count {
      let segment = queue[queueStart]
      guard segment.isClosed, !segment.awaitsPart else { break }
      try deliver(segment)
      pool.append(segment)
      queueStart += 1
    }
    if queueStart == queue.count {
      queue.removeAll(keepingCapacity: true)
      queueStart = 0
    } else if queueStart > 256 {
      queue.removeFirst(queueStart)
      queueStart = 0
    }
  }

  private func deliver(_ segment: TEISegment) throws {
    complete(segment)
    guard !segment.text.isEmpty || !segment.tokens.isEmpty else { return }
    report.segments += 1
    try receiver.receive(segment, from: self)
  }

  /// The lowest offset that is still asked for.
  var floor: Int { queueStart < queue.count ? queue[queueStart].start : Int.max }

  /// The language of a segment, as the document declares it.
  func language(of segment: TEISegment) -> String {
    if let field = segment.fields.last(where: { $0.name == vocabulary.language }) {
      return segment.string(field.value)
    }
    return document.language
  }

  /// The offset in the file's own bytes.
  @inline(__always)
  func original(_ offset: Int) -> Int { stream?.originalOffset(offset) ?? offset }

  /// The report, after the document's end.
  ///
  /// - Throws: `TEIError.nothingKnown` if the profile is for another kind of document.
  func finishReport(_ stream: XMLStream) throws -> ImportReport {
    pointers?.finish(&report)
    for (id, count) in excluded.enumerated() where count > 0 {
      report.bytesExcluded[names.string(XMLNameID(id)), default: 0] += count
    }
    for (id, count) in unknown.enumerated() where count > 0 {
      report.unknownElements[names.string(XMLNameID(id)), default: 0] += count
    }
    report.undeclaredEntities += stream.undeclaredEntities.reduce(0) { $0 + $1.count }
    report.unboundPrefixes += stream.unboundPrefixes.values.reduce(0, +)
    report.files += 1
    if knownElements == 0 {
      throw TEIError.nothingKnown(source: currentSource, root: names.string(rootName))
    }
    return report
  }

  // MARK: - Choices

  /// Decides whether a child of a choice is read, and takes back what was read before if it is better.
  private func choose(
    _ tag: borrowing XMLStartTag, _ rule: Int32, _ index: Int, in stream: XMLStream
  ) -> Bool {
    let choice = profile.rules[Int(frames[picks[index].frame].rule)]
    if rule >= 0 {
      switch profile.rules[Int(rule)].action {
      case .separate, .annotation, .break, .standOff, .links: return true
      case .exclude: if !choice.prefer.contains(tag.name) { return false }
      default: break
      }
    }
    var rank =
      choice.prefer.firstIndex(of: tag.name) ?? choice.prefer.count + picks[index].children
    picks[index].children += 1
    if let witness = profile.witness, let list = tag.value(vocabulary.wit) {
      let sigils = list.split(separator: 0x20)
      if sigils.contains(where: {
        $0.elementsEqual(witness) || $0.dropFirst().elementsEqual(witness)
      }) {
        rank = -1
      }
    }
    guard rank < picks[index].bestRank else { return false }
    if picks[index].bestRank != Int.max { rollBack(picks[index].mark, picks[index].bestName) }
    picks[index].bestRank = rank
    picks[index].bestName = tag.name
    return true
  }

  private func mark() -> Mark {
    let scope = scopes[scopes.count - 1]
    var mark = Mark(
      queueCount: queue.count - queueStart, segment: scope.segment, isCut: scope.isCut)
    guard let segment = scope.segment else { return mark }
    mark.text = segment.text.count
    mark.runs = segment.runs.count
    mark.tokens = segment.tokens.count
    mark.names = segment.names.count
    mark.links = segment.links.count
    mark.values = segment.values.count
    mark.tags = segment.tags.count
    mark.lastRun = segment.runs.last
    (mark.pendingSpace, mark.joinsNext) = (segment.pendingSpace, segment.joinsNext)
    (mark.hyphenAtBreak, mark.spaceIsPlain) = (segment.hyphenAtBreak, segment.spaceIsPlain)
    mark.spaceSource = segment.spaceSource
    mark.unresolved = segment.unresolved
    mark.lastTokenEnd = segment.lastTokenEnd
    mark.hyphenBytes = segment.droppedHyphenBytes
    return mark
  }

  /// Takes back what was read since a mark; its text counts as left out by the rule for `name`.
  private func rollBack(_ mark: Mark, _ name: XMLNameID) {
    var bytes = 0
    let first = queueStart + mark.queueCount
    for segment in queue[first...] where segment !== mark.segment {
      bytes += segment.text.count { $0 > 0x20 } + segment.droppedHyphenBytes
      pool.append(segment)
    }
    queue.removeLast(queue.count - first)
    let index = scopes.count - 1
    scopes[index].segment = mark.segment
    scopes[index].isCut = mark.isCut
    if let segment = mark.segment {
      segment.isClosed = false
      bytes += segment.text[min(mark.text, segment.text.count)...].count { $0 > 0x20 }
      bytes += segment.droppedHyphenBytes - mark.hyphenBytes
      segment.text.removeLast(max(segment.text.count - mark.text, 0))
      segment.runs.removeLast(segment.runs.count - mark.runs)
      if let last = mark.lastRun { segment.runs[segment.runs.count - 1] = last }
      segment.tokens.removeLast(segment.tokens.count - mark.tokens)
      segment.names.removeLast(segment.names.count - mark.names)
      segment.openNames.removeAll { $0 >= mark.names }
      segment.hits.removeAll { $0.range.upperBound > mark.text }
      segment.droppedHyphenBytes = mark.hyphenBytes
      segment.links.removeLast(segment.links.count - mark.links)
      segment.values.removeLast(segment.values.count - mark.values)
      segment.tags.removeLast(segment.tags.count - mark.tags)
      (segment.pendingSpace, segment.joinsNext) = (mark.pendingSpace, mark.joinsNext)
      (segment.hyphenAtBreak, segment.spaceIsPlain) = (mark.hyphenAtBreak, mark.spaceIsPlain)
      segment.spaceSource = mark.spaceSource
      segment.unresolved = mark.unresolved
      segment.lastTokenEnd = mark.lastTokenEnd
      // What began before the mark and met its first character behind it waits again.
      for index in segment.names.indices where segment.names[index].start >= mark.text {
        if segment.names[index].isOpen { segment.names[index].start = -1 }
      }
      for index in segment.tokens.indices where segment.tokens[index].textEnd < 0 {
        if segment.tokens[index].textStart >= mark.text { segment.tokens[index].textStart = -1 }
      }
    }
    excluded(name, bytes)
  }
}
