import Foundation
import SeqFormats
import Testing

@testable import SeqReport

/// Reading gold and predicted files, and writing test sets without their labels.
@Suite struct ItemFilesTests {
  /// A folder of the test's own.
  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
  }

  private func write(_ text: String, _ path: String) throws {
    try FileManager.default.createDirectory(
      at: URL(filePath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(filePath: path))
  }

  private func columns(_ names: [String], layer: String) -> TextItems {
    TextItems(
      content: .labels(layer: layer), format: "columns", options: FormatOptions(columns: names))
  }

  static let gold = "The\tDET\tDT\nlamp\tNOUN\tNN\n\nIt\tPRON\tPRP\n\n"

  @Test func aBlindFileTellsNoneOfTheScoredLayers() throws {
    try withFolder { folder in
      try write(Self.gold, folder + "/gold.tsv")
      let files = columns(["form", "upos", "xpos"], layer: "upos")
      try files.writeBlind(
        folder + "/gold.tsv", to: folder + "/blind.tsv", layers: ["upos", "xpos"], limit: nil)
      let blind = try String(contentsOfFile: folder + "/blind.tsv", encoding: .utf8)
      #expect(blind == "The\t_\t_\nlamp\t_\t_\n\nIt\t_\t_\n\n")
      try files.writeBlind(
        folder + "/gold.tsv", to: folder + "/one.tsv", layers: ["upos"], limit: 1)
      let one = try String(contentsOfFile: folder + "/one.tsv", encoding: .utf8)
      #expect(one == "The\t_\tDT\nlamp\t_\tNN\n\n")
    }
  }

  @Test(
    arguments: [
      ("The\tDET\nlamp\tNOUN\n\n", "expected 2 items"),
      ("The\tDET\n\nIt\tPRON\n\n", "of 1 positions, expected 2 positions"),
      ("The\tDET\nlamps\tNOUN\n\nIt\tPRON\n\n", "found \"lamps\" at position 2 of item 1"),
      ("The\tDET\nlamp\tNOUN\n\nIt\tPRON\n\nSo\tADV\n\n", "found 3 items"),
    ])
  func otherItemsAreRefused(_ predicted: String, _ expected: String) throws {
    try withFolder { folder in
      try write("The\tDET\nlamp\tNOUN\n\nIt\tPRON\n\n", folder + "/gold.tsv")
      try write(predicted, folder + "/predicted.tsv")
      let files = columns(["form", "upos"], layer: "upos")
      var names = NameTable()
      let gold = try files.items(of: folder + "/gold.tsv", names: &names, wanted: nil)
      do {
        _ = try files.predictions(of: folder + "/predicted.tsv", for: gold, names: &names)
        Issue.record("nothing was thrown")
      } catch { #expect("\(error)".contains(expected), "\(error)") }
    }
  }

  @Test func aPartOfTrainingHasTheChosenItems() throws {
    try withFolder { folder in
      try write("a\tX\n\nb\tX\n\nc\tX\n\n", folder + "/train.tsv")
      try columns(["form", "upos"], layer: "upos")
        .writeSubset(folder + "/train.tsv", to: folder + "/part.tsv", chosen: [0, 2])
      #expect(
        try String(contentsOfFile: folder + "/part.tsv", encoding: .utf8) == "a\tX\n\nc\tX\n\n")
    }
  }

  @Test func aPartOfAFrameDataSetIsADataSet() throws {
    try withFolder { folder in
      let (set, copy) = (folder + "/set", folder + "/copy")
      for name in ["a", "b", "c"] { try write("x\ny\n", set + "/groundTruth/\(name).txt") }
      try write("0 x\n1 y\n", set + "/mapping.txt")
      try write("a.txt\nb.txt\nc.txt\n", set + "/splits/train.split2.bundle")
      let files = FrameItems()
      let place = files.place(of: "train.split2.bundle", in: copy)
      try files.writeSubset(
        set + "/splits/train.split2.bundle", to: place, chosen: [0, 2])
      #expect(try String(contentsOfFile: place, encoding: .utf8) == "a.txt\nc.txt\n")
      var names = NameTable()
      let items = try files.items(of: place, names: &names, wanted: nil)
      #expect(items.map(\.name) == ["a", "c"] && items[1].labels == [0, 1])
      #expect(try String(contentsOfFile: copy + "/mapping.txt", encoding: .utf8) == "0 x\n1 y\n")
    }
  }

  @Test func tablesTellProbabilities() throws {
    try withFolder { folder in
      try write("frame\tlabel\tx\ty z\n0\tx\t0.75\t0.25\n1\ty z\t0.40\t0.60\n", folder + "/a.tsv")
      var names = NameTable()
      let frames = try FrameItems().items(of: folder, names: &names, wanted: ["a"])
      #expect(frames[0].labels == [0, 1] && names.names == ["x", "y z"])
      #expect(frames[0].confidences == [0.75, 0.6])
      try write("frame\tlabel\tx\n0\tw\t1\n", folder + "/a.tsv")
      #expect(throws: ReportError.self) {
        try FrameItems().items(of: folder, names: &names, wanted: ["a"])
      }
      try write(
        "record\tposition\tresidue\tlabel\tP(C)\tP(H)\np\t1\tM\tH\t0.25\t0.75\n", folder + "/b.tsv")
      var labels = NameTable()
      let residues = try ResidueItems().items(of: folder + "/b.tsv", names: &labels, wanted: nil)
      #expect(residues[0].name == "p" && residues[0].tokens == ["M"])
      #expect(residues[0].confidences == [0.75])
    }
  }

  @Test func residuesHaveThreeLines() throws {
    try withFolder { folder in
      try write(">p1 a protein\nMKL\nHHC\n>p2\nGG\nCC\n", folder + "/gold.3line")
      var names = NameTable()
      let items = try ResidueItems()
        .items(of: folder + "/gold.3line", names: &names, wanted: nil)
      #expect(items.map(\.name) == ["p1", "p2"] && items[0].tokens == ["M", "K", "L"])
      #expect(items[0].labels.map { names.names[$0] } == ["H", "H", "C"])
      try ResidueItems().writeBlind(
        folder + "/gold.3line", to: folder + "/blind.fasta", layers: [], limit: nil)
      #expect(
        try String(contentsOfFile: folder + "/blind.fasta", encoding: .utf8)
          == ">p1 a protein\nMKL\n>p2\nGG\n")
      for text in ["MKL\nHHC\n", ">p\nMKL\nHH\n", ">p\nMKL\nHHC\nHHC\n", ""] {
        try write(text, folder + "/bad.3line")
        #expect(throws: ReportError.self) {
          try ResidueItems().items(of: folder + "/bad.3line", names: &names, wanted: nil)
        }
      }
    }
  }

  @Test func framesAreOfTheListsRecordings() throws {
    try withFolder { folder in
      try write("b.txt\na.txt\n", folder + "/splits/test.split1.bundle")
      try write("rest\nwalk\n", folder + "/groundTruth/a.txt")
      try write("rest\n", folder + "/groundTruth/b.txt")
      // MS-TCN's own layout of results.
      try write("### Frame level recognition: ###\nrest rest\n", folder + "/found/a")
      try write("walk\n", folder + "/found/b.txt")
      var names = NameTable()
      let gold = try FrameItems()
        .items(of: folder + "/splits/test.split1.bundle", names: &names, wanted: nil)
      #expect(gold.map(\.name) == ["b", "a"] && gold.map(\.count) == [1, 2])
      let found = try FrameItems().predictions(of: folder + "/found", for: gold, names: &names)
      #expect(found[1].labels.map { names.names[$0] } == ["rest", "rest"])
    }
  }
}
