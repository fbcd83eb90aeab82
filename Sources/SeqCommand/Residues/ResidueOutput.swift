internal import SeqKit

/// Where the results of several files of sequences go, one after another behind one head.
struct ResidueOutput {
  let sink: ByteSink
  /// Warnings until now.
  private(set) var warnings = 0
  private var hasBegun = false

  init(_ sink: ByteSink) { self.sink = sink }

  /// Writes the head, if this is the first file.
  mutating func begin(_ head: (inout [UInt8]) -> Void) throws {
    if hasBegun { return }
    hasBegun = true
    var bytes: [UInt8] = []
    head(&bytes)
    try sink.write(bytes)
  }

  /// Tells what a user should know, and counts it.
  mutating func warn(_ sentences: [String], on console: Console) {
    for sentence in sentences { console.warn(sentence) }
    warnings += sentences.count
  }
}
