internal import SeqCore

/// What stands between the words of a record in its running text.
struct SpacesAfter {
  /// Whether the next word follows a word without a gap.
  private(set) var isMissing: [Bool]
  /// The running text.
  let text: ByteRange

  /// Looks at the gaps, or returns `nil` if the record knows no running text or its words do not
  /// lie in it one after another.
  init?(_ record: borrowing Record, words: [ByteRange]) {
    // A record made in code of plain text need not say so.
    let isPlain = record.format.isEmpty && record.sourceCount > 0
    guard let text = record.text ?? (isPlain ? ByteRange(0, record.sourceCount) : nil) else {
      return nil
    }
    self.text = text
    isMissing = Array(repeating: false, count: words.count)
    var end = text.start
    for (index, word) in words.enumerated() {
      guard word.start >= end, word.end <= text.end else { return nil }
      if index > 0 { isMissing[index - 1] = word.start == end }
      end = word.end
    }
  }

  /// The running text on one line: white space at its ends is dropped, and line ends with the white
  /// space around them become one space.
  func text(of record: borrowing Record) -> [UInt8] {
    var result: [UInt8] = []
    var pending: [UInt8] = []
    for byte in record.buffer[text.indices] {
      switch byte {
      case .space, .tab, .lineFeed, .carriageReturn: pending.append(byte)
      default:
        if !result.isEmpty, !pending.isEmpty {
          result.append(
            contentsOf: pending.contains(.lineFeed) || pending.contains(.carriageReturn)
              ? [.space] : pending)
        }
        pending.removeAll(keepingCapacity: true)
        result.append(byte)
      }
    }
    return result
  }
}
