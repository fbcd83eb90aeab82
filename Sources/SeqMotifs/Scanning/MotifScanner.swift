public import SeqCore

/// Finds motifs in windows of residues. Immutable, so that threads can share it.
public protocol MotifScanner: Sendable {
  /// Residues that a window must show on either side of its core.
  var reach: Int { get }

  /// Appends the hits that begin in a window's core, by rising start.
  func scan(
    _ text: UnsafeBufferPointer<UInt8>, _ window: ResidueWindow, into hits: inout [MotifHit])
}

extension PatternScanner: MotifScanner {}
