/// How figures are written in reports: fixed decimals, groups of digits, units.
package enum Figures {
  /// A number with so many decimals, rounded half away from zero; `–` if it is not finite.
  package static func fixed(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "–" }
    var scale = 1
    for _ in 0..<decimals { scale *= 10 }
    let scaled = Int((abs(value) * Double(scale)).rounded())
    let sign = value < 0 && scaled > 0 ? "−" : ""
    guard decimals > 0 else { return sign + grouped(scaled) }
    let fraction = String(scaled % scale)
    return sign + grouped(scaled / scale) + "."
      + String(repeating: "0", count: decimals - fraction.count) + fraction
  }

  /// A whole number with commas.
  package static func grouped(_ value: Int) -> String {
    let digits = String(value.magnitude)
    var result = value < 0 ? "−" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { result += "," }
      result.append(digit)
    }
    return result
  }

  /// A score: a share in per cent with two decimals, without the sign; a coefficient with three.
  static func score(_ value: Double?, isShare: Bool) -> String {
    guard let value else { return "–" }
    return isShare ? fixed(value * 100, 2) : fixed(value, 3)
  }

  /// A difference of scores with its sign.
  static func difference(_ value: Double, isShare: Bool) -> String {
    let text = score(value, isShare: isShare)
    return value > 0 && text.contains { "123456789".contains($0) } ? "+" + text : text
  }

  /// `p = 0.034`, `p < 0.001`.
  static func p(_ value: Double) -> String {
    value < 0.001 ? "p < 0.001" : "p = " + fixed(value, 3)
  }

  /// A p-value alone, for tables.
  static func pValue(_ value: Double) -> String { value < 0.001 ? "< 0.001" : fixed(value, 3) }

  /// A count that may be a mean: without decimals if it is whole.
  static func count(_ value: Double) -> String {
    value == value.rounded() ? grouped(Int(value)) : fixed(value, 1)
  }

  /// Bytes in kB, MB or GB of 1000.
  static func bytes(_ value: Int) -> String {
    let value = Double(value)
    if value < 1e6 { return fixed(value / 1e3, value < 1e4 ? 1 : 0) + " kB" }
    if value < 1e9 { return fixed(value / 1e6, 1) + " MB" }
    return fixed(value / 1e9, 1) + " GB"
  }

  /// Seconds in ms, s or minutes.
  static func seconds(_ value: Double) -> String {
    if value < 1 { return fixed(value * 1000, value < 0.1 ? 1 : 0) + " ms" }
    if value < 120 { return fixed(value, 1) + " s" }
    return fixed(value / 60, 1) + " min"
  }

  /// A rate in k or M.
  static func rate(_ value: Double) -> String {
    if value >= 1e6 { return fixed(value / 1e6, 2) + " M" }
    if value >= 1e4 { return fixed(value / 1e3, 0) + " k" }
    if value >= 1e3 { return fixed(value / 1e3, 1) + " k" }
    return fixed(value, 0)
  }
}
