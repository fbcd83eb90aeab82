internal import SeqCore
internal import SeqKit
internal import VideoPack

/// A recording as a bar in the width of the terminal: each cell has the label that most of its frames
/// have, as a colour, and as a letter where there are no colours.
enum ColourBar {
  static func text(
    _ recording: TaggedRecording, background: [String], _ palette: Palette, width: Int? = nil
  ) -> String {
    let T = recording.labels.count
    let cells = max(1, min(T, (width ?? Terminal.width()) - 1))
    var bar = ""
    for cell in 0..<cells {
      let range = T * cell / cells..<max(T * (cell + 1) / cells, T * cell / cells + 1)
      var counts = [Int](repeating: 0, count: recording.names.count)
      for t in range { counts[Int(recording.labels[t])] += 1 }
      let label = counts.indices.max { counts[$0] < counts[$1] } ?? 0
      bar += cellText(label, recording, background, palette)
    }
    let shown = Set(recording.labels).sorted()
    let legend = shown.map { label in
      cellText(Int(label), recording, background, palette) + " " + recording.names[Int(label)]
    }.joined(separator: "  ")
    let time = recording.length.map { ", \(decimal(Double($0) / 1000, 3)) s" } ?? ""
    return
      "\(recording.name): \(counted(T, "frame"))\(time), \(counted(recording.actions.count, "segment"))\n"
      + bar + "\n" + legend + "\n"
  }

  private static func cellText(
    _ label: Int, _ recording: TaggedRecording, _ background: [String], _ palette: Palette
  ) -> String {
    let isBackground = background.contains(recording.names[label])
    guard palette.enabled else {
      if isBackground { return "·" }
      return String(Character(Unicode.Scalar(UInt8(ascii: "A") + UInt8(label % 26))))
    }
    if isBackground { return "\u{1B}[2m·\u{1B}[0m" }
    let (r, g, b) = ActionColours.colour(of: label)
    return "\u{1B}[48;2;\(r);\(g);\(b)m \u{1B}[0m"
  }
}
