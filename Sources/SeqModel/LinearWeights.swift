internal import CProcessor
public import SeqCore
internal import SeqMath

/// The weights of a linear model in the layout of the model file (`linear.v1`), read in place.
///
/// `linear.slots` is an open-addressing table of features: the low half of a slot is the low half
/// of the feature's hash, the high half the row of its list in `linear.pairs`, plus 1; 0 is an empty
/// slot. A feature is looked for from slot ⌊(hash / 2³²) · slots / 2³²⌋ on. A list is a row
/// (n, 0) and n rows (label, weight); one look-up touches two places in memory. Weights are
/// `Float`, or integers times `scale`.
public struct LinearWeights: Sendable {
  /// How weights are stored.
  public enum Precision: String, Codable, Hashable, Sendable, CaseIterable {
    /// 32-bit floating point.
    case float32 = "f32"
    /// 16-bit integers times a scale.
    case int16 = "i16"
    /// 8-bit integers times a scale, for at most 127 labels.
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
    let slots: UnsafePointer<UInt64>
    let slotCount: UInt64
    let pairs: UnsafeRawPointer
    let rowBytes: Int
    let tensors: [SafetensorsTensor]
  }

  /// Reads the tensors `linear.*` of a file and checks every number that a look-up trusts, so that
  /// no file makes it read or write elsewhere.
  ///
  /// - Throws: `SafetensorsError` if a tensor is missing or of another type, `ModelError.damaged`
  ///   if their contents contradict each other.
  init(_ file: SafetensorsFile, labelCount: Int, scale: Float) throws {
    let slots = try file.tensor("linear.slots", of: UInt64.self, shape: [nil])
    guard let pairs = file.tensor("linear.pairs"), pairs.shape.count == 2, pairs.shape[1] == 2
    else { throw ModelError.damaged(path: file.path, problem: "linear.pairs are not pairs") }
    let slotValues: UnsafeBufferPointer<UInt64> = try slots.elements()
    guard let firstSlot = slotValues.baseAddress, slotValues.contains(0) else {
      throw ModelError.damaged(path: file.path, problem: "linear.slots has no empty slot")
    }
    self.scale = scale
    let rowCount = pairs.shape[0]
    let check: (features: Int, problem: String?)
    switch pairs.dtype {
    case .float32:
      precision = .float32
      check = Self.check(try pairs.elements(as: Float.self), rowCount, labelCount, slotValues)
    case .int16:
      precision = .int16
      check = Self.check(try pairs.elements(as: Int16.self), rowCount, labelCount, slotValues)
    case .int8:
      precision = .int8
      check = Self.check(try pairs.elements(as: Int8.self), rowCount, labelCount, slotValues)
    default:
      throw ModelError.damaged(
        path: file.path, problem: "linear.pairs are \(pairs.dtype.rawValue), not F32, I16 or I8")
    }
    if let problem = check.problem { throw ModelError.damaged(path: file.path, problem: problem) }
    featureCount = check.features
    pairCount = rowCount - check.features
    table = Table(
      slots: firstSlot, slotCount: UInt64(slotValues.count),
      pairs: pairs.bytes.baseAddress ?? UnsafeRawPointer(firstSlot),
      rowBytes: pairs.dtype.byteCount * 2, tensors: [slots, pairs])
  }

  /// Walks the lists from the first to the last row, then sees that slots name lists' beginnings:
  /// these are the rows whose second number is 0, for no weight is.
  private static func check<Element: Storable>(
    _ pairs: UnsafeBufferPointer<Element>, _ rowCount: Int, _ labelCount: Int,
    _ slots: UnsafeBufferPointer<UInt64>
  ) -> (features: Int, problem: String?) {
    var features = 0
    var row = 0
    while row < rowCount {
      let count = pairs[row &* 2].number
      guard count > 0, count < rowCount &- row, pairs[row &* 2 &+ 1].value == 0 else {
        return (0, "row \(row) of linear.pairs begins a list of \(count)")
      }
      features &+= 1
      let end = row &+ count
      row &+= 1
      while row <= end {
        let label = pairs[row &* 2].number
        guard label >= 0, label < labelCount, pairs[row &* 2 &+ 1].value != 0 else {
          return (0, "row \(row) of linear.pairs gives label \(label) no weight")
        }
        row &+= 1
      }
    }
    for slot in slots where slot != 0 {
      let list = Int(truncatingIfNeeded: slot &>> 32) &- 1
      guard list >= 0, list < rowCount, pairs[list &* 2 &+ 1].value == 0 else {
        return (0, "linear.slots names row \(list), where no list begins")
      }
    }
    return (features, nil)
  }

  /// Where the search for a hash begins.
  @inline(__always)
  private func home(of hash: UInt64) -> Int {
    Int(truncatingIfNeeded: ((hash &>> 32) &* table.slotCount) &>> 32)
  }

  /// The row of the list of the feature with `hash`, or −1.
  @inline(__always)
  func list(of hash: UInt64) -> Int {
    let slots = table.slots
    var at = home(of: hash)
    let low = hash & 0xFFFF_FFFF
    while true {
      let slot = slots[at]
      if slot == 0 { return -1 }
      if slot & 0xFFFF_FFFF == low { return Int(truncatingIfNeeded: slot &>> 32) &- 1 }
      at &+= 1
      if at == Int(truncatingIfNeeded: table.slotCount) { at = 0 }
    }
  }

  /// Calls `body` with the low halves of the hashes of all features.
  func forEachLowHash(_ body: (UInt32) -> Void) {
    for at in 0..<Int(table.slotCount) where table.slots[at] != 0 {
      body(UInt32(truncatingIfNeeded: table.slots[at]))
    }
  }

  /// Asks for the memory that ``list(of:)`` will read.
  @inline(__always)
  func prefetchSlot(of hash: UInt64) { seqkit_prefetch(table.slots + home(of: hash)) }

  /// Asks for the memory that ``addList(_:to:)`` will read.
  @inline(__always)
  func prefetchList(_ list: Int) { seqkit_prefetch(table.pairs + list &* table.rowBytes) }

  /// Adds the weights of a list to a row of scores.
  @inline(__always)
  func addList(_ list: Int, to row: UnsafeMutablePointer<Float>) {
    switch precision {
    case .int16: addList(list, of: Int16.self, to: row)
    case .int8: addList(list, of: Int8.self, to: row)
    case .float32: addList(list, of: Float.self, to: row)
    }
  }

  @inline(__always)
  private func addList<Element: Storable>(
    _ list: Int, of element: Element.Type, to row: UnsafeMutablePointer<Float>
  ) {
    let pairs = table.pairs.assumingMemoryBound(to: Element.self) + list &* 2
    let end = pairs[0].number &* 2 &+ 2
    var at = 2
    while at < end {
      row[pairs[at].number] += pairs[at &+ 1].value * scale
      at &+= 2
    }
  }

  /// Adds the weights of the feature with `hash` to a row of scores.
  @inline(__always)
  func add(_ hash: UInt64, to row: UnsafeMutablePointer<Float>) {
    let list = list(of: hash)
    if list >= 0 { addList(list, to: row) }
  }

  /// Whether the model has weights for the feature with `hash`.
  public func contains(_ hash: UInt64) -> Bool { list(of: hash) >= 0 }

  /// The weights of the feature with `hash`, by label; empty if the model does not know it.
  public func weights(of hash: UInt64) -> [(label: Label, weight: Float)] {
    func pairs<Element: Storable>(of element: Element.Type) -> [(label: Label, weight: Float)] {
      let list = list(of: hash)
      guard list >= 0 else { return [] }
      let pairs = table.pairs.assumingMemoryBound(to: Element.self) + list * 2
      return (1...pairs[0].number).map {
        (Label(pairs[$0 * 2].number), pairs[$0 * 2 + 1].value * scale)
      }
    }
    switch precision {
    case .int16: return pairs(of: Int16.self)
    case .int8: return pairs(of: Int8.self)
    case .float32: return pairs(of: Float.self)
    }
  }
}

/// A type that pairs are stored in: labels and counts exactly, weights up to the scale.
private protocol Storable: SafetensorsElement {
  var number: Int { get }
  var value: Float { get }
  init(storing number: Int)
  init(storing weight: Float, scale: Float)
}

extension Int8: Storable {
  var number: Int { Int(self) }
  var value: Float { Float(self) }
  init(storing number: Int) { self = Int8(number) }
  init(storing weight: Float, scale: Float) { self = Int8((weight / scale).rounded()) }
}

extension Int16: Storable {
  var number: Int { Int(self) }
  var value: Float { Float(self) }
  init(storing number: Int) { self = Int16(number) }
  init(storing weight: Float, scale: Float) { self = Int16((weight / scale).rounded()) }
}

extension Float: Storable {
  // A number that is none, or too large, becomes −1, which no check lets pass.
  var number: Int { self >= 0 && self < 16_777_216 ? Int(self) : -1 }
  var value: Float { self }
  init(storing number: Int) { self = Float(number) }
  init(storing weight: Float, scale: Float) { self = weight }
}

extension LinearWeights {
  /// Adds the tensors `linear.*` for parameters to a file and returns the scale of the weights and
  /// their precision, which is 16 bits instead of 8 if there are more than 127 labels.
  static func write(
    _ parameters: LinearParameters, precision: Precision, to file: inout SafetensorsWriter
  ) -> (scale: Float, precision: Precision) {
    let precision =
      precision == .int8 && parameters.labelCount > 127 ? Precision.int16 : precision
    let largest = parameters.weights.reduce(0) { max($0, abs($1)) }
    let scale: Float
    switch precision {
    case .float32:
      scale = 1
      write(parameters, as: Float.self, scale: scale, to: &file)
    case .int16:
      scale = largest > 0 ? largest / 32_767 : 1
      write(parameters, as: Int16.self, scale: scale, to: &file)
    case .int8:
      scale = largest > 0 ? largest / 127 : 1
      write(parameters, as: Int8.self, scale: scale, to: &file)
    }
    return (scale, precision)
  }

  private static func write<Element: Storable>(
    _ parameters: LinearParameters, as element: Element.Type, scale: Float,
    to file: inout SafetensorsWriter
  ) {
    var pairs: [Element] = []
    var lists: [(hash: UInt64, row: Int)] = []
    for (f, hash) in parameters.features.enumerated() {
      let range = Int(parameters.starts[f])..<Int(parameters.starts[f + 1])
      // What is stored as 0 adds nothing.
      let kept = range.filter {
        Element(storing: parameters.weights[$0], scale: scale).value != 0
      }
      if kept.isEmpty { continue }
      lists.append((hash, pairs.count / 2))
      pairs += [Element(storing: kept.count), Element(storing: 0)]
      for p in kept {
        pairs.append(Element(storing: Int(parameters.labels[p])))
        pairs.append(Element(storing: parameters.weights[p], scale: scale))
      }
    }
    // Three quarters full at most, and never full.
    var slots = [UInt64](repeating: 0, count: lists.count + lists.count / 3 + 1)
    for (hash, row) in lists {
      var at = Int(((hash &>> 32) &* UInt64(slots.count)) &>> 32)
      while slots[at] != 0 { at = at + 1 == slots.count ? 0 : at + 1 }
      slots[at] = UInt64(row + 1) &<< 32 | hash & 0xFFFF_FFFF
    }
    file.add("linear.slots", shape: [slots.count], slots)
    file.add("linear.pairs", shape: [pairs.count / 2, 2], pairs)
  }
}
