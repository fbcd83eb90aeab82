public import SeqCore
internal import SeqInference

extension Model {
  /// The parameters of the model for given features and labels, to start another training from.
  ///
  /// Labels are matched by name; a feature or label that the model does not know gets no weight, and
  /// neither does what the model forbids: the new labels have rules of their own.
  ///
  /// - Parameters:
  ///   - features: hashes of features, whose order the result keeps.
  ///   - schema: the labels of the result.
  public func parameters(for features: [UInt64], schema: LabelSchema) -> LinearParameters {
    let own = schema.names.map { self.schema.label($0) }
    var new = [Label?](repeating: nil, count: self.schema.count)
    for (label, old) in own.enumerated() { if let old { new[Int(old)] = Label(label) } }
    var starts: [Int32] = [0]
    var labels: [Label] = []
    var values: [Float] = []
    for hash in features {
      let pairs = weights.weights(of: hash).compactMap { pair in
        new[Int(pair.label)].map { (label: $0, weight: pair.weight) }
      }
      for pair in pairs.sorted(by: { $0.label < $1.label }) {
        labels.append(pair.label)
        values.append(pair.weight)
      }
      starts.append(Int32(labels.count))
    }
    func score(_ value: Float) -> Float { value > -.infinity ? value : 0 }
    var step = Matrix(rows: schema.count, columns: schema.count)
    for i in own.indices {
      for j in own.indices {
        if let a = own[i], let b = own[j] { step[i, j] = score(chain.step[Int(a), Int(b)]) }
      }
    }
    return LinearParameters(
      features: features, starts: starts, labels: labels, weights: values,
      start: own.map { $0.map { score(chain.start[Int($0)]) } ?? 0 }, step: step,
      end: own.map { $0.map { score(chain.end[Int($0)]) } ?? 0 })
  }
}
