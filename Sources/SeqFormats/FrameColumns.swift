public import SeqCore
internal import Synchronization

/// Columns with semantic roles, as CoNLL-2005, CoNLL-2012 and PropBank's releases lay them out: the
/// columns of the words, one that marks the predicates, then one with IOB2 labels for each predicate
/// of the sentence, in the order of the predicates. See `Docs/Formats/roles.md`.
///
/// A predicate's own column labels it `B-V`. A label that lies on the predicate itself, or `V` and
/// its pieces elsewhere, are no arguments; a ``FrameLabelCount`` tells how many there were.
public struct FrameColumns: RecordFormat {
  /// `roles`.
  public var name: String { "roles" }
  /// The columns before those of the predicates, the last of them `predicate`.
  public static let names = ["id", "form", "lemma", "upos", "xpos", "head", "deprel", "predicate"]

  private let names: [String]
  private let columns: Columns
  private let leftOut: FrameLabelCount?
  private static let rest = "roles"

  /// Makes the format.
  ///
  /// - Parameters:
  ///   - names: the columns before those of the predicates; `form` and `predicate` are among them,
  ///     and `_` skips one.
  ///   - leftOut: counts the labels that are read as no argument.
  /// - Throws: `FormatError.columnNames`, `.missingLayer`.
  public init(_ names: [String] = Self.names, leftOut: FrameLabelCount? = nil) throws {
    for needed in ["form", Frame.predicateLayer] where !names.contains(needed) {
      throw FormatError.missingLayer(
        at: Place(source: "--columns", line: 1), format: "roles", layer: needed)
    }
    self.names = names
    self.leftOut = leftOut
    columns = try Columns(names + [Self.rest + "*"])
  }

  /// The offset after the last record that is whole in `bytes`, or `nil` if none is.
  public func lastBoundary(in bytes: UnsafeRawBufferPointer) -> Int? {
    columns.lastBoundary(in: bytes)
  }

  /// Decodes records and sets their frames.
  ///
  /// - Throws: what ``Columns`` throws, `FrameFault` for columns of roles that make no sense.
  public func decode(_ chunk: Chunk, into receive: (consuming Record) throws -> Void) throws {
    try columns.decode(chunk) { record in
      var record = record
      let frames = try frames(of: record)
      record.removeLayer(Self.rest)
      record.setFrames(frames)
      try receive(record)
    }
  }

  private func frames(of record: borrowing Record) throws -> [Frame] {
    guard let senses = record.strings(Frame.predicateLayer), let rest = record.strings(Self.rest)
    else { return [] }
    var frames: [Frame] = []
    for (position, sense) in senses.enumerated() where sense != "_" && !sense.isEmpty {
      frames.append(Frame(predicate: position, sense: sense))
    }
    for (position, line) in rest.enumerated() {
      let labels = line.isEmpty ? [] : line.split(separator: "\t", omittingEmptySubsequences: false)
      func fault(_ problem: FrameFault.Problem) -> FrameFault {
        FrameFault(
          at: Place(
            source: record.provenance.source,
            line: record.line(of: position, in: Frame.predicateLayer)),
          problem: problem)
      }
      guard labels.count == frames.count else {
        throw fault(.columnCount(found: labels.count, predicates: frames.count))
      }
      for (number, label) in labels.enumerated() {
        if label == "O" { continue }
        guard label.hasPrefix("B-") || label.hasPrefix("I-"), label.count > 2 else {
          throw fault(.label(String(label)))
        }
        let role = String(label.dropFirst(2))
        let isPredicate = position == frames[number].predicate
        if role == "V" || role == "C-V" || isPredicate {
          if !(role == "V" && isPredicate) { leftOut?.add() }
          continue
        }
        let last = frames[number].arguments.count - 1
        if label.hasPrefix("I-"), last >= 0, frames[number].arguments[last].role == role,
          frames[number].arguments[last].positions.upperBound == position
        {
          let start = frames[number].arguments[last].positions.lowerBound
          frames[number].arguments[last].positions = start..<position + 1
        } else {
          frames[number].arguments.append(
            FrameArgument(positions: position..<position + 1, role: role))
        }
      }
    }
    return frames
  }

  /// Appends a record: its comments, then a line a word, then a blank line. A column that the record
  /// has no layer for is `_`, `id` counts from 1.
  ///
  /// - Throws: `FormatError.unwritableValue` for a value with a tab or a line end.
  public func encode(_ record: borrowing Record, into output: inout [UInt8]) throws {
    if !record.format.isEmpty {
      for line in record.buffer[..<record.sourceCount].split(separator: .lineFeed)
      where line.first == UInt8(ascii: "#") && !line.contains(.tab) {
        output.append(contentsOf: line)
        output.append(.lineFeed)
      }
    }
    let frames = record.frames ?? []
    var labels = [[String]](
      repeating: Array(repeating: "O", count: frames.count), count: record.count)
    for (number, frame) in frames.enumerated() {
      labels[frame.predicate][number] = "B-V"
      for argument in frame.arguments {
        for t in argument.positions {
          labels[t][number] = (t == argument.positions.lowerBound ? "B-" : "I-") + argument.role
        }
      }
    }
    let layers = names.map { record.ranges($0) }
    for t in 0..<record.count {
      for (column, name) in names.enumerated() {
        if column > 0 { output.append(.tab) }
        guard let range = layers[column]?[t] else {
          output.append(contentsOf: (name == "id" ? "\(t + 1)" : "_").utf8)
          continue
        }
        let value = record.buffer[range.indices]
        if value.contains(.tab) || value.contains(.lineFeed) {
          throw FormatError.unwritableValue(
            at: Place(record.provenance), format: self.name, layer: name, position: t,
            value: record.string(range))
        }
        output.append(contentsOf: value.isEmpty ? [UInt8(ascii: "_")] : Array(value))
      }
      for label in labels[t] {
        output.append(.tab)
        output.append(contentsOf: label.utf8)
      }
      output.append(.lineFeed)
    }
    output.append(.lineFeed)
  }
}

/// Counts, on any thread, the labels of words that columns of roles have and frames cannot: `C-V`, `V`
/// on another word than the predicate, and any other label on the predicate itself.
public final class FrameLabelCount: Sendable {
  private let count = Mutex(0)

  /// Begins at 0.
  public init() {}

  /// The labels so far.
  public var value: Int { count.withLock { $0 } }

  func add() { count.withLock { $0 += 1 } }
}

/// What can be wrong with columns of roles.
public struct FrameFault: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public enum Problem: Hashable, Sendable {
    /// Another number of columns of roles than predicates.
    case columnCount(found: Int, predicates: Int)
    /// Not a label of IOB2.
    case label(String)
  }
  /// The line.
  public var at: Place
  /// What is wrong there.
  public var problem: Problem

  /// The sentence for the user.
  public var description: String {
    switch problem {
    case .columnCount(let found, let predicates):
      "\(at): \(found) columns of roles where the sentence marks \(predicates) predicates. There is "
        + "one for each predicate; do the columns before them fit --columns?"
    case .label(let label):
      "\(at): found “\(label)” in a column of roles, expected O, B-ROLE or I-ROLE."
    }
  }
}
