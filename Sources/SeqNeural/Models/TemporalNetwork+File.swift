internal import SeqMath
internal import SeqModel

extension Parameters.Slot {
  /// The lengths of the dimensions without what pads rows in memory, as a file has them.
  var stored: [Int] { shape.dropLast() + [columns] }

  /// The array's tensor, of single precision, or a matrix of half precision.
  func tensor(in file: SafetensorsFile) throws -> SafetensorsTensor {
    let name = "tcn." + name
    if isMatrix, file.tensor(name)?.dtype == .float16 {
      return try file.tensor(name, of: Float16.self, shape: stored)
    }
    return try file.tensor(name, of: Float.self, shape: stored)
  }
}

extension TemporalNetwork {
  /// Adds a tensor `tcn.NAME` for each array of the network: of half precision for a matrix all of whose
  /// numbers that holds as they are.
  func write(to file: inout SafetensorsWriter) {
    for slot in parameters.slots {
      let stride = slot.shape.last!
      var values: [Float] = []
      values.reserveCapacity(slot.stored.reduce(1, *))
      for row in 0..<slot.count / stride {
        let base = parameters.values.base + slot.offset + row * stride
        values += UnsafeBufferPointer(start: base, count: slot.columns)
      }
      if slot.isMatrix, values.allSatisfy(isHalf) {
        file.add("tcn." + slot.name, shape: slot.stored, values.map { Float16($0) })
      } else {
        file.add("tcn." + slot.name, shape: slot.stored, values)
      }
    }
  }

  /// Makes the network of a file's tensors.
  ///
  /// - Throws: `SafetensorsError` if one is missing or of another shape.
  init(_ shape: NetworkShape, reading file: SafetensorsFile) throws {
    self.init(withoutWeights: shape)
    let tensors = try parameters.slots.map { try $0.tensor(in: file) }
    parameters.allocate()
    for (slot, tensor) in zip(parameters.slots, tensors) {
      let (stride, columns) = (slot.shape.last!, slot.columns)
      let target = parameters.values.base + slot.offset
      if tensor.dtype == .float16 {
        try tensor.withUnsafeElements(of: Float16.self) { values in
          for (index, value) in values.enumerated() {
            target[index / columns * stride + index % columns] = Float(value)
          }
        }
      } else {
        try tensor.withUnsafeElements(of: Float.self) { values in
          for row in 0..<slot.count / stride {
            (target + row * stride)
              .update(from: values.baseAddress! + row * columns, count: columns)
          }
        }
      }
    }
  }
}
