/// Frames a second as a ratio of whole numbers, so that times are exact: 25, 29.97, 30000/1001.
public struct FrameRate: Hashable, Sendable, Codable, CustomStringConvertible {
  /// Frames in ``seconds`` seconds, above 0.
  public let frames: Int
  /// The seconds, above 0.
  public let seconds: Int

  /// Makes a rate.
  public init(frames: Int, seconds: Int = 1) {
    precondition(frames > 0 && seconds > 0, "A frame rate is above 0.")
    let divisor = Self.divisor(frames, seconds)
    self.frames = frames / divisor
    self.seconds = seconds / divisor
  }

  /// Reads `25`, `29.97` or `30000/1001`; `nil` if the text is none of these or not above 0.
  public init?(_ text: String) {
    let limit = 1_000_000_000
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    if parts.count == 2 {
      guard let frames = Int(parts[0]), let seconds = Int(parts[1]), (1...limit).contains(frames),
        (1...limit).contains(seconds)
      else { return nil }
      self.init(frames: frames, seconds: seconds)
      return
    }
    let digits = text.split(separator: ".", omittingEmptySubsequences: false)
    guard digits.count == 1 || digits.count == 2 && digits[1].count <= 6,
      text.utf8.allSatisfy({ $0 == UInt8(ascii: ".") || (48...57).contains($0) }),
      let number = Int(digits.joined()), (1...limit).contains(number)
    else { return nil }
    var seconds = 1
    for _ in 0..<(digits.count == 2 ? digits[1].count : 0) { seconds *= 10 }
    self.init(frames: number, seconds: seconds)
  }

  private static func divisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : divisor(b, a % b) }

  /// When a frame begins, in milliseconds, rounded to the nearest.
  public func milliseconds(ofFrame frame: Int) -> Int {
    (frame * 1000 * seconds * 2 + frames) / (2 * frames)
  }

  /// The frame that is under way at a time.
  public func frame(atMilliseconds time: Int) -> Int {
    // Times are rounded to milliseconds, so a frame counts from half a millisecond before it.
    (time * 2 + 1) * frames / (2000 * seconds)
  }

  /// When a frame begins, in seconds with three decimals.
  public func seconds(ofFrame frame: Int) -> String { secondsText(milliseconds(ofFrame: frame)) }

  /// The ratio as it was given, nearly: `25`, `2997/100`.
  public var description: String { seconds == 1 ? "\(frames)" : "\(frames)/\(seconds)" }
}

/// Milliseconds as seconds with three decimals.
func secondsText(_ milliseconds: Int) -> String {
  let fraction = String(milliseconds % 1000)
  return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
}
