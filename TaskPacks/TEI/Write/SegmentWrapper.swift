internal import SeqXML

/// Finds the places in the document for elements around stretches of a segment's text.
///
/// A stretch whose tags do not match inside of it is widened over tags that touch it; where that does
/// not do, it is split at each tag that is crossed, and the fragments say that they belong together
/// (`@part` of words and sentences, `@next` and `@prev` of names).
struct SegmentWrapper {
  let segment: TEISegment
  let content: ContentTable

  /// An element's place: offsets of the document as UTF-8.
  struct Place {
    var range: Range<Int>
    var text: Range<Int>
  }

  /// Why there is no place.
  enum Fault: Error {
    /// Text that comes from part of an entity's replacement, or from a CDATA section.
    case entity
    /// An element in which no inline element may stand.
    case content
    /// Tags are crossed, and that is not allowed.
    case overlap
  }

  /// The places of the fragments of an insertion: one if nothing is crossed.
  ///
  /// - Parameter splits: whether it may be split.
  func places(of insertion: Insertion, splits: Bool = true) throws(Fault) -> [Place] {
    if let place = try whole(insertion.text, insertion.kind) { return [place] }
    guard splits else { throw .overlap }
    var cuts: [Int] = []
    let (start, end) = try self.ends(of: insertion.text)
    let inner = tags(from: start, to: end)
    let crossed = unmatched(inner)
    for index in crossed.closes + crossed.opens + forbidden(inner, insertion.kind) {
      let cut = segment.tags[index].textOffset
      if cut > insertion.text.lowerBound, cut < insertion.text.upperBound { cuts.append(cut) }
    }
    guard !cuts.isEmpty else { throw .content }
    // Each fragment is as long as it can be without crossing a tag.
    let ends = Set(cuts).sorted() + [insertion.text.upperBound]
    var places: [Place] = []
    var from = insertion.text.lowerBound
    var next = 0
    while next < ends.count {
      var found: Place?
      for end in stride(from: min(ends.count, next + 16) - 1, through: next, by: -1) {
        let fragment = trimmed(from..<ends[end])
        if fragment.isEmpty || end - next > 0 && fragment == insertion.text { continue }
        if let place = try whole(fragment, insertion.kind) {
          found = place
          next = end
          break
        }
      }
      if let found {
        places.append(found)
      } else if !trimmed(from..<ends[next]).isEmpty {
        throw .content
      }
      from = ends[next]
      next += 1
    }
    return places
  }

  private func trimmed(_ range: Range<Int>) -> Range<Int> {
    var (start, end) = (range.lowerBound, range.upperBound)
    while start < end, segment.text[start] <= 0x20 { start += 1 }
    while end > start, segment.text[end - 1] <= 0x20 { end -= 1 }
    return start..<end
  }

  /// The place of one element around all of a stretch, or `nil` if tags are crossed.
  private func whole(_ text: Range<Int>, _ kind: Insertion.Kind) throws(Fault) -> Place? {
    var (start, end) = try self.ends(of: text)
    // Widening ends where no tag touches, so the loop does.
    for _ in 0...segment.tags.count + 1 {
      let inner = tags(from: start, to: end)
      let crossed = unmatched(inner)
      if crossed.opens.isEmpty, crossed.closes.isEmpty {
        let parent = parent(at: start)
        if content.allows(kind, in: parent) {
          guard forbidden(inner, kind).isEmpty else { return nil }
          let range = kind == .sentence ? widened(start..<end, text) : start..<end
          return Place(range: range, text: text)
        }
        guard let left = tagBefore(start, text.lowerBound),
          let right = tagBehind(end, text.upperBound)
        else { throw .content }
        (start, end) = (left, right)
        continue
      }
      if !crossed.closes.isEmpty {
        guard let left = tagBefore(start, text.lowerBound) else { return nil }
        start = left
      }
      if !crossed.opens.isEmpty {
        guard let right = tagBehind(end, text.upperBound) else { return nil }
        end = right
      }
    }
    return nil
  }

  /// The place of a sentence around all elements that hold nothing but the sentence: a name that is a
  /// whole sentence stays one when the document is read again.
  private func widened(_ range: Range<Int>, _ text: Range<Int>) -> Range<Int> {
    var (best, outer) = (range, range)
    while let left = tagBefore(outer.lowerBound, text.lowerBound),
      let right = tagBehind(outer.upperBound, text.upperBound)
    {
      outer = left..<right
      let inner = tags(from: left, to: right)
      let crossed = unmatched(inner)
      guard crossed.opens.isEmpty, crossed.closes.isEmpty, forbidden(inner, .sentence).isEmpty
      else { break }
      if content.allows(.sentence, in: parent(at: left)) { best = outer }
    }
    return best
  }

  /// The first and the last byte of the document of a stretch.
  private func ends(of text: Range<Int>) throws(Fault) -> (Int, Int) {
    let first = segment.runIndex(of: text.lowerBound)
    let last = segment.runIndex(of: text.upperBound - 1)
    let (head, tail) = (segment.runs[first], segment.runs[last])
    if head.isFixed || tail.isFixed { throw .entity }
    // What stands for several characters is taken whole or not at all.
    if !head.isVerbatim {
      if text.lowerBound > head.textStart { throw .entity }
      if first > 0, !segment.runs[first - 1].isVerbatim,
        segment.runs[first - 1].source == head.source
      {
        throw .entity
      }
    }
    let textEnd =
      last + 1 < segment.runs.count ? segment.runs[last + 1].textStart : segment.text.count
    if !tail.isVerbatim {
      if text.upperBound < textEnd { throw .entity }
      if last + 1 < segment.runs.count, !segment.runs[last + 1].isVerbatim,
        segment.runs[last + 1].source == tail.source
      {
        throw .entity
      }
    }
    let start =
      head.isVerbatim
      ? head.source.lowerBound + (text.lowerBound - head.textStart) : head.source.lowerBound
    let end =
      tail.isVerbatim
      ? tail.source.upperBound - (textEnd - text.upperBound) : tail.source.upperBound
    guard start < end else { throw .entity }
    return (start, end)
  }

  // MARK: - Tags

  /// The numbers of the tags that lie in a stretch of the document.
  private func tags(from start: Int, to end: Int) -> Range<Int> {
    let first = firstTag(from: start)
    var last = first
    while last < segment.tags.count, segment.tags[last].range.lowerBound < end { last += 1 }
    return first..<last
  }

  private func firstTag(from offset: Int) -> Int {
    var low = 0
    var high = segment.tags.count
    while low < high {
      let middle = (low + high) / 2
      if segment.tags[middle].range.lowerBound < offset { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The tags whose partners lie outside.
  private func unmatched(_ range: Range<Int>) -> (opens: [Int], closes: [Int]) {
    var opens: [Int] = []
    var closes: [Int] = []
    for index in range {
      switch segment.tags[index].kind {
      case .open: opens.append(index)
      case .close: if opens.isEmpty { closes.append(index) } else { opens.removeLast() }
      case .empty: break
      }
    }
    return (opens, closes)
  }

  /// The tags of elements that may not stand inside.
  private func forbidden(_ range: Range<Int>, _ kind: Insertion.Kind) -> [Int] {
    range.filter { !content.mayHold(kind, segment.tags[$0].name) }
  }

  /// The start of the start tag that stands before an offset with no text between.
  private func tagBefore(_ start: Int, _ text: Int) -> Int? {
    var index = firstTag(from: start) - 1
    while index >= 0 {
      let tag = segment.tags[index]
      guard touches(tag.textOffset, text) else { return nil }
      switch tag.kind {
      case .open: return tag.range.lowerBound
      case .close: return nil
      case .empty: index -= 1
      }
    }
    return nil
  }

  /// The end of the end tag that stands behind an offset with no text between.
  private func tagBehind(_ end: Int, _ text: Int) -> Int? {
    var index = firstTag(from: end)
    while index < segment.tags.count {
      let tag = segment.tags[index]
      guard tag.textOffset == text else { return nil }
      switch tag.kind {
      case .close: return tag.range.upperBound
      case .open: return nil
      case .empty: index += 1
      }
    }
    return nil
  }

  /// Whether nothing but a space stands between two places of the text.
  private func touches(_ offset: Int, _ text: Int) -> Bool {
    offset == text || offset == text - 1 && segment.text[offset] == 0x20
  }

  /// The element that an offset lies in.
  private func parent(at offset: Int) -> XMLNameID {
    let index = firstTag(from: offset) - 1
    return index >= 0 ? segment.tags[index].around : segment.outer
  }
}
