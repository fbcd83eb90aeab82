public import SeqCore

/// CoNLL-U with frames in its last field: a predicate's MISC has `Predicate=SENSE` and
/// `Arguments=ROLE:FIRST-LAST,…` with the numbers of words, from 1, in the order of the words.
///
/// Reading takes the predicates; everything of the source stays as it was.
public struct FrameMisc: RecordFormat {
  /// `conllu`.
  public var name: String { "conllu" }
  private let conllu = CoNLLU()

  /// Makes the format.
  public init() {}

  /// The offset after the last record that is whole in `bytes`, or `nil` if none is.
  public func lastBoundary(in bytes: UnsafeRawBufferPointer) -> Int? {
    conllu.lastBoundary(in: bytes)
  }

  /// Decodes sentences; one with a `Predicate=` gets frames without arguments.
  public func decode(_ chunk: Chunk, into receive: (consuming Record) throws -> Void) throws {
    try conllu.decode(chunk) { record in
      var record = record
      let key = "Predicate="
      let senses = (record.strings("misc") ?? []).map { misc in
        misc.split(separator: "|").first { $0.hasPrefix(key) }.map { $0.dropFirst(key.count) }
      }
      let frames = senses.enumerated().compactMap { position, sense in
        sense.map { Frame(predicate: position, sense: String($0)) }
      }
      if !frames.isEmpty { record.setFrames(frames) }
      try receive(record)
    }
  }

  /// Appends a sentence with its frames.
  ///
  /// - Throws: what ``CoNLLU`` throws.
  public func encode(_ record: borrowing Record, into output: inout [UInt8]) throws {
    var marked = copy record
    let frames = record.frames ?? []
    var senses = [String](repeating: "", count: record.count)
    var arguments = senses
    for frame in frames {
      senses[frame.predicate] = frame.sense
      arguments[frame.predicate] = frame.arguments.map {
        "\($0.role):\($0.positions.lowerBound + 1)-\($0.positions.upperBound)"
      }.joined(separator: ",")
    }
    if let misc = record.strings("misc"), record.format == conllu.name {
      // What was there of these keys is replaced.
      let values = misc.map { value -> [UInt8] in
        let kept = value.split(separator: "|").filter {
          !$0.hasPrefix("Predicate=") && !$0.hasPrefix("Arguments=")
        }
        return Array((kept.isEmpty ? "_" : kept.joined(separator: "|")).utf8)
      }
      if values.map({ String(decoding: $0, as: UTF8.self) }) != misc {
        marked.setText("misc", to: values.map { marked.append($0) })
      }
    }
    marked.removeLayer(Frame.predicateLayer)
    if !frames.isEmpty {
      marked.setText("misc.Predicate", to: senses.map { marked.append(Array($0.utf8)) })
      marked.setText("misc.Arguments", to: arguments.map { marked.append(Array($0.utf8)) })
    }
    try conllu.encode(marked, into: &output)
  }
}
