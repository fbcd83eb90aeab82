/// An argument of a predicate: words and the role that they play.
public struct FrameArgument: Hashable, Sendable {
  /// The words, 0-based, from the first to behind the last; never the predicate's.
  public var positions: Range<Int>
  /// The role as PropBank names it: `ARG0`, `ARGM-TMP`; `R-` before it for a relative pronoun that
  /// stands for an argument, `C-` for a further piece of one.
  public var role: String

  /// Makes an argument.
  public init(positions: Range<Int>, role: String) {
    self.positions = positions
    self.role = role
  }
}

/// A predicate with its arguments: who did what to whom, when and where.
public struct Frame: Hashable, Sendable {
  /// The predicate's position, 0-based.
  public var predicate: Int
  /// Its lemma, `kill`, or its roleset, `kill.01`.
  public var sense: String
  /// The arguments in the order of the words; none overlaps another.
  public var arguments: [FrameArgument]

  /// Makes a frame.
  public init(predicate: Int, sense: String, arguments: [FrameArgument] = []) {
    self.predicate = predicate
    self.sense = sense
    self.arguments = arguments
  }
}

extension Frame {
  /// The text layer that marks predicates by their sense; `_` stands at other words.
  public static let predicateLayer = "predicate"

  /// The name of the span layer with the roles of the predicate `number`, counted from 0 in the
  /// order of the words: `role`, `role.2`, `role.3`, ….
  public static func roleLayer(_ number: Int) -> String {
    number == 0 ? "role" : "role.\(number + 1)"
  }
}

extension Record {
  /// The frames that the layer `predicate` and the span layers `role`, `role.2`, … tell, a predicate
  /// each; `nil` if there is no layer `predicate`.
  public var frames: [Frame]? {
    guard let senses = strings(Frame.predicateLayer) else { return nil }
    var frames: [Frame] = []
    for (position, sense) in senses.enumerated() where sense != "_" && !sense.isEmpty {
      let layer = spanLayer(Frame.roleLayer(frames.count))
      frames.append(
        Frame(
          predicate: position, sense: sense,
          arguments: layer?.spans.map {
            FrameArgument(positions: $0.positions, role: layer!.typeName(of: $0))
          } ?? []))
    }
    return frames
  }

  /// Sets the layer `predicate` and a span layer a predicate.
  ///
  /// - Parameter frames: in the order of their predicates, which differ.
  public mutating func setFrames(_ frames: [Frame]) {
    for layer in spanLayers.map(\.name) where SpanLayer.isLayer(layer, of: Frame.roleLayer(0)) {
      removeSpans(layer)
    }
    let empty = append(Array("_".utf8))
    var senses = [ByteRange](repeating: empty, count: count)
    var last = -1
    for (number, frame) in frames.enumerated() {
      precondition(
        frame.predicate > last && frame.predicate < count,
        "Frames come in the order of their predicates, which are words of the record.")
      last = frame.predicate
      senses[frame.predicate] = append(Array(frame.sense.utf8))
      let types = Set(frame.arguments.map(\.role)).sorted()
      setSpans(
        SpanLayer(
          name: Frame.roleLayer(number), types: types,
          spans: frame.arguments.map { argument in
            LabelledSpan(
              positions: argument.positions, type: Label(types.firstIndex(of: argument.role)!))
          }))
    }
    setText(Frame.predicateLayer, to: senses)
  }
}
