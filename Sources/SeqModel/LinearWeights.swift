public import SeqCore
internal import SeqMath

/// The weights of a linear model in the layout of the model file (`linear.v1`), read in place.
///
/// `slots` is an open-addressing table of features: the low half of a slot is the low half of the
/// feature's hash, the high half its number + 1; 0 is an empty slot. A feature is looked for from
/// slot ⌊(hash / 2³²) · slots / 2³²⌋ on. Its pairs of label and weight follow `starts`. Weights are
/// `Float`, or integers times `scale`.
public struct LinearWeights: Sendable {
  /// How weights are stored.
  public enum Precision: String, Codable, Hashable, Sendable, CaseIterable {
    /// 32-bit floating point.
    case float32 = "f32"
    /// 16-bit integers times a scale.
    case int16 = "i16"
    /// 8-bit integers times a scale.
    case int8 = "i8"
  }

  /// The number of features.
  public let featureCount: Int
  /// The number of pairs of feature and label.
  public let pairCount: Int
  /// What an integer weight is multiplied with; 1 for `float32`.
  public let scale: Float
  /// How the weights are stored.
  public let precision: Precision

  private let table: Table

  /// `@unchecked`: pointers into tensors that are immutable and kept alive here.
  private struct Table: @unchecked Sendable {
    let slots: UnsafeBufferPointer<UInt64>
    let starts: UnsafeBufferPointer<UInt32>
    let labels8: UnsafePointer<UInt8>?
    let labels16: UnsafePointer<UInt16>?
    let weights8: UnsafePointer<Int8>?
    let weights16: UnsafePointer<Int16>?
    let weights32: UnsafePointer<Float>?
    let tensors: [SafetensorsTensor]
  }

  /// Reads the tensors `linear.*` of a file and checks that they fit together.
  ///
  /// - Throws: `SafetensorsError` if a tensor is missing or of another type, `ModelError.damaged`
  ///   if their contents contradict each other.
  init(_ file: SafetensorsFile, labelCount: Int, scale: Float) throws {
    let slots = try file.tensor("linear.slots", of: UInt64.self, shape: [nil])
    let starts = try file.tensor("linear.starts", of: UInt32.self, shape: [nil])
    let pairs = Int(try starts.elements(as: UInt32.self).last ?? 0)
    let labels =
      try
      (labelCount <= 256
      ? file.tensor("linear.labels", of: UInt8.self, shape: [pairs])
      : file.tensor("linear.labels", of: UInt16.self, shape: [pairs]))
    guard let weights = file.tensor("linear.weights"), weights.shape == [pairs] else {
      throw ModelError.damaged(path: file.path, problem: "linear.weights has not \(pairs) values")
    }
    featureCount = starts.count - 1
    pairCount = pairs
    self.scale = scale
    switch weights.dtype {
    case .float32: precision = .float32
    case .int16: precision = .int16
    case .int8: precision = .int8
    default:
      throw ModelError.damaged(
        path: file.path, problem: "linear.weights are \(weights.dtype.rawValue), not F32, I16, I8")
    }
    table = Table(
      slots: try slots.elements(), starts: try starts.elements(),
      labels8: labelCount <= 256 ? try labels.elements().baseAddress : nil,
      labels16: labelCount <= 256 ? nil : try labels.elements().baseAddress,
      weights8: precision == .int8 ? try weights.elements().baseAddress : nil,
      weights16: precision == .int16 ? try weights.elements().baseAddress : nil,
      weights32: precision == .float32 ? try weights.elements().baseAddress : nil,
      tensors: [slots, starts, labels, weights])
    guard featureCount >= 0, !table.slots.isEmpty else {
      throw ModelError.damaged(path: file.path, problem: "the table of features is empty")
    }
  }

  /// Checks every number that a look-up trusts, so that no file makes it read or write elsewhere.
  func check(path: String, labelCount: Int) throws {
    var previous: UInt32 = 0
    for start in table.starts {
      guard start >= previous else {
        throw ModelError.damaged(path: path, problem: "linear.starts falls")
      }
      previous = start
    }
    var hasEmpty = false
    for slot in table.slots {
      let number = Int(slot &>> 32)
      if number == 0 { hasEmpty = true }
      guard number <= featureCount else {
        throw ModelError.damaged(path: path, problem: "linear.slots names feature \(number)")
      }
    }
    guard hasEmpty else {
      throw ModelError.damaged(path: path, problem: "linear.slots has no empty slot")
    }
    for pair in 0..<pairCount where Int(label(pair)) >= labelCount {
      throw ModelError.damaged(path: path, problem: "linear.labels names label \(label(pair))")
    }
  }

  @inline(__always)
  private func label(_ pair: Int) -> Int {
    if let labels = table.labels8 { return Int(labels[pair]) }
    return Int(table.labels16![pair])
  }

  @inline(__always)
  private func weight(_ pair: Int) -> Float {
    if let weights = table.weights16 { return Float(weights[pair]) * scale }
    if let weights = table.weights8 { return Float(weights[pair]) * scale }
    return table.weights32![pair]
  }

  /// The number of the feature with `hash`, or −1.
  @inline(__always)
  func number(of hash: UInt64) -> Int {
    let count = UInt64(truncatingIfNeeded: table.slots.count)
    let base = table.slots.baseAddress!
    var at = Int(truncatingIfNeeded: ((hash &>> 32) &* count) &>> 32)
    let low = hash & 0xFFFF_FFFF
    while true {
      let slot = base[at]
      if slot == 0 { return -1 }
      if slot & 0xFFFF_FFFF == low { return Int(truncatingIfNeeded: slot &>> 32) - 1 }
      at += 1
      if at == table.slots.count { at = 0 }
    }
  }

  /// Adds the weights of the feature with `hash` to a row of scores.
  @inline(__always)
  func add(_ hash: UInt64, to row: UnsafeMutablePointer<Float>) {
    let number = number(of: hash)
    guard number >= 0 else { return }
    let from = Int(table.starts[number])
    let to = Int(table.starts[number + 1])
    if let labels = table.labels8, let weights = table.weights8 {
      for p in from..<to { row[Int(labels[p])] += Float(weights[p]) * scale }
    } else if let labels = table.labels8, let weights = table.weights16 {
      for p in from..<to { row[Int(labels[p])] += Float(weights[p]) * scale }
    } else {
      for p in from..<to { row[label(p)] += weight(p) }
    }
  }

  /// Whether the model has weights for the feature with `hash`.
  public func contains(_ hash: UInt64) -> Bool { number(of: hash) >= 0 }

  /// The weights of the feature with `hash`, by label; empty if the model does not know it.
  public func weights(of hash: UInt64) -> [(label: Label, weight: Float)] {
    let number = number(of: hash)
    guard number >= 0 else { return [] }
    return (Int(table.starts[number])..<Int(table.starts[number + 1])).map {
      (Label(label($0)), weight($0))
    }
  }
}

extension LinearWeights {
  /// Adds the tensors `linear.*` for parameters to a file and returns the scale of the weights.
  static func write(
    _ parameters: LinearParameters, precision: Precision, to file: inout SafetensorsWriter
  ) -> Float {
    let count = parameters.features.count
    // Three quarters full at most, and never full.
    var slots = [UInt64](repeating: 0, count: count + count / 3 + 1)
    for (number, hash) in parameters.features.enumerated() {
      var at = Int(((hash &>> 32) &* UInt64(slots.count)) &>> 32)
      while slots[at] != 0 { at = at + 1 == slots.count ? 0 : at + 1 }
      slots[at] = UInt64(number + 1) &<< 32 | hash & 0xFFFF_FFFF
    }
    file.add("linear.slots", shape: [slots.count], slots)
    file.add(
      "linear.starts", shape: [count + 1], parameters.starts.map { UInt32($0) })
    let pairs = parameters.labels.count
    if parameters.labelCount <= 256 {
      file.add(
        "linear.labels", shape: [pairs], parameters.labels.map { UInt8($0) })
    } else {
      file.add("linear.labels", shape: [pairs], parameters.labels)
    }
    let largest = parameters.weights.reduce(0) { max($0, abs($1)) }
    switch precision {
    case .float32:
      file.add("linear.weights", shape: [pairs], parameters.weights)
      return 1
    case .int16:
      let scale = largest > 0 ? largest / 32_767 : 1
      let values = parameters.weights.map { Int16(($0 / scale).rounded()) }
      file.add("linear.weights", shape: [pairs], values)
      return scale
    case .int8:
      let scale = largest > 0 ? largest / 127 : 1
      let values = parameters.weights.map { Int8(($0 / scale).rounded()) }
      file.add("linear.weights", shape: [pairs], values)
      return scale
    }
  }
}
