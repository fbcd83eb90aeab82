/// Other readings of the words of a sentence, by key.
struct WordReadings {
  /// The keys in the order of their first readings.
  private(set) var keys: [[UInt8]] = []
  /// For each key a value a word, empty where nothing else is read. A reading of several words stands at
  /// the first; the others have `_`.
  private(set) var values: [[[UInt8]]] = []

  /// - Parameter words: the words' bytes in the segment's text, in order.
  init(_ segment: TEISegment, _ words: [SentenceWord]) {
    guard let search = segment.readingSearch, let first = words.first, let last = words.last else {
      return
    }
    let text = first.text.lowerBound..<max(first.text.lowerBound, last.text.upperBound)
    var byKey: [[UInt8]: [SegmentReading]] = [:]
    for reading in segment.readings[search.candidates(text)] {
      if byKey[reading.key] == nil { keys.append(reading.key) }
      byKey[reading.key, default: []].append(reading)
    }
    for key in keys {
      values.append(
        Self.values(of: byKey[key]!, segment, words))
    }
    // What lies outside of this sentence is no reading of it.
    for index in keys.indices.reversed() where values[index].allSatisfy(\.isEmpty) {
      keys.remove(at: index)
      values.remove(at: index)
    }
  }

  /// The order of places; of those at one place, the longer first.
  static func comesBefore(_ one: SegmentReading, _ other: SegmentReading) -> Bool {
    one.text.lowerBound != other.text.lowerBound
      ? one.text.lowerBound < other.text.lowerBound : one.text.upperBound > other.text.upperBound
  }

  /// The values of one key: the text of the words with the readings in their places.
  private static func values(
    of readings: [SegmentReading], _ segment: TEISegment, _ words: [SentenceWord]
  ) -> [[UInt8]] {
    var result = [[UInt8]](repeating: [], count: words.count)
    var next = 0
    var word = 0
    while word < words.count, next < readings.count {
      if readings[next].text.upperBound <= words[word].text.lowerBound {
        next += 1
        continue
      }
      if readings[next].text.lowerBound >= words[word].text.upperBound {
        word += 1
        continue
      }
      // The readings that touch a run of words, and the words that they touch.
      let first = word
      var last = word
      var value: [UInt8] = []
      var place = words[first].text.lowerBound
      while next < readings.count, readings[next].text.lowerBound < words[last].text.upperBound {
        let reading = readings[next]
        while last + 1 < words.count,
          words[last + 1].text.lowerBound < reading.text.upperBound
        {
          last += 1
        }
        if place < reading.text.lowerBound {
          value += segment.text[place..<reading.text.lowerBound]
        }
        // Of a reading in another one, the outer counts: it comes first.
        if max(reading.text.lowerBound, words[first].text.lowerBound) >= place {
          value += segment.values[reading.value.indices]
          place = reading.text.upperBound
        }
        next += 1
      }
      let end = words[last].text.upperBound
      if place < end { value += segment.text[place..<end] }
      result[first] = value.isEmpty ? [UInt8(ascii: "_")] : value
      for index in first..<last { result[index + 1] = [UInt8(ascii: "_")] }
      word = last + 1
    }
    return result
  }
}
