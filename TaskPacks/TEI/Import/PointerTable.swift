internal import SeqXML

/// Annotations that stand apart from the text and point at it: what they say, and at what.
///
/// They are collected in a pass of their own, because they may stand before or behind the text.
final class PointerTable {
  /// An annotation of a stretch of text.
  struct Pointer {
    /// The hashes of the first and the last element; the same for one.
    var from: UInt64
    var to: UInt64
    /// Characters of the element, for `string-range`: offset and length.
    var characters: [(offset: Int, length: Int)] = []
    var label: String
    var place: XMLPlace
    fileprivate var start: (segment: ObjectIdentifier, serial: Int, range: Range<Int>)?
    fileprivate var end: (segment: ObjectIdentifier, serial: Int, range: Range<Int>)?
  }

  private(set) var pointers: [Pointer] = []
  private var byTarget: [UInt64: [Int]] = [:]
  private var serial = 0
  private(set) var resolved = 0
  private(set) var crossing = 0

  /// Whether anything points anywhere.
  var hasTargets: Bool { !byTarget.isEmpty }

  func isTarget(_ hash: UInt64) -> Bool { byTarget[hash] != nil }

  func add(_ pointer: Pointer) {
    let index = pointers.count
    pointers.append(pointer)
    byTarget[pointer.from, default: []].append(index)
    if pointer.to != pointer.from { byTarget[pointer.to, default: []].append(index) }
  }

  /// The annotations whose ends lie in a segment that is complete.
  func resolve(
    _ segment: TEISegment, _ report: inout ImportReport
  ) -> [(label: String, parts: [Range<Int>])] {
    serial += 1
    var result: [(label: String, parts: [Range<Int>])] = []
    for hit in segment.hits {
      for index in byTarget[hit.hash] ?? [] {
        let here = (ObjectIdentifier(segment), serial, hit.range)
        if pointers[index].from == hit.hash { pointers[index].start = here }
        if pointers[index].to == hit.hash { pointers[index].end = here }
        guard let start = pointers[index].start, let end = pointers[index].end else { continue }
        guard start.serial == end.serial else {
          crossing += 1
          report.crossingPointers += 1
          continue
        }
        var parts = [start.range.lowerBound..<max(end.range.upperBound, start.range.lowerBound)]
        if !pointers[index].characters.isEmpty {
          parts = pointers[index].characters.map {
            characters($0, in: segment.text, from: start.range.lowerBound)
          }
        }
        parts.removeAll(where: \.isEmpty)
        if parts.isEmpty { continue }
        resolved += 1
        result.append((pointers[index].label, parts))
      }
    }
    return result
  }

  /// The bytes of a number of code points.
  private func characters(
    _ range: (offset: Int, length: Int), in text: [UInt8], from start: Int
  ) -> Range<Int> {
    func advance(_ byte: Int, _ count: Int) -> Int {
      var (byte, left) = (byte, count)
      while byte < text.count {
        if text[byte] & 0xC0 != 0x80 {
          if left == 0 { break }
          left -= 1
        }
        byte += 1
      }
      return byte
    }
    let first = advance(start, max(range.offset, 0))
    return first..<advance(first, max(range.length, 0))
  }

  /// Counts the annotations that nothing was found for.
  func finish(_ report: inout ImportReport) {
    for pointer in pointers where pointer.start == nil || pointer.end == nil {
      report.unresolvedPointers += 1
      if report.warnings.count < ImportReport.warningLimit {
        report.warnings.append(
          "\(pointer.place): warning: an annotation (\(pointer.label)) points at nothing in the text"
        )
      }
    }
  }
}

/// Collects the annotations that stand apart.
final class PointerScanner: XMLHandler {
  let table = PointerTable()
  private let names: XMLNames
  private let vocabulary: Vocabulary
  private let spanGroup, annotationGroup, span, annotation: XMLNameID
  private var groupTypes: [(depth: Int, type: String)] = []
  private var depth = 0
  /// A span whose label is its text.
  private var open: (pointer: PointerTable.Pointer, depth: Int, text: [UInt8])?

  init(names: XMLNames) {
    self.names = names
    vocabulary = Vocabulary(names)
    spanGroup = names.id("spanGrp")
    annotationGroup = names.id("annotationGrp")
    span = names.id("span")
    annotation = names.id("annotation")
  }

  func startElement(_ tag: borrowing XMLStartTag, in stream: XMLStream) throws {
    depth += 1
    if tag.name == spanGroup || tag.name == annotationGroup {
      groupTypes.append((depth, tag.string(vocabulary.type) ?? ""))
    } else if tag.name == span || tag.name == annotation {
      guard var pointer = pointer(tag, in: stream) else { return }
      if let ana = tag.string(vocabulary.ana) {
        pointer.label = label(ana)
        table.add(pointer)
      } else {
        open = (pointer, depth, [])
      }
    }
  }

  func endElement(_ name: XMLNameID, at range: Range<Int>, in stream: XMLStream) throws {
    if let last = groupTypes.last, last.depth == depth { groupTypes.removeLast() }
    if let open, open.depth == depth {
      var pointer = open.pointer
      let words = open.text.split { $0 <= 0x20 }
      let text = String(decoding: Array(words.joined(separator: [0x20])), as: UTF8.self)
      pointer.label = [groupTypes.last?.type ?? "", text].filter { !$0.isEmpty }
        .joined(separator: ":")
      if !pointer.label.isEmpty { table.add(pointer) }
      self.open = nil
    }
    depth -= 1
  }

  func text(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int, in stream: XMLStream) throws {
    if open != nil, open!.text.count < 4096 { open!.text.append(contentsOf: bytes) }
  }

  func substitute(
    _ bytes: UnsafeBufferPointer<UInt8>, for range: Range<Int>, in stream: XMLStream
  ) throws {
    if open != nil, open!.text.count < 4096 { open!.text.append(contentsOf: bytes) }
  }

  /// The label of `#PER` or `ner:PER`.
  private func label(_ ana: String) -> String {
    let first = ana.split(separator: " ").first.map(String.init) ?? ana
    if first.hasPrefix("#") { return String(first.dropFirst()) }
    return first.split(separator: ":", maxSplits: 1).last.map(String.init) ?? first
  }

  private func pointer(_ tag: borrowing XMLStartTag, in stream: XMLStream) -> PointerTable.Pointer?
  {
    func hash(_ text: some StringProtocol) -> UInt64? {
      guard text.hasPrefix("#") else { return nil }
      return Array(text.dropFirst().utf8).withUnsafeBufferPointer { identifierHash($0) }
    }
    let place = stream.place(of: tag.range.lowerBound)
    if let from = tag.string(vocabulary.from), let first = hash(from) {
      let last = tag.string(vocabulary.to).flatMap { hash($0) } ?? first
      return PointerTable.Pointer(from: first, to: last, label: "", place: place)
    }
    guard let target = tag.string(vocabulary.target) else { return nil }
    if target.hasPrefix("#string-range("), let close = target.firstIndex(of: ")") {
      let parts = target.dropFirst("#string-range(".count).prefix { $0 != ")" }
        .split(separator: ",").map { $0.filter { !$0.isWhitespace } }
      _ = close
      guard let id = parts.first else { return nil }
      let numbers = parts.dropFirst().map { Int($0) ?? -1 }
      guard let element = hash(id.hasPrefix("#") ? id : "#" + id), numbers.count >= 2,
        numbers.count % 2 == 0, numbers.allSatisfy({ $0 >= 0 })
      else { return nil }
      var pointer = PointerTable.Pointer(from: element, to: element, label: "", place: place)
      pointer.characters = stride(from: 0, to: numbers.count, by: 2)
        .map { (numbers[$0], numbers[$0 + 1]) }
      return pointer
    }
    let targets = target.split(separator: " ").compactMap { hash($0) }
    guard let first = targets.first, let last = targets.last else { return nil }
    return PointerTable.Pointer(from: first, to: last, label: "", place: place)
  }
}
