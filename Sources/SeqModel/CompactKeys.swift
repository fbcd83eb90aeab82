/// The shorter layout of a linear model's features (`linear.v2`), and the table of slots that is made
/// of it when a file is opened.
///
/// Features are sorted by their hashes. The first B bits of a hash are the number of its block, and
/// `linear.blocks` says how many features each block has; of the rest `linear.keys` has the 32
/// highest bits. The lists of `linear.pairs` stand in the same order, so that their rows need not be
/// stored: a feature takes 4 bytes, where a table that is three quarters full takes 11.
final class CompactKeys: @unchecked Sendable {
  /// As `linear.slots` of the other layout, but with a hash's 32 bits behind the first B.
  let slots: UnsafeBufferPointer<UInt64>
  /// 32 − B.
  let shift: Int

  private static let largestB = 24

  /// Reads the tensors `linear.keys` and `linear.blocks`; `nil` if the file has none.
  ///
  /// - Parameter lists: `linear.pairs`.
  /// - Throws: `SafetensorsError` for tensors of another type, `ModelError.damaged` if blocks, keys
  ///   and lists contradict each other.
  convenience init?(_ file: SafetensorsFile, lists: SafetensorsTensor) throws {
    guard file.tensor("linear.blocks") != nil else { return nil }
    let blockTensor = try file.tensor("linear.blocks", of: UInt8.self, shape: [nil])
    let blocks: UnsafeBufferPointer<UInt8> = try blockTensor.elements()
    let keyTensor = try file.tensor("linear.keys", of: UInt32.self, shape: [nil])
    let keys: UnsafeBufferPointer<UInt32> = try keyTensor.elements()
    let B = max(blocks.count, 1).trailingZeroBitCount
    guard blocks.count == 1 << B, B <= Self.largestB else {
      throw ModelError.damaged(
        path: file.path, problem: "linear.blocks are \(blocks.count), not a power of two")
    }
    guard blocks.reduce(0, { $0 + Int($1) }) == keys.count else {
      throw ModelError.damaged(
        path: file.path, problem: "linear.blocks do not count the \(keys.count) linear.keys")
    }
    let rows: [Int]?
    switch lists.dtype {
    case .int8: rows = Self.rows(of: try lists.elements(as: Int8.self), count: keys.count)
    case .int16: rows = Self.rows(of: try lists.elements(as: Int16.self), count: keys.count)
    case .float32: rows = Self.rows(of: try lists.elements(as: Float.self), count: keys.count)
    default: rows = nil
    }
    guard let rows else {
      throw ModelError.damaged(
        path: file.path, problem: "linear.pairs are not \(keys.count) lists one after another")
    }
    self.init(blocks, keys, rows: rows, B: B)
  }

  /// The first row of each list, if there are `count` and they fill the tensor.
  private static func rows<Element: Storable>(
    of pairs: UnsafeBufferPointer<Element>, count: Int
  ) -> [Int]? {
    let rowCount = pairs.count / 2
    var rows: [Int] = []
    rows.reserveCapacity(min(count, rowCount))
    var row = 0
    while row < rowCount, rows.count < count {
      let length = pairs[row * 2].number
      guard length > 0, length < rowCount - row else { return nil }
      rows.append(row)
      row += length + 1
    }
    return row == rowCount && rows.count == count ? rows : nil
  }

  private init(
    _ blocks: UnsafeBufferPointer<UInt8>, _ keys: UnsafeBufferPointer<UInt32>, rows: [Int], B: Int
  ) {
    shift = 32 - B
    let slots = UnsafeMutableBufferPointer<UInt64>.allocate(
      capacity: keys.count + keys.count / 3 + 1)
    slots.initialize(repeating: 0)
    var index = 0
    for (block, count) in blocks.enumerated() {
      for _ in 0..<count {
        let known = UInt64(block) &<< 32 | UInt64(keys[index])
        let top = known &>> UInt64(B)
        var at = Int((top &* UInt64(slots.count)) &>> 32)
        while slots[at] != 0 { at = at + 1 == slots.count ? 0 : at + 1 }
        slots[at] = UInt64(rows[index] + 1) &<< 32 | known & 0xFFFF_FFFF
        index += 1
      }
    }
    self.slots = UnsafeBufferPointer(slots)
  }

  deinit { slots.deallocate() }

  /// Adds the tensors for features to a file: from 8 to 16 a block, if there are so many.
  ///
  /// - Parameter hashes: ascending.
  static func write(_ hashes: [UInt64], to file: inout SafetensorsWriter) {
    var B = 0
    while B < largestB, hashes.count >> (B + 1) >= 8 { B += 1 }
    var blocks: [UInt8] = []
    while true {
      var counts = [Int](repeating: 0, count: 1 << B)
      for hash in hashes { counts[Int(hash >> UInt64(64 - B))] += 1 }
      blocks = counts.compactMap { UInt8(exactly: $0) }
      if blocks.count == counts.count { break }
      precondition(B < largestB, "Hashes are spread over all numbers.")
      B += 1
    }
    file.add("linear.blocks", shape: [blocks.count], blocks)
    file.add(
      "linear.keys", shape: [hashes.count],
      hashes.map { UInt32(truncatingIfNeeded: $0 >> UInt64(32 - B)) })
  }
}
