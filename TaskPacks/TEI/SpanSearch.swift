/// Looks for `<span`, `<spanGrp` and `<annotation` in a stream, prefixes allowed; for UTF-16 it says
/// yes at once.
struct SpanSearch {
  private var tail: [UInt8] = []
  private var isFirst = true
  /// By byte: how far the first four letters of the names can be moved on if it stands under the last
  /// of them (Horspool 1980, doi:10.1002/spe.4380100608, for two words).
  private let shifts: [UInt8] = {
    var shifts = [UInt8](repeating: 4, count: 256)
    for word in ["span", "anno"] {
      for (index, letter) in word.utf8.enumerated() {
        shifts[Int(letter)] = min(shifts[Int(letter)], UInt8(3 - index))
      }
    }
    return shifts
  }()

  /// Whether such an element occurs in the next bytes of the stream.
  mutating func finds(in bytes: UnsafeRawBufferPointer) -> Bool {
    if isFirst, bytes.prefix(4).contains(where: { $0 == 0 || $0 >= 0xFE }) { return true }
    isFirst = false
    tail.append(contentsOf: bytes.prefix(16))
    if tail.withUnsafeBytes({ contains($0) }) || contains(bytes) { return true }
    tail = Array(bytes.suffix(16))
    return false
  }

  private func contains(_ bytes: UnsafeRawBufferPointer) -> Bool {
    shifts.withUnsafeBufferPointer { shifts in
      var place = 1
      while place + 4 <= bytes.count {
        let shift = shifts[Int(bytes[place + 3])]
        if shift > 0 {
          place += Int(shift)
          continue
        }
        if isElement(at: place, in: bytes) { return true }
        place += 1
      }
      return false
    }
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
