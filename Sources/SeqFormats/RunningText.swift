public import SeqCore

/// The raw text that CoNLL-U sentences were made from, with their segmentation as places in it: the
/// gold standard of tokenizers.
///
/// As in the CoNLL 2018 shared task, sentences are joined by a space unless the last word says
/// `SpaceAfter=No`, and paragraphs (`# newpar`) and documents (`# newdoc`) by a blank line. Words of
/// a multiword token have the bytes of their forms where these follow one another in the token, and
/// otherwise share it as far as it goes. Empty nodes are no words.
public struct RunningText: Sendable {
  /// The text.
  public private(set) var bytes: [UInt8] = []
  /// The surface tokens: a multiword token is one.
  public private(set) var tokens: [ByteRange] = []
  /// The words: those of a multiword token are several.
  public private(set) var words: [ByteRange] = []
  /// The sentences, from their first token's start to their last token's end.
  public private(set) var sentences: [ByteRange] = []

  /// Rebuilds the text of CoNLL-U.
  ///
  /// - Parameters:
  ///   - conllu: the bytes of whole sentences.
  ///   - source: the name of their source in errors.
  ///   - keepsParagraphs: whether blank lines stand between paragraphs; otherwise all is one line.
  /// - Throws: `FormatError.fieldCount`, `.wordID`.
  public init(
    conllu: [UInt8], source: String = "", keepsParagraphs: Bool = true
  ) throws(FormatError) {
    var state = State()
    var number = 0
    for line in conllu.split(separator: .lineFeed, omittingEmptySubsequences: false) {
      number += 1
      let line = line.last == .carriageReturn ? line.dropLast() : line
      if line.isEmpty {
        endSentence(&state)
      } else if line.first == UInt8(ascii: "#") {
        if line.starts(with: "# newpar".utf8) || line.starts(with: "# newdoc".utf8) {
          state.beginsParagraph = keepsParagraphs
        }
      } else {
        try append(line, at: Place(source: source, line: number), &state)
      }
    }
    endSentence(&state)
  }

  private struct State {
    var spaceBefore = false
    var beginsParagraph = false
    /// The number of the last word of the multiword token that is being read.
    var lastOfToken = 0
    /// The first token of the sentence that is being read.
    var firstToken: Int?
  }

  private mutating func endSentence(_ state: inout State) {
    if let first = state.firstToken {
      sentences.append(
        ByteRange(Int(tokens[first].start), Int(tokens[tokens.count - 1].end)))
    }
    state.firstToken = nil
    state.lastOfToken = 0
  }

  private mutating func append(
    _ line: ArraySlice<UInt8>, at place: Place, _ state: inout State
  ) throws(FormatError) {
    let fields = line.split(separator: .tab, omittingEmptySubsequences: false)
    guard fields.count == CoNLLU.fields.count else {
      throw .fieldCount(at: place, found: fields.count, declared: CoNLLU.fields, hint: nil)
    }
    let id = fields[0]
    if id.contains(UInt8(ascii: ".")) { return }
    let dash = id.firstIndex(of: UInt8(ascii: "-"))
    let last = dash.map { id[($0 + 1)...] } ?? id
    guard let number = Int(String(decoding: last, as: UTF8.self)) else {
      throw .wordID(at: place, found: String(decoding: id, as: UTF8.self))
    }
    let form = fields[1]
    if dash == nil, number <= state.lastOfToken, let token = tokens.last {
      let start = max(words.last?.end ?? 0, token.start)
      let end = min(Int(start) + form.count, Int(token.end))
      words.append(ByteRange(Int(start), end))
      return
    }
    if state.beginsParagraph, !bytes.isEmpty {
      bytes.append(contentsOf: [.lineFeed, .lineFeed])
    } else if state.spaceBefore {
      bytes.append(.space)
    }
    state.beginsParagraph = false
    let token = ByteRange(bytes.count, bytes.count + form.count)
    bytes.append(contentsOf: form)
    if state.firstToken == nil { state.firstToken = tokens.count }
    tokens.append(token)
    if dash == nil { words.append(token) } else { state.lastOfToken = number }
    state.spaceBefore = !fields[9].split(separator: UInt8(ascii: "|")).contains {
      $0.elementsEqual("SpaceAfter=No".utf8)
    }
  }
}
