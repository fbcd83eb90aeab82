internal import SeqMath
internal import SeqModel

extension Parameters.Slot {
  /// The lengths of the dimensions without what pads rows in memory, as a file has them.
  var stored: [Int] { shape.dropLast() + [columns] }
}

extension TemporalNetwork {
  /// Adds a tensor `tcn.NAME` for each array of the network.
  func write(to file: inout SafetensorsWriter) {
    for slot in parameters.slots {
      let stride = slot.shape.last!
      var values: [Float] = []
      values.reserveCapacity(slot.stored.reduce(1, *))
      for row in 0..<slot.count / stride {
        let base = parameters.values.base + slot.offset + row * stride
        values += UnsafeBufferPointer(start: base, count: slot.columns)
      }
      file.add("tcn." + slot.name, shape: slot.stored, values)
    }
  }

  /// Makes the network of a file's tensors.
  ///
  /// - Throws: `SafetensorsError` if one is missing or of another shape.
  init(_ shape: NetworkShape, reading file: SafetensorsFile) throws {
    self.init(withoutWeights: shape)
    for slot in parameters.slots {
      _ = try file.tensor("tcn." + slot.name, of: Float.self, shape: slot.stored)
    }
    parameters.allocate()
    for slot in parameters.slots {
      let tensor = try file.tensor("tcn." + slot.name, of: Float.self, shape: slot.stored)
      let (stride, columns) = (slot.shape.last!, slot.columns)
      try tensor.withUnsafeElements(of: Float.self) { values in
        for row in 0..<slot.count / stride {
          (parameters.values.base + slot.offset + row * stride)
            .update(from: values.baseAddress! + row * columns, count: columns)
        }
      }
    }
  }
}
