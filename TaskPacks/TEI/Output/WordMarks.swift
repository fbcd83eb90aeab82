/// What the passages that a word stands in say of it: `supplied`, `unclear`.
extension TEISegment {
  /// The labels of the marks that a stretch of text has characters in, each once, with commas; nothing
  /// where there are none.
  func markLabels(of range: Range<Int>, _ labels: [String]) -> [UInt8] {
    var result: [UInt8] = []
    var found: [Int] = []
    guard let markSearch else { return [] }
    for mark in marks[markSearch.candidates(range)] where !found.contains(mark.label) {
      guard mark.parts.contains(where: { $0.overlaps(range) }) else { continue }
      found.append(mark.label)
      if !result.isEmpty { result.append(UInt8(ascii: ",")) }
      result += labels[mark.label].utf8.map {
        $0 <= 0x20 || $0 == UInt8(ascii: "|") ? UInt8(ascii: "_") : $0
      }
    }
    return result
  }
}
