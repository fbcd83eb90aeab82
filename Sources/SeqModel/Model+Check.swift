internal import SeqCore

extension Model {
  /// Reads every number once more and checks what opening takes on trust: that all weights are
  /// finite, that the lists of weights make sense and that the manifest agrees with itself.
  ///
  /// - Throws: `ModelError.damaged` with what is wrong.
  /// - Complexity: O(bytes).
  public func check() throws {
    func refuse(_ problem: String) -> ModelError { .damaged(path: file.path, problem: problem) }
    for tensor in file.tensors where tensor.dtype == .float32 {
      let finite = try tensor.withUnsafeElements(of: Float.self) { numbers in
        // A chain may forbid starts, steps and ends by −∞.
        let mayForbid = tensor.name.hasPrefix("chain.")
        return numbers.allSatisfy { $0.isFinite || mayForbid && $0 == -.infinity }
      }
      guard finite else { throw refuse("\(tensor.name) has a value that is no finite number") }
    }
    guard manifest.scale.isFinite, manifest.scale > 0 else {
      throw refuse("the scale of its weights is \(manifest.scale)")
    }
    if let problem = weights.checkLists(labelCount: schema.count) { throw refuse(problem) }
    let counts = manifest.provenance.labelCounts
    guard counts.isEmpty || counts.count == manifest.labels.count else {
      throw refuse("it counts \(counts.count) labels and has \(manifest.labels.count)")
    }
    if let words = file.tensor("lexicon") {
      let rising = try words.withUnsafeElements(of: UInt32.self) { words in
        zip(words, words.dropFirst()).allSatisfy { $0 < $1 }
      }
      guard rising else { throw refuse("the words of its lexicon are not in order") }
    }
  }
}
