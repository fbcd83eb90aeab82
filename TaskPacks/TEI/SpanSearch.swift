/// Looks for `<span`, `<spanGrp` and `<annotation` in a stream, prefixes allowed; for UTF-16 it says
/// yes at once.
struct SpanSearch {
  private var tail: [UInt8] = []
  private var isFirst = true

  /// Whether such an element occurs in the next bytes of the stream.
  mutating func finds(in bytes: UnsafeRawBufferPointer) -> Bool {
    if isFirst, bytes.prefix(4).contains(where: { $0 == 0 || $0 >= 0xFE }) { return true }
    isFirst = false
    tail.append(contentsOf: bytes.prefix(16))
    if tail.withUnsafeBytes({ contains($0) }) || contains(bytes) { return true }
    tail = Array(bytes.suffix(16))
    return false
  }

  /// Looks at every byte by vectors of them: 0 is the least of the differences where `<` or `:` stands
  /// before the first three letters of a name.
  private func contains(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let bytes = bytes.bindMemory(to: UInt8.self)
    guard bytes.count >= 4, let base = bytes.baseAddress else { return false }
    var start = 0
    while start + 4 <= bytes.count {
      let count = min(4096, bytes.count - 3 - start)
      let piece = base + start
      var least: UInt8 = 255
      for index in 0..<count { least = min(least, Self.difference(piece + index)) }
      if least == 0 {
        for index in 0..<count where Self.difference(piece + index) == 0 {
          if isElement(at: start + index + 1, in: UnsafeRawBufferPointer(bytes)) { return true }
        }
      }
      start += count
    }
    return false
  }

  /// 0 if `<spa`, `:spa`, `<ann` or `:ann` stands there, or `8` or `>` in the place of `<`.
  @inline(__always)
  private static func difference(_ bytes: UnsafePointer<UInt8>) -> UInt8 {
    let span =
      (bytes[1] ^ UInt8(ascii: "s")) | (bytes[2] ^ UInt8(ascii: "p"))
      | (bytes[3] ^ UInt8(ascii: "a"))
    let annotation =
      (bytes[1] ^ UInt8(ascii: "a")) | (bytes[2] ^ UInt8(ascii: "n"))
      | (bytes[3] ^ UInt8(ascii: "n"))
    // `<` and `:` differ in two bits, which `8` and `>` have otherwise.
    return ((bytes[0] & 0xF9) ^ 0x38) | min(span, annotation)
  }

  private func isElement(at place: Int, in bytes: UnsafeRawBufferPointer) -> Bool {
    let before = bytes[place - 1]
    guard before == UInt8(ascii: "<") || before == UInt8(ascii: ":") else { return false }
    return ["span ", "span\n", "spanGrp", "annotation"].contains { word in
      place + word.utf8.count <= bytes.count
        && bytes[place..<(place + word.utf8.count)].elementsEqual(word.utf8)
    }
  }
}
