internal import SeqXML

/// Annotations that stand apart from the text and point at it: what they say, and at what.
///
/// They are collected in a pass of their own, because they may stand before or behind the text.
/// Memory grows with their number.
final class PointerTable {
  /// What an annotation says something about.
  enum Role: Equatable {
    /// A name: a span of text with a label.
    case name
    /// A value of the token that it points at.
    case pos, msd, lemma
    /// A sentence: its value means nothing.
    case sentence
    /// Something that is not imported, such as semantic roles; counted.
    case other
  }

  /// An annotation of a stretch of text.
  struct Pointer {
    /// The hashes of the elements that it points at; several are all of its text, in order.
    var targets: [UInt64]
    /// Whether the two targets are the first and the last element, and what lies between belongs to
    /// it as well.
    var isRange = false
    /// Code points of the element's text as the document has it, for `string-range`.
    var characters: [(offset: Int, length: Int)] = []
    /// For `match`: the expression that is looked for in the element's text, and which of its matches,
    /// from 1, is meant.
    var match: (expression: String, number: Int)?
    var role = Role.name
    var label: String
    var place: XMLPlace
    fileprivate(set) var isTouched = false
    fileprivate(set) var isResolved = false
    fileprivate(set) var isCrossing = false
  }

  private(set) var pointers: [Pointer] = []
  private var byTarget: [UInt64: [Int32]] = [:]
  /// Whether some point at characters.
  private(set) var countsCharacters = false
  /// Whether some point at what an expression matches.
  private(set) var hasMatches = false

  /// Whether anything points anywhere.
  var hasTargets: Bool { !byTarget.isEmpty }

  func isTarget(_ hash: UInt64) -> Bool { byTarget[hash] != nil }

  func add(_ pointer: Pointer) {
    let index = Int32(pointers.count)
    pointers.append(pointer)
    if !pointer.characters.isEmpty { countsCharacters = true }
    if pointer.match != nil { hasMatches = true }
    for target in pointer.targets where byTarget[target]?.last != index {
      byTarget[target, default: []].append(index)
    }
  }

  /// The expressions that are looked for in an element, with the numbers of their pointers.
  func matches(in target: UInt64) -> [(pointer: Int, match: (expression: String, number: Int))] {
    (byTarget[target] ?? []).compactMap { index in
      pointers[Int(index)].match.map { (Int(index), $0) }
    }
  }

  /// Notes what an expression has matched: code points of the element's text.
  func setCharacters(of pointer: Int, to range: Range<Int>) {
    guard pointers[pointer].characters.isEmpty else { return }
    pointers[pointer].characters = [(range.lowerBound, range.count)]
    countsCharacters = true
  }

  /// Forgets where the expressions that have matched nothing point: it is not the whole element.
  func endMatching() {
    byTarget = byTarget.compactMapValues { list in
      let found = list.filter {
        pointers[Int($0)].match == nil || !pointers[Int($0)].characters.isEmpty
      }
      return found.isEmpty ? nil : found
    }
  }

  /// The places of characters that are asked for in an element: code points from its start.
  func characterPlaces(in target: UInt64) -> [(pointer: Int, part: Int, offset: Int, length: Int)] {
    var result: [(pointer: Int, part: Int, offset: Int, length: Int)] = []
    for index in byTarget[target] ?? [] {
      for (part, characters) in pointers[Int(index)].characters.enumerated() {
        result.append((Int(index), part, characters.offset, characters.length))
      }
    }
    return result
  }

  /// An annotation and the text that it points at.
  struct Resolved {
    var pointer: Pointer
    /// The stretches of the segment's text, in order.
    var parts: [Range<Int>]
  }

  /// The annotations whose text lies in a segment that is complete; those that lie in several
  /// segments are counted.
  func resolve(_ segment: TEISegment, _ report: inout ImportReport) -> [Resolved] {
    var ranges: [UInt64: Range<Int>] = [:]
    var touched: [Int] = []
    for hit in segment.hits {
      if ranges[hit.hash] == nil { ranges[hit.hash] = hit.range }
      touched += (byTarget[hit.hash] ?? []).map(Int.init)
    }
    var starts: [[Int]: Int] = [:]
    var parts: [Int: [Range<Int>]] = [:]
    for mark in segment.characterMarks {
      if mark.isEnd {
        guard let start = starts[[mark.pointer, mark.part]], start <= mark.text else { continue }
        parts[mark.pointer, default: []].append(start..<mark.text)
      } else {
        starts[[mark.pointer, mark.part]] = mark.text
        touched.append(mark.pointer)
      }
    }
    var result: [Resolved] = []
    var last = -1
    for index in touched.sorted() where index != last {
      last = index
      if pointers[index].isResolved { continue }
      guard let found = text(of: index, in: segment, ranges, parts[index] ?? []) else {
        if pointers[index].isTouched, !pointers[index].isCrossing {
          report.crossingPointers += 1
          pointers[index].isCrossing = true
        }
        pointers[index].isTouched = true
        continue
      }
      pointers[index].isResolved = true
      if !found.isEmpty { result.append(Resolved(pointer: pointers[index], parts: found)) }
    }
    return result
  }

  /// The text of an annotation, or `nil` if not all of it lies in the segment.
  private func text(
    of index: Int, in segment: TEISegment, _ ranges: [UInt64: Range<Int>], _ parts: [Range<Int>]
  ) -> [Range<Int>]? {
    let pointer = pointers[index]
    var found: [Range<Int>] = []
    if !pointer.characters.isEmpty {
      guard parts.count == pointer.characters.count else { return nil }
      found = parts.map { segment.trimmed($0) }
    } else {
      for target in pointer.targets {
        guard let range = ranges[target] else { return nil }
        found.append(range)
      }
      if pointer.isRange, let first = found.first, let last = found.last {
        found = [first.lowerBound..<max(last.upperBound, first.lowerBound)]
      }
    }
    return segment.joined(found.filter { !$0.isEmpty })
  }

  /// Counts the annotations that nothing was found for.
  func finish(_ report: inout ImportReport) {
    for pointer in pointers where !pointer.isResolved {
      report.unresolvedPointers += 1
      if report.warnings.count < ImportReport.warningLimit {
        report.warnings.append(
          "\(pointer.place): warning: an annotation (\(pointer.label)) points at "
            + (pointer.isTouched ? "more than one segment of the text" : "nothing in the text"))
      }
    }
  }
}

extension TEISegment {
  /// A stretch of the text without white space at its edges.
  func trimmed(_ range: Range<Int>) -> Range<Int> {
    var (start, end) = (min(range.lowerBound, text.count), min(range.upperBound, text.count))
    while start < end, text[start] <= 0x20 { start += 1 }
    while end > start, text[end - 1] <= 0x20 { end -= 1 }
    return start..<end
  }

  /// Stretches in order, those with nothing but white space between them made one.
  func joined(_ ranges: [Range<Int>]) -> [Range<Int>] {
    ranges.sorted { $0.lowerBound < $1.lowerBound }.reduce(into: []) { parts, part in
      if let last = parts.last,
        part.lowerBound <= last.upperBound
          || text[last.upperBound..<part.lowerBound].allSatisfy({ $0 <= 0x20 })
      {
        parts[parts.count - 1] = last.lowerBound..<max(last.upperBound, part.upperBound)
      } else {
        parts.append(part)
      }
    }
  }
}
