import SeqFeatures

/// Builds `ScalarKindTable.swift` from the standard library's Unicode data.
enum KindTable {
  static func source() -> String {
    var blocks: [String] = []
    var numbers: [String: Int] = [:]
    var pairs = ""
    for block in 0..<(0x20000 >> 7) {
      var text = ""
      for k in 0..<128 {
        text.unicodeScalars.append(Unicode.Scalar(65 + kind(UInt32(block << 7 + k)).rawValue))
      }
      let number = numbers[text] ?? blocks.count
      if number == blocks.count {
        blocks.append(text)
        numbers[text] = number
      }
      pairs.unicodeScalars.append(Unicode.Scalar(UInt8(48 + number / 64)))
      pairs.unicodeScalars.append(Unicode.Scalar(UInt8(48 + number % 64)))
    }
    return """
      // Made by Scripts/train-tokenizer; do not edit.

      /// The kind of every scalar below U+20000; `scalarKind(_:)` reads it.
      // swift-format-ignore
      enum ScalarKindTable {
        static let blockOfScalars: StaticString = #\"""
      \(pairs)
      \"""#

        static let blocks: StaticString = #\"""
      \(blocks.joined(separator: "\n"))
      \"""#
      }

      """
  }

  static func kind(_ value: UInt32) -> ScalarKind {
    guard let scalar = Unicode.Scalar(value) else { return .other }
    let properties = scalar.properties
    switch value {
    case 0x0A...0x0D, 0x85, 0x2028, 0x2029: return .lineBreak
    case 0x09, 0xFEFF, 0x200B: return .space
    case 0x200D: return .joiner
    case 0x0600...0x0605, 0x06DD, 0x070F, 0x0890...0x0891, 0x08E2, 0x0D4E, 0x110BD, 0x110CD,
      0x111C2...0x111C3, 0x113D1, 0x1193F, 0x11941, 0x11A84...0x11A89, 0x11D46, 0x11F02:
      return .prepend
    case 0x1F1E6...0x1F1FF: return .regionalIndicator
    default: break
    }
    let category = properties.generalCategory
    switch category {
    case .spaceSeparator: return .space
    case .nonspacingMark, .enclosingMark, .spacingMark, .format: return .extend
    default: break
    }
    if properties.isGraphemeExtend || (0x1F3FB...0x1F3FF).contains(value) { return .extend }
    switch value {
    case 0x0E00...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF, 0x1950...0x19DF, 0x1A20...0x1AAF,
      0xA9E0...0xA9FF, 0xAA60...0xAADF, 0x11700...0x1174F:
      if properties.isAlphabetic { return .unspaced }
    case 0x3041...0x309F, 0x1B001...0x1B11F, 0x1B150...0x1B152: return .ideograph
    case 0x3031...0x3035, 0x30A0...0x30FF, 0x31F0...0x31FF, 0x32D0...0x3357, 0xFF66...0xFF9D,
      0x1B000, 0x1B155, 0x1B164...0x1B167:
      return category == .dashPunctuation || value == 0x30FB ? .punctuation : .katakana
    default: break
    }
    if properties.isIdeographic { return .ideograph }
    switch category {
    case .uppercaseLetter, .titlecaseLetter: return .upper
    case .lowercaseLetter: return .lower
    case .modifierLetter, .otherLetter, .letterNumber: return .letter
    case .decimalNumber, .otherNumber: return .digit
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation:
      return .punctuation
    default: break
    }
    if properties.isAlphabetic { return .letter }
    if value >= 128, properties.isEmoji || (0x1F000...0x1FAFF).contains(value) {
      return .pictograph
    }
    return .other
  }
}
