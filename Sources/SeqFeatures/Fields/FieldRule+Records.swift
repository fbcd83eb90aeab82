public import SeqCore

extension FieldRule {
  /// The value where none can be made.
  static let unknown = "?"

  /// Adds the field to a record.
  ///
  /// - Throws: `FeatureError.missingLayer` if the record does not have the source.
  public func add(to record: inout Record) throws {
    guard let ranges = record.ranges(source) else {
      throw FeatureError.missingLayer(
        name: source, present: record.layers.map(\.name), source: record.provenance.source,
        line: record.provenance.line)
    }
    let values = values(of: ranges, in: record)
    // Most values come again and again: each stands in the buffer once.
    var places: [String: ByteRange] = [:]
    let result = values.map { value in
      if let place = places[value] { return place }
      let place = record.append(Array(value.utf8))
      places[value] = place
      return place
    }
    record.setText(name, to: result)
  }

  private func values(of ranges: [ByteRange], in record: borrowing Record) -> [String] {
    switch outcome {
    case .bins(let bounds):
      return numbers(of: ranges, in: record).map { number in
        guard let number else { return Self.unknown }
        return String(bounds.firstIndex { number < $0 } ?? bounds.count)
      }
    case .classes(let classes, let runs):
      return ranges.map { Self.classes(of: record.string($0), classes, runs: runs) }
    case .list(let words):
      return ranges.map { words.contains(record.string($0).lowercased()) ? "yes" : "no" }
    case .patterns(let patterns):
      return ranges.map { range in
        let bytes = record.buffer[range.indices]
        return patterns.first { $0.expression.matchesAll(bytes) }?.name ?? "none"
      }
    case .same(let lag):
      return ranges.indices.map { position in
        guard position >= lag else { return Self.unknown }
        let (here, there) = (ranges[position], ranges[position - lag])
        let isSame = record.buffer[here.indices].elementsEqual(record.buffer[there.indices])
        return isSame ? "yes" : "no"
      }
    }
  }

  private func numbers(of ranges: [ByteRange], in record: borrowing Record) -> [Double?] {
    switch measure {
    case .length:
      return ranges.map { Double(record.string($0).unicodeScalars.count) }
    case .repeats(let window):
      let texts = ranges.map(record.string)
      return texts.indices.map { position in
        Double(texts[max(0, position - window)..<position].count { $0 == texts[position] })
      }
    case .value:
      return ranges.map { Self.number(record.string($0)) }
    case .hour:
      return ranges.map { range in
        Self.number(record.string(range)).map { seconds in
          let day = seconds - (seconds / 86_400).rounded(.down) * 86_400
          return day / 3_600
        }
      }
    case .difference(let lag):
      let values = ranges.map { Self.number(record.string($0)) }
      return values.indices.map { position in
        guard position >= lag, let here = values[position], let there = values[position - lag]
        else { return nil }
        return here - there
      }
    case .deviation(let window):
      return Self.deviations(ranges.map { Self.number(record.string($0)) }, window: window)
    }
  }

  /// (x[t] − m) / s with the mean and deviation of the values in the window before t, of which three
  /// are needed. Where all of them are equal, s is a thousandth of |m|, or 10⁻⁹.
  private static func deviations(_ values: [Double?], window: Int) -> [Double?] {
    values.indices.map { position in
      let before = values[max(0, position - window)..<position].compactMap(\.self)
      guard before.count >= 3, let here = values[position] else { return nil }
      let mean = before.reduce(0, +) / Double(before.count)
      let variance = before.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(before.count)
      let deviation = max(variance.squareRoot(), abs(mean) * 1e-3, 1e-9)
      return (here - mean) / deviation
    }
  }

  /// A text as a number: a decimal number, or a point in time in seconds since 1970 (UTC unless it
  /// names its distance from it): `2026-03-01T12:30:00.5Z`, `2026-03-01 12:30`, or `12:30:00` since
  /// midnight.
  static func number(_ text: String) -> Double? {
    if let number = Double(text), number.isFinite { return number }
    var scanner = Substring(text)
    func digits(_ count: Int) -> Int? {
      let head = scanner.prefix(count)
      guard head.utf8.count == count, head.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
        return nil
      }
      scanner = scanner.dropFirst(count)
      return Int(head)
    }
    func take(_ characters: String) -> Bool {
      guard let first = scanner.first, characters.contains(first) else { return false }
      scanner = scanner.dropFirst()
      return true
    }
    var days = 0
    if text.utf8.count >= 10, text.dropFirst(4).first == "-" {
      guard let year = digits(4), take("-"), let month = digits(2), take("-"), let day = digits(2),
        (1...12).contains(month), (1...31).contains(day)
      else { return nil }
      days = daysSince1970(year, month, day)
      if scanner.isEmpty { return Double(days * 86_400) }
      guard take("T ") else { return nil }
    }
    guard let hour = digits(2), take(":"), let minute = digits(2) else { return nil }
    var seconds = Double(days * 86_400 + hour * 3_600 + minute * 60)
    if take(":") {
      guard let second = digits(2) else { return nil }
      seconds += Double(second)
      if take(".,") {
        let fraction = scanner.prefix { $0.isASCII && $0.isNumber }
        guard let value = Double("0." + fraction) else { return nil }
        scanner = scanner.dropFirst(fraction.count)
        seconds += value
      }
    }
    if scanner.isEmpty || scanner == "Z" { return seconds }
    let sign = scanner.first == "-" ? 1.0 : -1.0
    guard take("+-"), let hours = digits(2) else { return nil }
    _ = take(":")
    let minutes = scanner.isEmpty ? 0 : digits(2) ?? -1
    guard minutes >= 0, scanner.isEmpty else { return nil }
    return seconds + sign * Double(hours * 3_600 + minutes * 60)
  }

  /// Days from 1970-01-01 in the proleptic Gregorian calendar (H. Hinnant, "chrono-Compatible
  /// Low-Level Date Algorithms", days_from_civil).
  private static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let year = month <= 2 ? year - 1 : year
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  private static func classes(
    of text: String, _ classes: [CharacterClass], runs: Bool
  ) -> String {
    var result = ""
    var last: String?
    for scalar in text.unicodeScalars {
      let name =
        classes.first { $0.scalars.contains { $0.contains(scalar) } }?.name ?? String(scalar)
      if runs, name == last { continue }
      result += name
      last = name
    }
    return result
  }
}
