internal import SeqXML

/// Places of the text by code points, as `string-range` counts them: every character between the tags
/// of an element counts, whatever the profile makes of it.
extension TEIImporter {
  /// The number of code points before what is read; -1 if they are not counted.
  var characterPlace: Int { countsCharacters ? characterCount : -1 }

  /// Asks for the places in an element that something points at.
  func watchCharacters(in target: UInt64, _ pointers: PointerTable) {
    for place in pointers.characterPlaces(in: target) {
      let start = characterCount + place.offset
      startWatches.append(
        CharacterWatch(position: start, pointer: place.pointer, part: place.part, target: target))
      endWatches.append(
        CharacterWatch(
          position: start + place.length, pointer: place.pointer, part: place.part, target: target))
    }
    startWatches.sort { $0.position > $1.position }
    endWatches.sort { $0.position > $1.position }
  }

  /// Forgets what was asked for in an element that ends before it.
  func unwatchCharacters(in target: UInt64) {
    startWatches.removeAll { $0.target == target }
    endWatches.removeAll { $0.target == target }
  }

  /// Reads text in pieces that end where a place is asked for, and notes these places.
  func forEachPiece(
    of bytes: UnsafeBufferPointer<UInt8>,
    _ read: (_ piece: UnsafeBufferPointer<UInt8>, _ start: Int) throws -> Void
  ) throws {
    var start = 0
    while start < bytes.count {
      var border = Int.max
      if let next = startWatches.last(where: { $0.position > characterCount }) {
        border = next.position
      }
      if let next = endWatches.last(where: { $0.position > characterCount }) {
        border = min(border, next.position)
      }
      var (end, count) = (start, characterCount)
      while end < bytes.count {
        if bytes[end] & 0xC0 != 0x80 {
          if count == border { break }
          count += 1
        }
        end += 1
      }
      let segment = scopes[scopes.count - 1].segment
      let before = segment?.text.count ?? 0
      try read(UnsafeBufferPointer(rebasing: bytes[start..<end]), start)
      if let found = scopes[scopes.count - 1].segment {
        while let watch = startWatches.last, watch.position <= characterCount {
          note(watch, isEnd: false, found === segment ? before : 0, in: found)
          startWatches.removeLast()
        }
        while let watch = endWatches.last, watch.position <= count {
          note(watch, isEnd: true, found.text.count, in: found)
          endWatches.removeLast()
        }
      }
      characterCount = count
      start = end
    }
  }

  private func note(_ watch: CharacterWatch, isEnd: Bool, _ text: Int, in segment: TEISegment) {
    segment.characterMarks.append((watch.pointer, watch.part, isEnd, text))
  }
}

/// An element that text in it can be pointed at by, through its identifier.
final class TextAnchor {
  /// Its identifier; empty without one, until one is made.
  var id: [UInt8]
  /// Its start tag, and the place for another attribute in it.
  let tagStart: Int
  let place: TokenPlace
  /// The number of code points of the document before it.
  let characters: Int

  init(id: [UInt8], tagStart: Int, place: TokenPlace, characters: Int) {
    self.id = id
    self.tagStart = tagStart
    self.place = place
    self.characters = characters
  }

  /// Whether it has an identifier or can be given one.
  var isUsable: Bool { !id.isEmpty || place.end >= 0 && !place.hasResponsibility }
}

extension TEIImporter {
  /// Notes an element as one that text can be pointed at by.
  func openAnchor(_ tag: borrowing XMLStartTag, _ frame: inout Frame) {
    frame.anchor = Int32(anchors.count)
    var place = TokenPlace()
    if !tag.isReplacement { place = TagScanner.tokenPlace(tag.bytes, at: tag.range.lowerBound) }
    anchors.append(
      TextAnchor(
        id: tag.value(vocabulary.id).map { Array($0) } ?? [], tagStart: tag.range.lowerBound,
        place: place, characters: characterCount))
  }

  /// The anchor of a segment that a scope makes without an element of its own: the scope's element,
  /// or the innermost around it that all of its text stands in.
  func anchor(ofScope index: Int) -> TextAnchor? {
    guard settings.keepsAnchors else { return nil }
    var depth = scopes[index].frame
    if depth < 0 { depth = frames.lastIndex { $0.isContainer } ?? 0 }
    guard depth < frames.count, frames[depth].anchor >= 0 else { return nil }
    return anchors[Int(frames[depth].anchor)]
  }
}
