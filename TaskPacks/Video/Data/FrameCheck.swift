public import SeqNeural

/// Looks at the numbers of a recording before anything is computed with them.
public enum FrameCheck {
  /// Where numbers are not finite, as a sentence's rest; `nil` if all are.
  public static func notFinite(_ rows: any InputRows) -> String? {
    let (D, size) = (rows.width, 1024)
    var block = [Float](repeating: 0, count: size * D)
    var first: (frame: Int, column: Int, value: Float)?
    var count = 0
    for from in stride(from: 0, to: rows.count, by: size) {
      let to = min(from + size, rows.count)
      block.withUnsafeMutableBufferPointer { block in
        guard let base = block.baseAddress else { return }
        rows.write(from..<to, to: base, stride: D)
        for index in 0..<(to - from) * D where !base[index].isFinite {
          count += 1
          if first == nil { first = (from + index / D, index % D, base[index]) }
        }
      }
    }
    guard let first else { return nil }
    return "\(count) number\(count == 1 ? " is" : "s are") not finite, the first \(first.value) at "
      + "frame \(first.frame), feature \(first.column)"
  }
}
