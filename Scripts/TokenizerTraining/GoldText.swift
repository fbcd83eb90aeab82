import FoundationEssentials
import SeqCore
import SeqFormats

/// Raw text rebuilt from a CoNLL-U file, laid out in one of several ways.
struct GoldText {
  /// How sentences and paragraphs are put together.
  enum Layout: String, CaseIterable {
    /// A blank line between paragraphs and documents, a space between sentences.
    case paragraphs
    /// Everything on one line.
    case line
    /// As `paragraphs`, lines broken at the first space behind 80 bytes.
    case wrapped
    /// As `paragraphs`, lines broken so that none is longer than 72 bytes if words allow it.
    case filled
  }

  var bytes: [UInt8]
  var tokens: [ByteRange]
  var words: [ByteRange]
  var sentences: [ByteRange]

  init(path: String, layout: Layout) throws {
    let data = Array(try Data(contentsOf: URL(filePath: path)))
    let text = try RunningText(conllu: data, source: path, keepsParagraphs: layout != .line)
    bytes = text.bytes
    tokens = text.tokens
    words = text.words
    sentences = text.sentences
    if layout == .wrapped || layout == .filled { wrap(isFilled: layout == .filled) }
  }

  private mutating func wrap(isFilled: Bool) {
    var lineStart = 0
    var lastSpace = -1
    for i in bytes.indices {
      if bytes[i] == 0x0A {
        lineStart = i + 1
        lastSpace = -1
      } else if bytes[i] == 0x20 {
        if isFilled {
          if i - lineStart > 72, lastSpace >= 0 {
            bytes[lastSpace] = 0x0A
            lineStart = lastSpace + 1
          }
        } else if i - lineStart >= 80 {
          bytes[i] = 0x0A
          lineStart = i + 1
        }
        lastSpace = i
      }
    }
  }
}
