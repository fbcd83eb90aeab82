internal import SeqXML

/// Writes insertions in a file's own encoding.
struct InsertionEncoder {
  private enum Kind { case utf8, utf16(bigEndian: Bool), ascii }
  private let kind: Kind

  /// - Parameters:
  ///   - encoding: as the stream names it.
  ///   - head: the file's first bytes.
  init(encoding: String, head: [UInt8]) {
    switch encoding {
    case "UTF-8": kind = .utf8
    case "UTF-16":
      kind = .utf16(bigEndian: head.first == 0xFE || head.first == 0)
    default: kind = .ascii
    }
  }

  /// The bytes of mark-up, in which characters that the encoding may not have are references.
  func encode(_ markup: [UInt8]) -> [UInt8] {
    switch kind {
    case .utf8: return markup
    case .utf16(let bigEndian):
      return String(decoding: markup, as: UTF8.self).utf16.flatMap { unit in
        let (high, low) = (UInt8(unit >> 8), UInt8(unit & 255))
        return bigEndian ? [high, low] : [low, high]
      }
    case .ascii:
      var result: [UInt8] = []
      for scalar in String(decoding: markup, as: UTF8.self).unicodeScalars {
        if scalar.isASCII {
          result.append(UInt8(scalar.value))
        } else {
          result += "&#\(scalar.value);".utf8
        }
      }
      return result
    }
  }

  /// Text between tags.
  static func escapedText(_ value: some Collection<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    for byte in value {
      switch byte {
      case UInt8(ascii: "&"): result += "&amp;".utf8
      case UInt8(ascii: "<"): result += "&lt;".utf8
      case UInt8(ascii: ">"): result += "&gt;".utf8
      default: result.append(byte)
      }
    }
    return result
  }

  /// A value between double quotes.
  static func escaped(_ value: some Collection<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    append(escaped: value, to: &result)
    return result
  }

  /// Appends a value between double quotes.
  static func append(escaped value: some Collection<UInt8>, to result: inout [UInt8]) {
    for byte in value {
      switch byte {
      case UInt8(ascii: "&"): result += "&amp;".utf8
      case UInt8(ascii: "<"): result += "&lt;".utf8
      case UInt8(ascii: "\""): result += "&quot;".utf8
      case 0x09, 0x0A, 0x0D: result += "&#\(byte);".utf8
      default: result.append(byte)
      }
    }
  }
}
