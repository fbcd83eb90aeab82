/// Recognizes one thing that begins at a place of a text; see ``TextPattern``.
struct PatternScanner {
  let text: [UInt8]
  var at: Int

  /// Whether something may begin here: a letter, digit or one of `+($€£`, and no letter or digit
  /// before it.
  static func mayBegin(_ text: [UInt8], _ at: Int) -> Bool {
    let byte = text[at]
    // € and £ begin with bytes above ASCII.
    let starts = isAlphanumeric(byte) || [0x2B, 0x28, 0x24, 0x3A, 0xE2, 0xC2].contains(byte)
    guard starts else { return false }
    guard at > 0 else { return true }
    return !(isAlphanumeric(text[at - 1]) || text[at - 1] >= 0x80 && byte < 0x80)
  }

  /// The end of a thing of a kind that begins here; `nil` if none does.
  mutating func match(_ kind: TextPattern) -> Int? {
    switch kind {
    case .email: email()
    case .url: url()
    case .ip: ip()
    case .iban: iban()
    case .creditCard: continuesNumber ? nil : creditCard()
    case .date: date()
    case .money: money()
    case .phone: continuesNumber ? nil : phone()
    }
  }

  /// Whether a group of digits stands before this one, which then is the end of a longer number.
  private var continuesNumber: Bool {
    at >= 2 && (text[at - 1] == 0x20 || text[at - 1] == 0x2D) && Self.isDigit(text[at - 2])
      && Self.isDigit(byte())
  }

  // MARK: Bytes

  static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
  static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
  static func isAlphanumeric(_ byte: UInt8) -> Bool { isDigit(byte) || isLetter(byte) }

  /// The byte at a distance from here; 0 behind the end.
  private func byte(_ distance: Int = 0) -> UInt8 {
    at + distance < text.count ? text[at + distance] : 0
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard byte() == UInt8(ascii: character) else { return false }
    at += 1
    return true
  }

  private mutating func take(while isPart: (UInt8) -> Bool) -> Int {
    let start = at
    while at < text.count, isPart(text[at]) { at += 1 }
    return at - start
  }

  /// Takes a word in any case of ASCII.
  private mutating func takeWord(_ word: String) -> Bool {
    let bytes = Array(word.utf8)
    guard at + bytes.count <= text.count else { return false }
    for (index, byte) in bytes.enumerated() {
      let own = text[at + index]
      guard own == byte || Self.isLetter(byte) && own | 0x20 == byte | 0x20 else { return false }
    }
    at += bytes.count
    return true
  }

  /// A number of `digits` digits, and its value.
  private mutating func number(_ digits: ClosedRange<Int>) -> Int? {
    var value = 0
    var count = 0
    while count < digits.upperBound, Self.isDigit(byte()) {
      value = value * 10 + Int(byte() - 0x30)
      at += 1
      count += 1
    }
    return digits.contains(count) && !Self.isDigit(byte()) ? value : nil
  }

  /// The place here, if a thing may end here: before no letter, digit or underscore.
  private var end: Int? {
    let next = byte()
    return Self.isAlphanumeric(next) || next == UInt8(ascii: "_") || next >= 0x80 ? nil : at
  }

  // MARK: Addresses

  /// local@label.label…: the local part of RFC 5322's dot-atom, the domain with a top level of
  /// letters.
  private mutating func email() -> Int? {
    let isLocal: (UInt8) -> Bool = { Self.isAlphanumeric($0) || "._%+-'".utf8.contains($0) }
    guard Self.isAlphanumeric(byte()) else { return nil }
    let count = take(while: isLocal)
    guard count <= 64, text[at - 1] != UInt8(ascii: "."), take("@") else { return nil }
    return domain(needsDot: true)
  }

  /// Labels with points between them, the last of two or more letters.
  private mutating func domain(needsDot: Bool) -> Int? {
    var labels = 0
    var lastEnd: Int?
    while true {
      let start = at
      let isLabel: (UInt8) -> Bool = { Self.isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
      let count = take(while: isLabel)
      guard count > 0, count <= 63, text[start] != UInt8(ascii: "-"),
        text[at - 1] != UInt8(ascii: "-")
      else { break }
      labels += 1
      let isTop = count >= 2 && text[start..<at].allSatisfy(Self.isLetter)
      if labels >= (needsDot ? 2 : 1), isTop, end != nil { lastEnd = at }
      guard take(".") else { break }
    }
    if let lastEnd { at = lastEnd }
    return lastEnd
  }

  private mutating func url() -> Int? {
    let start = at
    let schemes = ["https://", "http://", "ftp://"]
    if schemes.contains(where: { takeWord($0) }) {
      guard Self.isAlphanumeric(byte()) || byte() == UInt8(ascii: "[") else { return nil }
    } else if takeWord("www.") {
      guard domain(needsDot: true) != nil else { return nil }
    } else {
      return nil
    }
    // Everything that may stand in an address; signs that end a sentence are not part of it, nor a
    // closing bracket that was not opened in it.
    _ = take { $0 > 0x20 && $0 != 0x22 && $0 != 0x3C && $0 != 0x3E && $0 != 0x7F }
    while at > start {
      let last = text[at - 1]
      if ".,;:!?'".utf8.contains(last) {
        at -= 1
      } else if last == UInt8(ascii: ")"), !text[start..<at].contains(UInt8(ascii: "(")) {
        at -= 1
      } else {
        break
      }
    }
    return at
  }

  private mutating func ip() -> Int? {
    let start = at
    var parts = 0
    while parts < 4, let value = number(1...3), value <= 255 {
      parts += 1
      if parts == 4 || !take(".") { break }
    }
    if parts == 4, let end, byte() != UInt8(ascii: ".") || !Self.isDigit(byte(1)) { return end }
    at = start
    return ipv6()
  }

  /// Eight groups of up to four hexadecimal digits, or fewer with one `::`.
  private mutating func ipv6() -> Int? {
    var groups = 0
    var isShort = false
    let isHex: (UInt8) -> Bool = { Self.isDigit($0) || ($0 | 0x20) &- 0x61 < 6 }
    while groups < 8 {
      if byte() == 0x3A, byte(1) == 0x3A {
        guard !isShort else { return nil }
        isShort = true
        at += 2
        if !isHex(byte()) { break }
      } else if groups > 0 {
        guard take(":") else { break }
      }
      let count = take(while: isHex)
      guard (1...4).contains(count) else { return nil }
      groups += 1
    }
    return (isShort ? groups >= 1 && groups < 8 : groups == 8) ? end : nil
  }

  // MARK: Numbers with check digits

  /// Two letters, two digits, 11 to 30 letters or digits, in groups of four with spaces or in one;
  /// the number that ISO 7064 makes of it leaves 1 when divided by 97.
  private mutating func iban() -> Int? {
    let isUpper: (UInt8) -> Bool = { $0 &- 0x41 < 26 }
    guard isUpper(byte()), isUpper(byte(1)), Self.isDigit(byte(2)), Self.isDigit(byte(3)) else {
      return nil
    }
    var signs: [UInt8] = []
    var best: Int?
    while signs.count < 34 {
      if byte() == 0x20, signs.count % 4 == 0, !signs.isEmpty { at += 1 }
      guard isUpper(byte()) || Self.isDigit(byte()) else { break }
      signs.append(byte())
      at += 1
      if signs.count >= 15, end != nil {
        let turned = signs[4...] + signs[..<4]
        let rest = turned.reduce(0) { rest, sign in
          let value = Self.isDigit(sign) ? Int(sign - 0x30) : Int(sign - 0x41) + 10
          return (rest * (value > 9 ? 100 : 10) + value) % 97
        }
        if rest == 1 { best = at }
      }
    }
    return best
  }

  /// 13 to 19 digits in one, or in groups with spaces or hyphens, whose Luhn sum ends in 0.
  private mutating func creditCard() -> Int? {
    var digits: [Int] = []
    while digits.count < 20 {
      if !digits.isEmpty, byte() == 0x20 || byte() == 0x2D, Self.isDigit(byte(1)) { at += 1 }
      guard Self.isDigit(byte()) else { break }
      digits.append(Int(byte() - 0x30))
      at += 1
    }
    guard (13...19).contains(digits.count), let end, Set(digits).count > 1 else { return nil }
    var sum = 0
    for (index, digit) in digits.reversed().enumerated() {
      let twice = index % 2 == 1 ? digit * 2 : digit
      sum += twice > 9 ? twice - 9 : twice
    }
    return sum % 10 == 0 ? end : nil
  }

  // MARK: Dates and sums

  private static let months = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sept",
    "sep", "oct", "nov", "dec",
  ]

  private mutating func month() -> Bool {
    for name in Self.months {
      let start = at
      if takeWord(name) {
        if name.utf8.count <= 4 { _ = take(".") }
        if !Self.isLetter(byte()) { return true }
      }
      at = start
    }
    return false
  }

  private mutating func space() -> Bool { take(while: { $0 == 0x20 }) > 0 }

  /// Day and year behind a month, or month and year behind a day.
  private mutating func date() -> Int? {
    let start = at
    if month() {
      guard space(), let day = number(1...2), (1...31).contains(day) else { return nil }
      let short = end
      let shortAt = at
      _ = space()
      _ = take(",")
      if space(), let year = number(4...4), (1000...2999).contains(year), let end { return end }
      at = shortAt
      return short
    }
    // 2025-11-23, 2025/11/23
    if let year = number(4...4), (1000...2999).contains(year) {
      let separator = byte()
      if separator == 0x2D || separator == 0x2F {
        at += 1
        if let month = number(1...2), (1...12).contains(month), byte() == separator {
          at += 1
          if let day = number(1...2), (1...31).contains(day), let end { return end }
        }
      }
    }
    at = start
    guard let first = number(1...2), (1...31).contains(first) else { return nil }
    let separator = byte()
    if separator == 0x2F || separator == 0x2E || separator == 0x2D {
      at += 1
      guard let second = number(1...2), (1...31).contains(second), min(first, second) <= 12,
        byte() == separator
      else { return nil }
      at += 1
      let place = at
      if let year = number(4...4), (1000...2999).contains(year), let end { return end }
      at = place
      return separator != 0x2E && number(2...2) != nil ? end : nil
    }
    guard space(), month() else { return nil }
    let short = end
    let shortAt = at
    if space(), let year = number(4...4), (1000...2999).contains(year), let end { return end }
    at = shortAt
    return short
  }

  /// Digits, with groups of three behind commas, and two places behind a point.
  private mutating func amount() -> Bool {
    guard Self.isDigit(byte()) else { return false }
    _ = take(while: Self.isDigit)
    while byte() == 0x2C, (1...3).allSatisfy({ Self.isDigit(byte($0)) }), !Self.isDigit(byte(4)) {
      at += 4
    }
    if byte() == 0x2E, Self.isDigit(byte(1)) {
      at += 1
      _ = take(while: Self.isDigit)
    }
    return true
  }

  /// Takes `million` and the like, with the space before it.
  private mutating func takeMagnitude() {
    let start = at
    _ = space()
    for word in ["million", "billion", "trillion", "thousand", "bn", "m", "k"] {
      let place = at
      if takeWord(word), end != nil { return }
      at = place
    }
    at = start
  }

  private mutating func money() -> Int? {
    if ["$", "€", "£", "US$"].contains(where: { takeWord($0) }) {
      _ = space()
      guard amount() else { return nil }
      takeMagnitude()
      return end
    }
    guard amount() else { return nil }
    takeMagnitude()
    let place = at
    _ = space()
    if takeWord("€") { return at }
    for word in ["dollars", "euros", "pounds", "USD", "EUR", "GBP", "CHF"] {
      at = place
      if space() || !Self.isAlphanumeric(byte()), takeWord(word), let end { return end }
    }
    return nil
  }

  /// 7 to 15 digits in groups, with a country code, an area code in brackets, or separators.
  private mutating func phone() -> Int? {
    let hasPlus = take("+")
    var digits = 0
    var separators = 0
    var sawBracket = false
    var lastEnd: Int?
    while digits <= 15 {
      if take("(") {
        guard !sawBracket else { break }
        sawBracket = true
        _ = space()
        let count = take(while: Self.isDigit)
        _ = space()
        guard (1...5).contains(count), take(")") else { return nil }
        digits += count
        _ = space()
        separators += 1
      }
      let count = take(while: Self.isDigit)
      guard count > 0 else { break }
      digits += count
      if end != nil { lastEnd = at }
      // One sign between groups, with or without spaces around it.
      let place = at
      _ = space()
      if byte() == 0x2D || byte() == 0x2E || byte() == 0x2F { at += 1 }
      _ = space()
      guard at > place, Self.isDigit(byte()) || byte() == 0x28 else { break }
      separators += 1
    }
    guard let lastEnd, digits <= 15 else { return nil }
    at = lastEnd
    if hasPlus { return digits >= 8 ? lastEnd : nil }
    return digits >= 10 && (sawBracket || separators >= 2)
      || sawBracket && digits >= 7 ? lastEnd : nil
  }
}
