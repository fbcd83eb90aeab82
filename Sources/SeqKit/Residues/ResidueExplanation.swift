internal import Glibc
internal import SeqInference

/// Why a network gave a residue its label, by occlusion: by how much the label's log-probability at this
/// place falls when one residue is hidden (Zeiler and Fergus 2014, doi:10.1007/978-3-319-10590-1_53).
///
/// A network's output is no sum over residues, so contributions do not add up to it; each is the exact
/// answer to one question: what if this residue were unknown?
public struct ResidueExplanation: Sendable {
  /// What one residue does.
  public struct Contribution: Hashable, Sendable {
    /// Its position, from 0.
    public var position: Int
    /// The residue.
    public var letter: UInt8
    /// log P(label) with it minus log P(label) without it, in nats: positive where it speaks for the
    /// label.
    public var value: Float
  }

  /// The position that is explained, from 0.
  public let position: Int
  /// The label chosen there, by the decoder in use.
  public let label: UInt8
  /// The network's own P(label) at the position, for each label of the model, in order.
  public let probabilities: [(label: UInt8, probability: Float)]
  /// The residues around the position, in order.
  public let contributions: [Contribution]

  /// Explains a position of a sequence.
  ///
  /// - Parameters:
  ///   - distance: how far from the position residues are hidden.
  ///   - wanted: the label to explain; the chosen one if `nil`.
  public init(
    _ labeler: ResidueLabeler, letters: [UInt8], position: Int, distance: Int,
    label wanted: UInt8? = nil
  ) throws {
    precondition(letters.indices.contains(position), "The position is in the sequence.")
    self.position = position
    let chosen = try labeler.label(letters).labels[position]
    label = wanted ?? chosen
    let base = labeler.networkProbabilities(of: letters, at: position)
    probabilities = base
    let column = base.firstIndex { [label] in $0.label == label } ?? 0
    let hidden: UInt8 = labeler.hiddenLetter
    contributions =
      (max(0, position - distance)...min(letters.count - 1, position + distance)).map { other in
        var changed = letters
        changed[other] = hidden
        let without = labeler.networkProbabilities(of: changed, at: position)
        return Contribution(
          position: other, letter: letters[other],
          value: logf(max(base[column].probability, 1e-30))
            - logf(max(without[column].probability, 1e-30)))
      }
  }
}

extension ResidueLabeler {
  /// P(label) at a position by the network alone: the sum over the label's classes.
  func networkProbabilities(of letters: [UInt8], at position: Int) -> [(
    label: UInt8, probability: Float
  )] {
    let scores = classScores(of: letters)
    var sums = [Float](repeating: 0, count: knownLabels.count)
    for (number, column) in classLabels.enumerated() {
      sums[column] += expf(scores[position, number])
    }
    return zip(knownLabels, sums).map { ($0, $1) }
  }
}
