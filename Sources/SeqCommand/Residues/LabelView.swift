internal import SeqCore
internal import SeqKit

/// Labelled sequences for people: lines of residues with their labels beneath, in colour.
struct LabelView: LabelFormat {
  let name = "view"
  let wantsProbabilities = false
  private let labels: [UInt8]
  private let width: Int
  private let palette: Palette

  init(labels: [UInt8], width: Int, palette: Palette) {
    self.labels = labels
    self.width = width
    self.palette = palette
  }

  func begin(into output: inout [UInt8]) {}

  func encode(_ record: LabeledResidues, into output: inout [UInt8]) {
    let runs = LabelRun.all(in: record.labels)
    var text =
      palette.paint(">" + String(decoding: record.header.line, as: UTF8.self), .bold) + "  "
      + palette.paint(
        "\(counted(record.count, "residue")), \(counted(runs.count, "segment"))",
        .dim) + "\n"
    for start in stride(from: 0, to: record.count, by: width) {
      let line = start..<min(start + width, record.count)
      let digits = String(start + 1)
      let margin = String(repeating: " ", count: max(0, HitView.margin - 2 - digits.count))
      text += palette.paint(margin + digits, .dim) + "  "
      text += String(decoding: record.letters[line], as: UTF8.self) + "\n"
      text += String(repeating: " ", count: HitView.margin)
      for run in runs where run.range.overlaps(line) {
        let shown = run.range.clamped(to: line).count
        let letters = String(repeating: Character(Unicode.Scalar(run.label)), count: shown)
        text += palette.paint(letters, color(of: run.label))
      }
      text += "\n"
    }
    output += (text + "\n").utf8
  }

  private func color(of label: UInt8) -> Palette.Color {
    let colors: [Palette.Color] = [.dim, .green, .red, .cyan, .magenta, .yellow, .blue]
    return colors[(labels.firstIndex(of: label) ?? 0) % colors.count]
  }
}
