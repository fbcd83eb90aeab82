internal import Glibc

/// A positive number of any size with three digits: `2.41e-17`, `0.0123`, `3.10`.
struct SmallNumber: CustomStringConvertible {
  let description: String

  init(_ value: Double) {
    guard value > 0, value.isFinite else {
      description = value == 0 ? "0" : "\(value)"
      return
    }
    var exponent = Int(log10(value).rounded(.down))
    var digits = Int((value / pow(10, Double(exponent - 2))).rounded())
    if digits == 1000 { (digits, exponent) = (100, exponent + 1) }
    let text = String(digits)
    if exponent < -3 || exponent > 5 {
      description = "\(text.prefix(1)).\(text.dropFirst())e\(exponent)"
    } else if exponent < 0 {
      description = "0." + String(repeating: "0", count: -exponent - 1) + text
    } else if exponent >= 2 {
      description = text + String(repeating: "0", count: exponent - 2)
    } else {
      description = "\(text.prefix(exponent + 1)).\(text.dropFirst(exponent + 1))"
    }
  }
}
