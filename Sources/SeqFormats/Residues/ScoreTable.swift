internal import SeqCore

/// Curves over the residues of sequences: probabilities, scores.
public struct ResidueCurve: Hashable, Sendable {
  /// The name of the sequence.
  public var sequence: String
  /// What the values are.
  public var name: String
  /// A value a residue, in order; `nil` where there is none.
  public var values: [Double?]

  /// Makes a curve.
  public init(sequence: String, name: String, values: [Double?]) {
    self.sequence = sequence
    self.name = name
    self.values = values
  }
}

/// Reads curves: CAID's format, or a table whose first line names its columns, with the sequence in
/// `sequence`, `record`, `id` or the first column, the position from 1 in `position`, and numbers in
/// the others.
public enum ScoreTable {
  /// The curves of a file.
  ///
  /// - Throws: what the source throws; `FormatError.annotation` with the line.
  public static func read(_ source: ByteSource) throws -> [ResidueCurve] {
    let file = source.name.fileName
    let head = try source.peek(1)
    if head.first == UInt8(ascii: ">") {
      return try CAIDPredictions.read(source).map {
        ResidueCurve(
          sequence: $0.name, name: String(file.prefix { $0 != "." }), values: $0.scores)
      }
    }
    return try readTable(source)
  }

  private static func readTable(_ source: ByteSource) throws -> [ResidueCurve] {
    var lines = LineReader(source)
    guard let first = try lines.next() else { return [] }
    let names = fields(first)
    guard let position = names.firstIndex(of: "position") else {
      throw FormatError.annotation(
        at: lines.place(),
        expected: "column names with position among them, or CAID's >NAME")
    }
    let sequence = names.firstIndex { ["sequence", "record", "id", "name"].contains($0) } ?? 0
    var curves: [ResidueCurve] = []
    var numbers: [String: Int] = [:]
    while let bytes = try lines.next() {
      if bytes.isEmpty || bytes[0] == UInt8(ascii: "#") { continue }
      let values = fields(bytes)
      guard values.count == names.count, let place = Int(values[position]),
        (1...(1 << 28)).contains(place)
      else {
        throw FormatError.annotation(
          at: lines.place(),
          expected: "\(names.count) fields, the position a number from 1")
      }
      for (column, text) in values.enumerated() where column != position && column != sequence {
        guard let value = Double(text) else { continue }
        let key = values[sequence] + "\t" + names[column]
        let number = numbers[key] ?? curves.count
        if number == curves.count {
          numbers[key] = number
          curves.append(
            ResidueCurve(sequence: values[sequence], name: names[column], values: []))
        }
        while curves[number].values.count < place { curves[number].values.append(nil) }
        curves[number].values[place - 1] = value
      }
    }
    return curves
  }

  private static func fields(_ line: [UInt8]) -> [String] {
    line.split(separator: .tab, omittingEmptySubsequences: false).map {
      String(decoding: $0, as: UTF8.self)
    }
  }
}
