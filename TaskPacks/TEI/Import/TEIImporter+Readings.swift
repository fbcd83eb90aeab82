internal import SeqXML

/// A reading that was not chosen.
struct OtherReading {
  var name: XMLNameID
  /// The sigils of its witnesses, as the document has them.
  var witnesses: [UInt8]
  /// Its text, white space as in segments.
  var text: [UInt8]
}

/// A reading that was not chosen, and the stretch of the segment's text that stands in its place.
struct SegmentReading {
  /// What it is called in the output: `Orig`, `Rdg.A`.
  var key: [UInt8]
  var value: ValueRange
  var text: Range<Int>
}

/// The text of a reading that is not chosen, while it is passed over.
struct OtherReadingText {
  let name: XMLNameID
  let witnesses: [UInt8]
  /// The number of the choice that it stands in; -1 if it is a part of what is read of one.
  let pick: Int
  /// The depth of its element.
  let depth: Int
  private(set) var text: [UInt8] = []
  private var pendingSpace = false
  /// The depth of an element in it whose text does not belong to it; -1 if none is open.
  var silentDepth = -1
  /// Choices in it, and whether their first child was met: that one is read.
  var choices: [(depth: Int, sawChild: Bool)] = []

  init(name: XMLNameID, witnesses: [UInt8], pick: Int, depth: Int) {
    (self.name, self.witnesses, self.pick, self.depth) = (name, witnesses, pick, depth)
  }

  mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard silentDepth < 0 else { return }
    for byte in bytes {
      if byte <= 0x20 {
        pendingSpace = true
        continue
      }
      if pendingSpace, !text.isEmpty { text.append(0x20) }
      pendingSpace = false
      text.append(byte)
    }
  }

  mutating func appendSpace() { pendingSpace = true }
}

/// Readings of choices and apparatus entries that are not chosen.
extension TEIImporter {
  func witnesses(of tag: borrowing XMLStartTag) -> [UInt8] {
    tag.value(vocabulary.wit).map { Array($0) } ?? []
  }

  /// An element inside a reading that is passed over: notes and what else is no text of it are silent,
  /// borders are spaces, and of choices in it the first child counts.
  func startInOtherReading(_ tag: borrowing XMLStartTag) {
    let depth = frames.count
    guard otherReading!.silentDepth < 0 else { return }
    if let last = otherReading!.choices.last, last.depth == depth - 1 {
      if last.sawChild {
        otherReading!.silentDepth = depth
        return
      }
      otherReading!.choices[otherReading!.choices.count - 1].sawChild = true
    }
    guard profile.namespaces.contains(tag.namespace) else { return }
    let rule = profile.rule(for: tag, parent: frames.last?.name ?? -1) { name in
      frames.contains { $0.name == name }
    }
    guard rule >= 0 else { return }
    switch profile.rules[Int(rule)].action {
    // What an abbreviation has and its expansion lacks, or the other way round, is its text here.
    case .exclude where tag.name == vocabulary.am || tag.name == vocabulary.ex: break
    case .exclude, .separate, .standOff, .links, .pointer, .header, .annotation:
      otherReading!.silentDepth = depth
    case .choose: otherReading!.choices.append((depth, false))
    case .break:
      if tag.value(vocabulary.break)?.elementsEqual("no".utf8) != true {
        otherReading!.appendSpace()
      }
    case .space: otherReading!.appendSpace()
    default: break
    }
  }

  func endInOtherReading(_ depth: Int) {
    if otherReading!.silentDepth == depth { otherReading!.silentDepth = -1 }
    if otherReading!.choices.last?.depth == depth { otherReading!.choices.removeLast() }
    guard depth == otherReading!.depth, let reading = otherReading else { return }
    otherReading = nil
    guard reading.pick >= 0 else {
      guard let segment = scopes[scopes.count - 1].segment else { return }
      segment.leftOut.append((segment.text.count, reading.text))
      return
    }
    picks[reading.pick].others.append(
      OtherReading(name: reading.name, witnesses: reading.witnesses, text: reading.text))
  }

  /// Keeps what was read of a choice, since a better child has come.
  func keepChosen(of index: Int) {
    let pick = picks[index]
    guard let range = readText(of: pick), let segment = scopes[scopes.count - 1].segment else {
      return
    }
    var text: [UInt8] = []
    var place = range.lowerBound
    for part in segment.leftOut where part.offset >= place && part.offset <= range.upperBound {
      text += segment.text[place..<part.offset] + part.text
      place = part.offset
    }
    text += segment.text[place..<range.upperBound]
    picks[index].others.append(
      OtherReading(name: pick.bestName, witnesses: pick.bestWitnesses, text: text))
  }

  /// The text that was read of a choice; `nil` if it lies in more than one segment.
  private func readText(of pick: Pick) -> Range<Int>? {
    guard let segment = scopes[scopes.count - 1].segment,
      pick.mark.segment == nil || pick.mark.segment === segment
    else { return nil }
    let start = pick.mark.segment == nil ? 0 : min(pick.mark.text, segment.text.count)
    return segment.trimmed(start..<segment.text.count)
  }

  /// Keeps the readings of a choice that has ended beside the text that was read of it.
  func keepReadings(of pick: Pick) {
    guard let range = readText(of: pick), !range.isEmpty,
      let segment = scopes[scopes.count - 1].segment
    else {
      report.unplacedReadings += pick.others.count
      return
    }
    var seen: [[UInt8]: Int] = [:]
    for other in pick.others {
      var name = names.utf8(other.name)
      if let first = name.first, first >= UInt8(ascii: "a"), first <= UInt8(ascii: "z") {
        name[0] = first - 0x20
      }
      let sigils = other.witnesses.split(whereSeparator: { $0 <= 0x20 }).map { sigil in
        name + [UInt8(ascii: ".")]
          + sigil.drop { $0 == UInt8(ascii: "#") }.map(Self.keyByte)
      }
      for key in sigils.isEmpty ? [name] : sigils {
        let count = seen[key, default: 0] + 1
        seen[key] = count
        segment.readings.append(
          SegmentReading(
            key: count == 1 ? key : key + Array("\(count)".utf8), value: segment.keep(other.text),
            text: range))
        report.readings += 1
      }
    }
  }

  /// A byte of a sigil as it may stand in a key.
  private static func keyByte(_ byte: UInt8) -> UInt8 {
    byte == UInt8(ascii: "=") || byte == UInt8(ascii: "|") || byte == UInt8(ascii: ",")
      ? UInt8(ascii: "_") : byte
  }
}
