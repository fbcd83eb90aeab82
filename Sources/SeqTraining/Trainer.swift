package import SeqModel

/// A learner that goes step by step, can be looked at between steps and stored.
package protocol Trainer {
  /// Takes a step: an iteration of an optimizer, a pass over the data.
  mutating func step() throws -> StepReport

  /// The parameters as they stand. For averaged learners, the average.
  func parameters() -> LinearParameters

  /// Adds everything needed to go on to a checkpoint.
  func save(to file: inout SafetensorsWriter)

  /// Goes on from a checkpoint, so that the steps that follow give the same bits.
  mutating func restore(from file: SafetensorsFile) throws
}

/// What a step did.
package struct StepReport: Sendable {
  /// What training minimizes, in nats for a CRF, in mistakes for a perceptron.
  package var objective: Double
  /// Whether there is nothing more to gain.
  package var isConverged = false
}
