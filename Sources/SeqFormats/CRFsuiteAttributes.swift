internal import Glibc

/// Takes the attributes of one line apart: `name` or `name:weight`, separated by tabs.
///
/// ```swift
/// var attributes = CRFsuiteAttributes(line)
/// while let attribute = attributes.next() { use(attribute.name, attribute.weight) }
/// ```
///
/// As CRFsuite 0.12 does it: tabs in a row count as one; a second colon begins another attribute,
/// whose name is empty; a weight is what C's `atof` makes of it, 1 where it is missing or empty.
public struct CRFsuiteAttributes: ~Copyable {
  /// The number of weights so far that are not numbers; `atof` makes 0 of them or uses their
  /// beginning. A colon in a name must be written `\:`.
  public private(set) var malformedWeights = 0

  private let bytes: UnsafeBufferPointer<UInt8>
  private var index = 0
  /// Where names that had escapes are put together.
  private var scratch: UnsafeMutableBufferPointer<UInt8>?

  /// Takes apart a value of the layer `attributes`, which must stay in place while it is in use.
  public init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  deinit { scratch?.deallocate() }

  /// The next attribute. Its name's bytes are valid until the next call.
  public mutating func next() -> (name: UnsafeBufferPointer<UInt8>, weight: Double)? {
    while index < bytes.count, bytes[index] == .tab { index += 1 }
    guard index < bytes.count else { return nil }
    var name = field()
    guard index < bytes.count, bytes[index] == UInt8(ascii: ":") else { return (name, 1) }
    // The weight's field would reuse the scratch memory that the name stands in.
    if let scratch, name.baseAddress == UnsafePointer(scratch.baseAddress) {
      let middle = scratch.count / 2
      _ = UnsafeMutableBufferPointer(rebasing: scratch[middle...]).update(fromContentsOf: name)
      name = UnsafeBufferPointer(
        rebasing: UnsafeBufferPointer(scratch)[middle..<(middle + name.count)])
    }
    index += 1
    let value = field()
    return (name, value.isEmpty ? 1 : weight(value))
  }

  /// The bytes up to a tab or a colon, without escapes.
  private mutating func field() -> UnsafeBufferPointer<UInt8> {
    let start = index
    while index < bytes.count {
      let byte = bytes[index]
      if byte == .tab || byte == UInt8(ascii: ":") { break }
      if byte == UInt8(ascii: "\\") { return escapedField(from: start) }
      index += 1
    }
    return UnsafeBufferPointer(rebasing: bytes[start..<index])
  }

  private mutating func escapedField(from start: Int) -> UnsafeBufferPointer<UInt8> {
    // Two halves, each long enough for the whole line: one for a name, one for a weight.
    let output = scratch ?? .allocate(capacity: 2 * bytes.count)
    scratch = output
    var count = 0
    for place in start..<index {
      output[count] = bytes[place]
      count += 1
    }
    while index < bytes.count {
      var byte = bytes[index]
      if byte == .tab || byte == UInt8(ascii: ":") { break }
      if byte == UInt8(ascii: "\\"), index + 1 < bytes.count,
        bytes[index + 1] == UInt8(ascii: ":") || bytes[index + 1] == UInt8(ascii: "\\")
      {
        index += 1
        byte = bytes[index]
      }
      output[count] = byte
      count += 1
      index += 1
    }
    return UnsafeBufferPointer(rebasing: UnsafeBufferPointer(output)[..<count])
  }

  /// What `atof` makes of the bytes; decimal numbers of a few digits, the usual ones, without it.
  private mutating func weight(_ value: UnsafeBufferPointer<UInt8>) -> Double {
    if let simple = simpleDecimal(value) { return simple }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: value.count + 1) { text in
      for place in value.indices { text[place] = CChar(bitPattern: value[place]) }
      text[value.count] = 0
      var end: UnsafeMutablePointer<CChar>?
      let number = strtod(text.baseAddress!, &end)
      if end != text.baseAddress! + value.count { malformedWeights += 1 }
      return number
    }
  }

  /// The value of at most 15 digits with at most one point: both the digits and the power of ten are
  /// exact, so that the quotient is rounded as `strtod` rounds it.
  private func simpleDecimal(_ value: UnsafeBufferPointer<UInt8>) -> Double? {
    var place = 0
    let isNegative = value[0] == UInt8(ascii: "-")
    if isNegative { place = 1 }
    guard value.count - place <= 16, value.count > place else { return nil }
    var digits: Int64 = 0
    var count = 0
    var divisor = 1.0
    var sawPoint = false
    while place < value.count {
      let digit = value[place] &- UInt8(ascii: "0")
      if digit < 10 {
        digits = digits * 10 + Int64(digit)
        count += 1
        if sawPoint { divisor *= 10 }
      } else if value[place] == UInt8(ascii: "."), !sawPoint {
        sawPoint = true
      } else {
        return nil
      }
      place += 1
    }
    guard count > 0, count <= 15 else { return nil }
    let magnitude = Double(digits) / divisor
    return isNegative ? -magnitude : magnitude
  }
}
