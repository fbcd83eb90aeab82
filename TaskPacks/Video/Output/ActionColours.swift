/// Colours that people tell apart, the first eight also with the common kinds of colour blindness
/// (Okabe and Ito 2008, <https://jfly.uni-koeln.de/color/>); further ones go around the circle of hues.
public enum ActionColours {
  private static let first: [(Int, Int, Int)] = [
    (0, 114, 178), (230, 159, 0), (0, 158, 115), (204, 121, 167), (86, 180, 233), (213, 94, 0),
    (240, 228, 66), (120, 94, 60),
  ]

  /// The colour of a label's number: red, green and blue, from 0 to 255.
  public static func colour(of label: Int) -> (red: Int, green: Int, blue: Int) {
    if label < first.count { return first[label] }
    // Steps of the golden angle spread hues evenly however many there are.
    let hue = (Double(label) * 137.508).truncatingRemainder(dividingBy: 360) / 60
    let value = label % 2 == 0 ? 0.85 : 0.6
    func channel(_ shift: Double) -> Int {
      let x = (hue + shift).truncatingRemainder(dividingBy: 6)
      let k = max(0, min(1, min(x, 4 - x)))
      return Int((255 * (value - value * 0.7 * k)).rounded())
    }
    return (channel(5), channel(3), channel(1))
  }

  /// The colour as HTML writes it.
  static func html(_ label: Int) -> String {
    let (red, green, blue) = colour(of: label)
    return "#"
      + [red, green, blue].map { value in
        let digits = String(value, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
      }.joined()
  }
}
