internal import CProcessor
public import SeqCore
internal import SeqMath

/// The weights of a linear model in the layout of the model file (`linear.v1`), read in place, or
/// from the shorter one (`linear.v2`), whose table is made when a file is opened.
///
/// `linear.slots` is an open-addressing table of features: the low half of a slot is the low half
/// of the feature's hash, the high half the row of its list in `linear.pairs`, plus 1; 0 is an empty
/// slot. A feature is looked for from slot ⌊(hash / 2³²) · slots / 2³²⌋ on. A list is a row
/// (n, 0) and n rows (label, weight); one look-up touches two places in memory. Weights are
/// `Float`, or integers times `scale`.
///
/// The shorter layout sorts features by their hashes and stores of each the 32 bits behind the first
/// B, which the number of its block tells (``CompactKeys``); these 32 stand in a slot's low half.
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

  private let labelCount: Int
  private let table: Table

  /// `@unchecked`: pointers into tensors that are immutable and kept alive here.
  private struct Table: @unchecked Sendable {
    let slots: UnsafePointer<UInt64>
    let slotCount: UInt64
    let pairs: UnsafeRawPointer
    let rowBytes: Int
    /// By how many bits a hash is shifted so that its low half is a slot's.
    let shift: UInt64
    let tensors: [SafetensorsTensor]
    let made: CompactKeys?
  }

  /// Reads the tensors `linear.*` of a file and checks every number that a look-up trusts, so that
  /// no file makes it read or write elsewhere.
  ///
  /// - Throws: `SafetensorsError` if a tensor is missing or of another type, `ModelError.damaged`
  ///   if their contents contradict each other.
  init(_ file: SafetensorsFile, labelCount: Int, scale: Float) throws {
    guard let pairs = file.tensor("linear.pairs"), pairs.shape.count == 2, pairs.shape[1] == 2
    else { throw ModelError.damaged(path: file.path, problem: "linear.pairs are not pairs") }
    let made = try CompactKeys(file, lists: pairs)
    let slots = try made == nil ? file.tensor("linear.slots", of: UInt64.self, shape: [nil]) : nil
    let slotValues: UnsafeBufferPointer<UInt64> = try made?.slots ?? slots!.elements()
    guard let firstSlot = slotValues.baseAddress else {
      throw ModelError.damaged(path: file.path, problem: "linear.slots has no empty slot")
    }
    self.scale = scale
    self.labelCount = labelCount
    let rowCount = pairs.shape[0]
    let count: (features: Int, problem: String?)
    switch pairs.dtype {
    case .float32:
      precision = .float32
      count = Self.count(try pairs.elements(as: Float.self), rowCount, labelCount, slotValues)
    case .int16 where labelCount <= Int(Int16.max):
      precision = .int16
      count = Self.count(try pairs.elements(as: Int16.self), rowCount, labelCount, slotValues)
    case .int8 where labelCount <= Int(Int8.max):
      precision = .int8
      count = Self.count(try pairs.elements(as: Int8.self), rowCount, labelCount, slotValues)
    case .int16, .int8:
      throw ModelError.damaged(
        path: file.path,
        problem: "linear.pairs are \(pairs.dtype.rawValue), too short for \(labelCount) labels")
    default:
      throw ModelError.damaged(
        path: file.path, problem: "linear.pairs are \(pairs.dtype.rawValue), not F32, I16 or I8")
    }
    if let problem = count.problem { throw ModelError.damaged(path: file.path, problem: problem) }
    featureCount = count.features
    pairCount = rowCount - count.features
    table = Table(
      slots: firstSlot, slotCount: UInt64(slotValues.count),
      pairs: pairs.bytes.baseAddress ?? UnsafeRawPointer(firstSlot),
      rowBytes: pairs.dtype.byteCount * 2, shift: UInt64(made?.shift ?? 0),
      tensors: [pairs] + (slots.map { [$0] } ?? []), made: made)
  }

  /// Counts the features in the slots, and sees that no look-up can leave the tensors or the labels,
  /// whatever the numbers are: a slot is empty; every number of a row is at most L, and L only where
  /// the weight is 0 (which is added to the value after a row of scores and changes nothing: tables
  /// of scores have room for it); a slot names a row; and a list that begins within L rows of the end
  /// ends before it. ``checkLists(labelCount:)`` sees whether the lists make sense as well.
  ///
  /// Runs over every number whenever a model is opened, in vectors: a walk from list to list took
  /// most of the command's time for one sentence.
  private static func count<Element: Storable>(
    _ pairs: UnsafeBufferPointer<Element>, _ rowCount: Int, _ labelCount: Int,
    _ slots: UnsafeBufferPointer<UInt64>
  ) -> (features: Int, problem: String?) {
    guard Element.areLabels(pairs, below: labelCount) else {
      return (0, "linear.pairs have a number that is neither a label nor a count")
    }
    // Lists are at most L + 1 rows long, so only those that begin from this row on may pass the end.
    let near = UInt64(max(rowCount - labelCount, 1)) &<< 32
    let past = UInt64(rowCount + 1) &<< 32
    var features = 0
    var at = 0
    while at < slots.count {
      let end = min(at + 512, slots.count)
      // The first bit of x | −x tells whether x is other than 0, and that of x | (limit − 1 − x)
      // whether x is the limit or beyond: comparisons of whole vectors would be made lane by lane.
      var used = SIMD8<UInt64>(repeating: 0)
      var beyond = used
      while at + 8 <= end {
        let block = UnsafeRawPointer(slots.baseAddress! + at).loadUnaligned(as: SIMD8<UInt64>.self)
        used &+= (block | (0 &- block)) &>> 63
        beyond |= block | (SIMD8(repeating: near - 1) &- block)
        at &+= 8
      }
      features += Int(used.wrappedSum())
      let four = beyond.lowHalf | beyond.highHalf
      var isNear = (four[0] | four[1] | four[2] | four[3]) &>> 63 != 0
      while at < end {
        features += slots[at] == 0 ? 0 : 1
        isNear = isNear || slots[at] >= near
        at += 1
      }
      guard isNear else { continue }
      for slot in slots[(end - 1) / 512 * 512..<end] where slot >= near {
        guard slot < past else { return (0, "linear.slots name a row past \(rowCount)") }
        let row = Int(slot &>> 32) - 1
        guard pairs[row * 2].number < rowCount - row else {
          return (0, "the list at row \(row) of linear.pairs passes their end")
        }
      }
    }
    return (features, features < slots.count ? nil : "linear.slots has no empty slot")
  }

  /// Walks the lists from the first to the last row, then sees that slots name lists' beginnings:
  /// these are the rows whose second number is 0, for no weight is.
  ///
  /// - Returns: what is wrong, if anything is.
  func checkLists(labelCount: Int) -> String? {
    switch precision {
    case .int16: checkLists(of: Int16.self, labelCount)
    case .int8: checkLists(of: Int8.self, labelCount)
    case .float32: checkLists(of: Float.self, labelCount)
    }
  }

  private func checkLists<Element: Storable>(of _: Element.Type, _ labelCount: Int) -> String? {
    let pairs = table.pairs.assumingMemoryBound(to: Element.self)
    let rowCount = pairCount + featureCount
    var lists = 0
    var row = 0
    while row < rowCount {
      let count = pairs[row * 2].number
      guard count > 0, count < rowCount - row, pairs[row * 2 + 1].value == 0 else {
        return "row \(row) of linear.pairs begins a list of \(count)"
      }
      lists += 1
      for row in row + 1...row + count {
        let label = pairs[row * 2].number
        guard label >= 0, label < labelCount, pairs[row * 2 + 1].value != 0 else {
          return "row \(row) of linear.pairs gives label \(label) no weight"
        }
      }
      row += count + 1
    }
    guard lists == featureCount else {
      return "linear.pairs have \(lists) lists, and linear.slots \(featureCount) features"
    }
    for at in 0..<Int(table.slotCount) where table.slots[at] != 0 {
      let list = Int(table.slots[at] &>> 32) - 1
      guard list >= 0, pairs[list * 2 + 1].value == 0 else {
        return "linear.slots name row \(list), where no list begins"
      }
    }
    return nil
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
    let low = hash &>> table.shift & 0xFFFF_FFFF
    while true {
      let slot = slots[at]
      if slot == 0 { return -1 }
      if slot & 0xFFFF_FFFF == low { return Int(truncatingIfNeeded: slot &>> 32) &- 1 }
      at &+= 1
      if at == Int(truncatingIfNeeded: table.slotCount) { at = 0 }
    }
  }

  /// By how many bits a hash is shifted for ``forEachLowHash(_:)``.
  var keyShift: UInt64 { table.shift }

  /// Calls `body` with the low halves of the shifted hashes of all features.
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

  /// Adds the whole numbers that stand for the weights of a list to a row of sums.
  ///
  /// - Precondition: the weights have 8 bits.
  @inline(__always)
  func addList(_ list: Int, to row: UnsafeMutablePointer<Int16>) {
    let pairs = table.pairs.assumingMemoryBound(to: Int8.self) + list &* 2
    let end = Int(pairs[0]) &* 2 &+ 2
    var at = 2
    while at < end {
      row[Int(pairs[at])] &+= Int16(pairs[at &+ 1])
      at &+= 2
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

  /// Adds the weights of features to a row of scores, for searches that score a position at a time.
  ///
  /// - Precondition: `row` has a score for every label of the model.
  package func add(_ hashes: [UInt64], to row: UnsafeMutableBufferPointer<Float>) {
    precondition(row.count >= labelCount, "One score a label.")
    guard let row = row.baseAddress else { return }
    for hash in hashes { prefetchSlot(of: hash) }
    for hash in hashes { add(hash, to: row) }
  }

  /// Whether the model has weights for the feature with `hash`.
  public func contains(_ hash: UInt64) -> Bool { list(of: hash) >= 0 }

  /// The weights of the feature with `hash`, by label; empty if the model does not know it.
  public func weights(of hash: UInt64) -> [(label: Label, weight: Float)] {
    func pairs<Element: Storable>(of element: Element.Type) -> [(label: Label, weight: Float)] {
      let list = list(of: hash)
      guard list >= 0 else { return [] }
      let pairs = table.pairs.assumingMemoryBound(to: Element.self) + list * 2
      // In a file that was tampered with, a row without weight may name no label.
      return (0..<pairs[0].number).compactMap {
        let (label, weight) = (pairs[$0 * 2 + 2].number, pairs[$0 * 2 + 3].value)
        return weight == 0 ? nil : (Label(label), weight * scale)
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
protocol Storable: SafetensorsElement {
  var number: Int { get }
  var value: Float { get }
  init(storing number: Int)
  init(storing weight: Float, scale: Float)
  /// Whether the first numbers of all pairs are below L, or L where the second is 0.
  static func areLabels(_ pairs: UnsafeBufferPointer<Self>, below labelCount: Int) -> Bool
}

extension Int8: Storable {
  var number: Int { Int(self) }
  var value: Float { Float(self) }
  init(storing number: Int) { self = Int8(number) }
  init(storing weight: Float, scale: Float) { self = Int8((weight / scale).rounded()) }
  /// In vectors of pairs, whose second number is the high half.
  static func areLabels(_ pairs: UnsafeBufferPointer<Int8>, below labelCount: Int) -> Bool {
    let bytes = UnsafeRawBufferPointer(pairs)
    let past = SIMD16(repeating: UInt16(labelCount))
    // The first bit of a lane of `wrong` is set where the label is L or more, and the pair is not
    // (L, 0): comparisons of whole vectors would be made lane by lane.
    var wrong = SIMD16<UInt16>(repeating: 0)
    var at = 0
    while at + 32 <= bytes.count {
      let block = bytes.loadUnaligned(fromByteOffset: at, as: SIMD16<UInt16>.self)
      let differs = block ^ past
      wrong |= ~((block & 0xFF) &- past) & (differs | (0 &- differs))
      at &+= 32
    }
    return (wrong &>> 15).wrappedSum() == 0
      && areAllLabels(UnsafeBufferPointer(rebasing: pairs[at...]), labelCount)
  }
}

extension Int16: Storable {
  var number: Int { Int(self) }
  var value: Float { Float(self) }
  init(storing number: Int) { self = Int16(number) }
  init(storing weight: Float, scale: Float) { self = Int16((weight / scale).rounded()) }
  static func areLabels(_ pairs: UnsafeBufferPointer<Int16>, below labelCount: Int) -> Bool {
    areAllLabels(pairs, labelCount)
  }
}

extension Float: Storable {
  // A number that is none, or too large, becomes −1, which no check lets pass.
  var number: Int { self >= 0 && self < 16_777_216 ? Int(self) : -1 }
  var value: Float { self }
  init(storing number: Int) { self = Float(number) }
  init(storing weight: Float, scale: Float) { self = weight }
  static func areLabels(_ pairs: UnsafeBufferPointer<Float>, below labelCount: Int) -> Bool {
    areAllLabels(pairs, labelCount)
  }
}

@inline(__always)
private func areAllLabels<Element: Storable>(
  _ pairs: UnsafeBufferPointer<Element>, _ labelCount: Int
) -> Bool {
  stride(from: 0, to: pairs.count, by: 2).allSatisfy { at in
    let number = pairs[at].number
    return number >= 0 && (number < labelCount || number == labelCount && pairs[at + 1].value == 0)
  }
}

extension LinearWeights {
  /// Adds the tensors `linear.*` for parameters to a file and returns the scale of the weights and
  /// their precision, which is 16 bits instead of 8 if there are more than 127 labels.
  ///
  /// - Parameter compact: whether to write the shorter layout.
  static func write(
    _ parameters: LinearParameters, precision: Precision, compact: Bool,
    to file: inout SafetensorsWriter
  ) -> (scale: Float, precision: Precision) {
    let precision =
      precision == .int8 && parameters.labelCount > 127 ? Precision.int16 : precision
    let largest = parameters.weights.reduce(0) { max($0, abs($1)) }
    let scale: Float
    switch precision {
    case .float32:
      scale = 1
      write(parameters, as: Float.self, scale: scale, compact, to: &file)
    case .int16:
      scale = largest > 0 ? largest / 32_767 : 1
      write(parameters, as: Int16.self, scale: scale, compact, to: &file)
    case .int8:
      scale = largest > 0 ? largest / 127 : 1
      write(parameters, as: Int8.self, scale: scale, compact, to: &file)
    }
    return (scale, precision)
  }

  private static func write<Element: Storable>(
    _ parameters: LinearParameters, as element: Element.Type, scale: Float, _ compact: Bool,
    to file: inout SafetensorsWriter
  ) {
    var pairs: [Element] = []
    var lists: [(hash: UInt64, row: Int)] = []
    let order = parameters.features.indices
    for f in compact
      ? order.sorted(by: { parameters.features[$0] < parameters.features[$1] })
      : Array(order)
    {
      let hash = parameters.features[f]
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
    defer { file.add("linear.pairs", shape: [pairs.count / 2, 2], pairs) }
    if compact { return CompactKeys.write(lists.map(\.hash), to: &file) }
    // Three quarters full at most, and never full.
    var slots = [UInt64](repeating: 0, count: lists.count + lists.count / 3 + 1)
    for (hash, row) in lists {
      var at = Int(((hash &>> 32) &* UInt64(slots.count)) &>> 32)
      while slots[at] != 0 { at = at + 1 == slots.count ? 0 : at + 1 }
      slots[at] = UInt64(row + 1) &<< 32 | hash & 0xFFFF_FFFF
    }
    file.add("linear.slots", shape: [slots.count], slots)
  }
}
