internal import ArgumentParser
internal import SeqCore
internal import SeqKit
internal import SeqPack

/// `seqkit bio plot`.
struct ResiduePlotCommand<P: TaskPack>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "plot",
      abstract: "Draw one record with what stands where on it, as SVG.",
      discussion: """
        Features are GFF3, BED or a table (as bio writes them), a track a type; labels are three-line \
        records, one a residue (those of SEQUENCES itself are drawn too); curves are a table of \
        probabilities a residue, or CAID predictions.
        """)
  }

  @Argument(help: "FASTA or three-line records; - is standard input.")
  var sequences: String

  @Option(help: "The record to draw. (default: the first)")
  var record: String?

  @Option(parsing: .singleValue, help: "Features: GFF3, BED or TSV; may be repeated.")
  var features: [String] = []

  @Option(parsing: .singleValue, help: "Labels: three-line records; may be repeated.")
  var labels: [String] = []

  @Option(parsing: .singleValue, help: "Curves: a table a residue, or CAID; may be repeated.")
  var scores: [String] = []

  @Option(help: "The residues to draw, from 1, such as 101-250. (default: all)")
  var region: String?

  @Option(name: [.customShort("w"), .long], help: "The picture's width in pixels.")
  var width = 1000

  @Option(name: [.short, .long], help: "The file to write; - is standard output.")
  var output = "-"

  @OptionGroup var options: GlobalOptions

  func validate() throws {
    if !(300...20_000).contains(width) {
      throw ValidationError("--width is \(width), and must be 300 to 20000.")
    }
    if let region, numbers(region) == nil {
      throw ValidationError("--region is \(region), and must be like 101-250.")
    }
  }

  private func numbers(_ region: String) -> (Int, Int)? {
    let parts = region.split(separator: "-").map { Int($0.filter { $0 != "," }) ?? 0 }
    guard parts.count == 2, parts[0] >= 1, parts[1] >= parts[0] else { return nil }
    return (parts[0], parts[1])
  }

  func run() throws {
    let records = try ResidueText.read(try ByteSource(path: sequences))
    guard let chosen = record.map({ name in records.first { $0.name == name } }) ?? records.first
    else {
      throw ValidationError(
        "\(sequences) has no record \(record ?? "")."
          + (record.flatMap { nearestName(to: $0, among: records.map(\.name)) }
            .map { " Is \($0) meant?" } ?? ""))
    }
    let letters = chosen.letters
    var picture = TrackPicture(name: chosen.name, letters: letters)
    picture.width = width
    if let (first, last) = region.flatMap(numbers) {
      guard first <= letters.count else {
        throw ValidationError(
          "--region begins at \(first), and \(chosen.name) has \(letters.count) residues.")
      }
      picture.range = (first - 1)..<min(last, letters.count)
    }
    if letters.isEmpty { throw ValidationError("\(chosen.name) has no residue to draw.") }
    if let own = chosen.labels { picture.labels.append(.init(name: "labels", labels: own)) }
    var outside = 0
    for path in features {
      for feature in try FeatureFile.read(try ByteSource(path: path))
      where feature.sequence == chosen.name {
        if feature.end > letters.count { outside += 1 } else { picture.features.append(feature) }
      }
    }
    for path in labels {
      let others = try ResidueText.read(try ByteSource(path: path), layout: .threeLine)
      guard let labels = others.first(where: { $0.name == chosen.name })?.labels else {
        options.console.warn("\(path): has no labels of \(chosen.name)")
        continue
      }
      guard labels.count == letters.count else {
        throw ValidationError(
          "\(path): \(chosen.name) has \(labels.count) labels, and \(letters.count) residues in "
            + "\(sequences).")
      }
      let file = path.fileName
      picture.labels.append(.init(name: String(file.prefix { $0 != "." }), labels: labels))
    }
    for path in scores {
      let curves = try ScoreTable.read(try ByteSource(path: path)).filter {
        $0.sequence == chosen.name
      }
      if curves.isEmpty { options.console.warn("\(path): has no curve of \(chosen.name)") }
      for curve in curves {
        if curve.values.count > letters.count { outside += 1 } else { picture.curves.append(curve) }
      }
    }
    if outside > 0 {
      options.console.warn(
        "\(grouped(outside)) features or curves reach beyond \(chosen.name) (\(grouped(letters.count)) "
          + "residues) and are left out")
    }
    let sink = try ByteSink(path: output)
    Interruption.remove(sink.temporaryPath)
    try sink.write(Array(picture.svg().utf8))
    try sink.finish()
    Interruption.remove(nil)
  }
}
