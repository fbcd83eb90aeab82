/// Where the attributes of a start tag stand, in the tag's own bytes.
struct TagScanner {
  /// An attribute: its name, and its value between the quotes.
  struct Attribute {
    var name: Range<Int>
    var value: Range<Int>
  }

  /// The element's name with its prefix.
  private(set) var name = 0..<0
  private(set) var attributes: [Attribute] = []
  /// Behind the last attribute, or the name.
  private(set) var end = 0

  /// Reads a well-formed tag.
  init(_ tag: UnsafeBufferPointer<UInt8>) {
    var index = 1
    func isSpace(_ byte: UInt8) -> Bool { byte <= 0x20 }
    func isEnd(_ byte: UInt8) -> Bool { byte == UInt8(ascii: ">") || byte == UInt8(ascii: "/") }
    while index < tag.count, !isSpace(tag[index]), !isEnd(tag[index]) { index += 1 }
    name = min(1, tag.count)..<max(index, min(1, tag.count))
    end = index
    while index < tag.count {
      while index < tag.count, isSpace(tag[index]) { index += 1 }
      guard index < tag.count, !isEnd(tag[index]) else { return }
      let start = index
      while index < tag.count, tag[index] != UInt8(ascii: "="), !isSpace(tag[index]) { index += 1 }
      let nameEnd = index
      while index < tag.count, tag[index] != UInt8(ascii: "\""), tag[index] != UInt8(ascii: "'") {
        index += 1
      }
      guard index < tag.count else { return }
      let quote = tag[index]
      let valueStart = index + 1
      index = valueStart
      while index < tag.count, tag[index] != quote { index += 1 }
      guard index < tag.count else { return }
      attributes.append(Attribute(name: start..<nameEnd, value: valueStart..<index))
      index += 1
      end = index
    }
  }

  /// What writing needs to know of a token's tag: no arrays, since there may be millions.
  static func tokenPlace(_ tag: UnsafeBufferPointer<UInt8>, at start: Int) -> TokenPlace {
    var place = TokenPlace()
    var index = 1
    while index < tag.count, tag[index] > 0x20, tag[index] != UInt8(ascii: ">"),
      tag[index] != UInt8(ascii: "/")
    {
      index += 1
    }
    place.end = start + index
    while index < tag.count {
      while index < tag.count, tag[index] <= 0x20 { index += 1 }
      guard index < tag.count, tag[index] != UInt8(ascii: ">"), tag[index] != UInt8(ascii: "/")
      else { break }
      let nameStart = index
      while index < tag.count, tag[index] != UInt8(ascii: "="), tag[index] > 0x20 { index += 1 }
      let name = UnsafeBufferPointer(rebasing: tag[nameStart..<index])
      while index < tag.count, tag[index] != UInt8(ascii: "\""), tag[index] != UInt8(ascii: "'") {
        index += 1
      }
      guard index < tag.count else { break }
      let quote = tag[index]
      let valueStart = index + 1
      index = valueStart
      while index < tag.count, tag[index] != quote { index += 1 }
      let range = (start + valueStart)..<(start + index)
      index += 1
      place.end = start + index
      place.responsibilityIsLast = name.elementsEqual("resp".utf8)
      switch name.count {
      case 3:
        if name.elementsEqual("pos".utf8) { place.pos = range }
        if name.elementsEqual("msd".utf8) { place.msd = range }
      case 4:
        if name.elementsEqual("cert".utf8) { place.cert = range }
        if name.elementsEqual("resp".utf8) {
          place.hasResponsibility = true
          place.responsibilityStart = start + nameStart - 1
          place.responsibilityHash = identifierHash(
            UnsafeBufferPointer(rebasing: tag[valueStart..<(range.upperBound - start)]))
        }
      case 5: if name.elementsEqual("lemma".utf8) { place.lemma = range }
      default: break
      }
    }
    return place
  }

  /// The prefix of the element's name, with its colon; empty without one.
  static func prefix(_ tag: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    for index in tag.indices.dropFirst() {
      switch tag[index] {
      case UInt8(ascii: ":"): return Array(tag[1...index])
      case ...0x20, UInt8(ascii: ">"), UInt8(ascii: "/"): return []
      default: continue
      }
    }
    return []
  }
}
