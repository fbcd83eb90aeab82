/// Things with a form that rules can tell: addresses, numbers with check digits, dates, sums.
///
/// Rules are hand-written scanners over bytes rather than regular expressions: check digits and the
/// borders of words are part of them, and time is linear. Each kind's form is in
/// Docs/Formats/patterns.md.
public enum TextPattern: String, Hashable, Sendable, CaseIterable {
  /// `ana@example.org`.
  case email
  /// `https://example.org/x`, `www.example.org`.
  case url
  /// `192.0.2.7`, `2001:db8::1`.
  case ip
  /// An International Bank Account Number whose check digits are right (ISO 13616, mod 97).
  case iban
  /// 13 to 19 digits whose Luhn sum is right (ISO/IEC 7812-1).
  case creditCard = "credit-card"
  /// `2025-11-23`, `23/11/2025`, `23 November 2025`, `Nov. 23, 2025`.
  case date
  /// `$4.50`, `12,000 EUR`, `£3 million`.
  case money
  /// `+49 30 1234567`, `(713) 555-0199`.
  case phone

  /// The name of its span type, such as `EMAIL` or `CREDIT_CARD`.
  public var typeName: String {
    switch self {
    case .creditCard: "CREDIT_CARD"
    default: rawValue.uppercased()
    }
  }

  /// Finds all things of some kinds, in order and not overlapping: at each place the first kind that
  /// fits, in the order of the cases; it takes as much as it can.
  ///
  /// - Parameter text: UTF-8.
  public static func matches(
    in text: [UInt8], kinds: Set<TextPattern> = Set(allCases)
  ) -> [(range: Range<Int>, kind: TextPattern)] {
    var found: [(range: Range<Int>, kind: TextPattern)] = []
    let order = allCases.filter(kinds.contains)
    var at = 0
    while at < text.count {
      guard PatternScanner.mayBegin(text, at) else {
        at += 1
        continue
      }
      var end = at
      for kind in order {
        var scanner = PatternScanner(text: text, at: at)
        if let stop = scanner.match(kind) {
          found.append((at..<stop, kind))
          end = stop
          break
        }
      }
      at = max(end, at + 1)
    }
    return found
  }
}
