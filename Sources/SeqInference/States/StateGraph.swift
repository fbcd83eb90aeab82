public import SeqCore

/// A chain over states that labels are made of: what a label grammar comes down to.
///
/// Several states may show one label (the three positions of a codon, a helix that goes in and one
/// that comes out), so a graph says what a chain over labels cannot: phase, direction, order. A state
/// lasts one position and may step to itself, or it has lengths of its own: then a stay of d positions
/// scores `lengths[d − 1]` once, as in a semi-Markov chain (Yu 2010, doi:10.1016/j.artint.2009.11.011).
///
/// A path's score is start + Σ emission[t][column of the state] + Σ step + Σ length + end, in nats.
/// −∞ forbids. Steps are kept as lists: the cost is that of the steps there are.
public struct StateGraph: Sendable {
  /// One state.
  public struct State: Hashable, Sendable {
    /// The label that its positions show.
    public var label: Label
    /// The column of the emissions that its positions score by.
    public var column: Int
    /// The bytes that may stand at its positions; `nil` for any.
    public var letters: ByteSet?
    /// The scores of staying 1, 2, … positions; `nil` for a state of one position.
    public var lengths: [Float]?
    /// The score of being first; −∞ forbids.
    public var start: Float = -.infinity
    /// The score of being last; −∞ forbids.
    public var end: Float = -.infinity

    /// Makes a state that neither starts nor ends.
    public init(label: Label, column: Int, letters: ByteSet? = nil, lengths: [Float]? = nil) {
      precondition(lengths?.isEmpty != true, "A state lasts at least one position.")
      self.label = label
      self.column = column
      self.letters = letters
      self.lengths = lengths
    }
  }

  /// A step from one state to another.
  public struct Step: Hashable, Sendable {
    /// The earlier state.
    public var from: Int
    /// The later state.
    public var to: Int
    /// The score in nats.
    public var score: Float

    /// Makes a step.
    public init(from: Int, to: Int, score: Float = 0) {
      self.from = from
      self.to = to
      self.score = score
    }
  }

  /// The states.
  public let states: [State]
  /// The steps, in the order of the later state, then of the earlier one.
  public let steps: [Step]
  /// The number of labels.
  public let labelCount: Int
  /// Steps to state j are `steps[stepStarts[j]..<stepStarts[j + 1]]`.
  let stepStarts: [Int]

  /// Makes a graph.
  ///
  /// - Precondition: steps name states, none twice; a state with lengths does not step to itself.
  public init(states: [State], steps: [Step], labelCount: Int) {
    precondition(!states.isEmpty, "A graph has a state.")
    let sorted = steps.sorted { ($0.to, $0.from) < ($1.to, $1.from) }
    for (index, step) in sorted.enumerated() {
      precondition(
        states.indices.contains(step.from) && states.indices.contains(step.to),
        "Steps are between states.")
      precondition(
        step.from != step.to || states[step.to].lengths == nil,
        "A state with lengths does not step to itself.")
      precondition(
        index == 0 || (sorted[index - 1].from, sorted[index - 1].to) != (step.from, step.to),
        "There is one step between two states.")
    }
    precondition(states.allSatisfy { Int($0.label) < labelCount }, "States show labels.")
    self.states = states
    self.steps = sorted
    self.labelCount = labelCount
    var starts = [0]
    for j in states.indices {
      starts.append(starts[j] + sorted[starts[j]...].prefix { $0.to == j }.count)
    }
    stepStarts = starts
  }

  /// The graph with the same paths, all of which score 0 but for their emissions.
  public func unscored() -> StateGraph {
    func flat(_ score: Float) -> Float { score == -.infinity ? score : 0 }
    return StateGraph(
      states: states.map { state in
        var state = state
        state.start = flat(state.start)
        state.end = flat(state.end)
        state.lengths = state.lengths?.map(flat)
        return state
      },
      steps: steps.map { Step(from: $0.from, to: $0.to, score: flat($0.score)) },
      labelCount: labelCount)
  }

  /// The graph whose states score by the column of their label.
  public func byLabel() -> StateGraph {
    StateGraph(
      states: states.map { state in
        var state = state
        state.column = Int(state.label)
        return state
      }, steps: steps, labelCount: labelCount)
  }
}

/// A set of bytes.
public struct ByteSet: Hashable, Sendable {
  private var words = SIMD4<UInt64>()

  /// Makes a set.
  public init(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { words[Int(byte >> 6)] |= 1 << UInt64(byte & 63) }
  }

  /// Whether a byte is in the set.
  @inline(__always)
  public func contains(_ byte: UInt8) -> Bool {
    words[Int(byte >> 6)] >> UInt64(byte & 63) & 1 != 0
  }
}

/// Sums of columns of emissions over any run of positions, and how far back from each position a state
/// may stay: what a graph's recursions read.
struct StateScores {
  let count: Int
  let columns: Int
  /// [T + 1][C]: the sum of a column's scores before a position, −∞ left out.
  private(set) var sums: [Double]
  /// [T][S]: how many positions up to and with this one the state may stay on.
  private(set) var runs: [Int32]

  init(_ emissions: Emissions, _ graph: StateGraph, letters: [UInt8]?) {
    let T = emissions.count
    let C = emissions.labelCount
    let S = graph.states.count
    precondition(letters.map { $0.count == T } ?? true, "There is one letter for each position.")
    precondition(graph.states.allSatisfy { $0.column < C }, "States score by columns there are.")
    count = T
    columns = C
    sums = [Double](repeating: 0, count: (T + 1) * C)
    runs = [Int32](repeating: 0, count: T * S)
    for t in 0..<T {
      let row = emissions.row(t)
      for c in 0..<C {
        sums[(t + 1) * C + c] = sums[t * C + c] + (row[c] == -.infinity ? 0 : Double(row[c]))
      }
      for (s, state) in graph.states.enumerated() {
        let isAllowed =
          row[state.column] > -.infinity
          && (letters.map { state.letters?.contains($0[t]) ?? true } ?? true)
        if isAllowed { runs[t * S + s] = (t > 0 ? runs[(t - 1) * S + s] : 0) + 1 }
      }
    }
  }

  @inline(__always)
  func sum(_ start: Int, _ end: Int, _ column: Int) -> Double {
    sums[end * columns + column] - sums[start * columns + column]
  }
}
