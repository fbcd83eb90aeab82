internal import SeqCore

/// How the letters of a sequence are written: where everything is in capitals, or nothing is, an
/// upper-case letter tells nothing about a single word.
public enum SentenceCase: String, Hashable, Sendable, CaseIterable {
  /// Capitals where a writer sets them.
  case mixed
  /// At least seven in ten words of three or more are all capitals.
  case upper
  /// At least six in ten of four or more words after the first begin with a capital, as in titles.
  case title
  /// No upper-case letter at all.
  case lower

  /// The case of words in order; words that begin with no letter do not count.
  ///
  /// - Parameters:
  ///   - words: ranges of `buffer`.
  ///   - buffer: UTF-8.
  static func of(_ words: [ByteRange], in buffer: UnsafeBufferPointer<UInt8>) -> SentenceCase {
    var count = 0
    var capitalized = 0
    var allUpper = 0
    var hasUpper = false
    for word in words {
      var first = true
      var isUpper = false
      var lowers = 0
      var uppers = 0
      for index in word.indices {
        let byte = buffer[index]
        // Letters outside ASCII count as lower case: what is told is a habit of the writer, which
        // plain letters show well enough.
        let upper = byte >= 0x41 && byte <= 0x5A
        let letter = upper || byte >= 0x61 && byte <= 0x7A || byte >= 0x80
        if first {
          guard letter else { break }
          isUpper = upper
          first = false
        }
        if upper { uppers += 1 } else if letter { lowers += 1 }
      }
      guard !first else { continue }
      count += 1
      if uppers > 0 { hasUpper = true }
      if isUpper && count > 1 { capitalized += 1 }
      if uppers > 1 && lowers == 0 { allUpper += 1 }
    }
    if count >= 3 && allUpper * 10 >= count * 7 { return .upper }
    if count >= 4 && capitalized * 10 >= (count - 1) * 6 { return .title }
    return count > 0 && !hasUpper ? .lower : .mixed
  }
}
