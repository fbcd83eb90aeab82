public import SeqCore
public import SeqFormats
public import SeqNeural

/// One video or stream: a vector a frame and, if it is known, a label a frame.
public struct Recording: Sendable {
  /// The name, without folder and ending.
  public var name: String
  /// The vectors, [T][D].
  public var rows: any InputRows
  /// The labels, [T]; empty if they are not known.
  public var gold: [Label]
  /// The frames that no segment goes over to, rising: each the first behind a gap in time.
  public var breaks: [Int]

  /// Makes a recording.
  public init(name: String, rows: any InputRows, gold: [Label] = [], breaks: [Int] = []) {
    self.name = name
    self.rows = rows
    self.gold = gold
    self.breaks = breaks
  }

  /// The labels between gaps: what a decoder learns steps and durations from.
  public var connectedGold: [[Label]] {
    let ends = breaks.filter { $0 < gold.count } + [gold.count]
    return zip([0] + ends, ends).map { Array(gold[$0..<$1]) }
  }

  /// What a network learns from.
  public var example: NetworkExample { NetworkExample(rows, gold: gold) }

  /// A piece of it.
  func piece(_ range: Range<Int>) -> Recording {
    Recording(
      name: name, rows: RowPiece(rows: rows, range: range), gold: Array(gold[range]),
      breaks: breaks.filter { range.contains($0) }.map { $0 - range.lowerBound })
  }
}

/// Some neighbouring rows of a sequence.
private struct RowPiece: InputRows {
  let rows: any InputRows
  let range: Range<Int>

  var count: Int { range.count }
  var width: Int { rows.width }

  func write(_ part: Range<Int>, to target: UnsafeMutablePointer<Float>, stride: Int) {
    let (first, last) = (range.lowerBound + part.lowerBound, range.lowerBound + part.upperBound)
    rows.write(first..<last, to: target, stride: stride)
  }
}

/// The frames of an array in a file, read as they are needed.
public struct ArrayRows: InputRows {
  /// The array.
  public let array: NPYArray
  /// Which of its dimensions is time.
  public let layout: NPYArray.Layout
  /// The number of frames, T.
  public let count: Int
  /// The width of a vector, D.
  public let width: Int

  /// Makes the rows of an array.
  ///
  /// - Throws: `ArrayError.dimensions` unless it has two dimensions.
  public init(_ array: NPYArray, _ layout: NPYArray.Layout) throws(ArrayError) {
    (count, width) = try array.size(layout)
    self.array = array
    self.layout = layout
  }

  /// Reads some frames.
  public func write(_ range: Range<Int>, to rows: UnsafeMutablePointer<Float>, stride: Int) {
    array.write(range, layout, to: rows, stride: stride)
  }
}

/// Some of another's rows: the first `count` of every `step`-th.
public struct SelectedRows: InputRows {
  private let base: any InputRows
  private let step: Int
  /// The number of rows.
  public let count: Int
  /// The length of a row.
  public var width: Int { base.width }

  /// Selects rows 0, step, 2 · step, … of the first `limit`.
  public init(_ base: any InputRows, limit: Int, step: Int) {
    precondition(step > 0 && limit <= base.count, "Rows are selected from those that are there.")
    self.base = base
    self.step = step
    count = (limit + step - 1) / step
  }

  /// Reads some of the selected rows.
  public func write(_ range: Range<Int>, to rows: UnsafeMutablePointer<Float>, stride: Int) {
    if step == 1 { return base.write(range, to: rows, stride: stride) }
    for (index, t) in range.enumerated() {
      base.write(t * step..<t * step + 1, to: rows + index * stride, stride: stride)
    }
  }
}
