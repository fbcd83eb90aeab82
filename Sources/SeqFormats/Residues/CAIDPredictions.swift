internal import SeqCore

/// What one predictor says of the residues of one protein: a score each.
public struct ResidueScores: Hashable, Sendable {
  /// The protein's name.
  public var name: String
  /// The residues that scores belong to.
  public var letters: [UInt8]
  /// A score a residue.
  public var scores: [Double]
  /// The predictor's own decision a residue, where the file has a fourth field.
  public var states: [Bool]?
  /// The line of the record's header.
  public var line: Int
}

/// Reads predictions in the format of the CAID assessment: a line `>name`, then for each residue a
/// line of its position from 1, the residue, a score and perhaps a state (1 or 0), between tabs.
public enum CAIDPredictions {
  /// The predictions of a file, in its order.
  ///
  /// - Throws: what the source throws; `FormatError.annotation` with the line of what is not as it
  ///   should be.
  public static func read(_ source: ByteSource) throws -> [ResidueScores] {
    var lines = LineReader(source)
    var result: [ResidueScores] = []
    func refuse(_ expected: String) -> FormatError {
      .annotation(at: lines.place(), expected: expected)
    }
    while let line = try lines.next() {
      if line.isEmpty { continue }
      if line[0] == UInt8(ascii: ">") {
        let name = String(decoding: Array(line.dropFirst()).withoutTrailingSpace, as: UTF8.self)
        result.append(
          ResidueScores(name: name, letters: [], scores: [], states: nil, line: lines.line))
        continue
      }
      guard var record = result.popLast() else {
        throw refuse("a line >NAME before the first residue")
      }
      let fields = line.split(separator: .tab, omittingEmptySubsequences: false).map {
        String(decoding: $0, as: UTF8.self)
      }
      guard fields.count == 3 || fields.count == 4 else {
        throw refuse("position, residue, score and perhaps state between tabs, as in 1⇥M⇥0.868⇥1")
      }
      guard Int(fields[0]) == record.scores.count + 1 else {
        throw refuse("position \(record.scores.count + 1) of \(record.name), not \(fields[0])")
      }
      guard fields[1].utf8.count == 1, let letter = fields[1].utf8.first else {
        throw refuse("one residue in the second field, not \(fields[1])")
      }
      guard let score = Double(fields[2]), score.isFinite else {
        throw refuse("a score in the third field, not \"\(fields[2])\"")
      }
      record.letters.append(letter)
      record.scores.append(score)
      if fields.count == 4, !fields[3].isEmpty {
        guard fields[3] == "0" || fields[3] == "1" else {
          throw refuse("state 0 or 1 in the fourth field, not \(fields[3])")
        }
        record.states = record.states ?? []
        record.states?.append(fields[3] == "1")
      }
      result.append(record)
    }
    for record in result where (record.states?.count ?? record.scores.count) != record.scores.count
    {
      throw FormatError.annotation(
        at: Place(source: lines.name, line: record.line),
        expected: "a state for every residue of \(record.name) or for none")
    }
    return result
  }
}
