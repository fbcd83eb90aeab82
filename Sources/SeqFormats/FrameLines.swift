public import SeqCore

/// Sentences with their frames as JSON, an object a line: the words with their tags, then each
/// predicate with its arguments. It is written only. See `Docs/Formats/roles.md`.
///
/// Positions count words from 0, `end` is behind the last.
public struct FrameLines: RecordFormat {
  /// `jsonl`.
  public var name: String { "jsonl" }

  /// Makes the format.
  public init() {}

  /// None: the format is not read.
  public func lastBoundary(in bytes: UnsafeRawBufferPointer) -> Int? { nil }

  /// Throws `FormatError.writeOnly`.
  public func decode(_ chunk: Chunk, into receive: (consuming Record) throws -> Void) throws {
    throw FormatError.writeOnly(format: "jsonl with frames")
  }

  /// Appends a line.
  public func encode(_ record: borrowing Record, into output: inout [UInt8]) throws {
    let forms = record.strings("form") ?? []
    func appendList(_ key: String, _ values: [String]) {
      output += "\"\(key)\":[".utf8
      for (index, value) in values.enumerated() {
        if index > 0 { output.append(UInt8(ascii: ",")) }
        output.appendJSON(value.utf8)
      }
      output += "],".utf8
    }
    func text(_ positions: Range<Int>) -> String { forms[positions].joined(separator: " ") }
    output.append(UInt8(ascii: "{"))
    appendList("words", forms)
    for layer in ["upos", "xpos"] {
      if let values = record.strings(layer) { appendList(layer, values) }
    }
    output += "\"frames\":[".utf8
    for (number, frame) in (record.frames ?? []).enumerated() {
      output += (number > 0 ? "," : "").utf8
      output += "{\"predicate\":\(frame.predicate),\"sense\":".utf8
      output.appendJSON(frame.sense.utf8)
      output += ",\"text\":".utf8
      output.appendJSON(forms[frame.predicate].utf8)
      output += ",\"arguments\":[".utf8
      for (index, argument) in frame.arguments.enumerated() {
        output += (index > 0 ? ",{\"role\":" : "{\"role\":").utf8
        output.appendJSON(argument.role.utf8)
        output +=
          ",\"start\":\(argument.positions.lowerBound),\"end\":\(argument.positions.upperBound),\"text\":"
          .utf8
        output.appendJSON(text(argument.positions).utf8)
        output.append(UInt8(ascii: "}"))
      }
      output += "]}".utf8
    }
    output += "]}\n".utf8
  }
}
