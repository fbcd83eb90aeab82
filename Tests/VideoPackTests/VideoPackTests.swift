import Foundation
import SeqCore
import SeqFormats
import SeqInference
import SeqMath
import SeqModel
import SeqNeural
import Testing
import VideoPack

/// A data set in a folder of its own, removed at the end.
final class TemporaryDataSet {
  let folder = NSTemporaryDirectory() + "seqkit-frames-\(UUID())"

  init(labels: [String] = ["rest", "walk"]) throws {
    for name in ["features", "groundTruth", "splits"] {
      try FileManager.default.createDirectory(
        atPath: folder + "/" + name, withIntermediateDirectories: true)
    }
    try write("mapping.txt", labels.enumerated().map { "\($0) \($1)\n" }.joined())
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: URL(filePath: folder + "/" + name))
  }

  /// Writes an array of 32-bit floats, [rows.count][rows[0].count].
  func write(_ name: String, _ rows: [[Float]]) throws {
    var header =
      "{'descr': '<f4', 'fortran_order': False, 'shape': (\(rows.count), \(rows.first?.count ?? 0)), }"
    while (header.utf8.count + 11) % 64 != 0 { header += " " }
    header += "\n"
    var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
    bytes += [UInt8(header.utf8.count & 255), UInt8(header.utf8.count >> 8)] + Array(header.utf8)
    for value in rows.joined() { withUnsafeBytes(of: value) { bytes += Array($0) } }
    try Data(bytes).write(to: URL(filePath: folder + "/features/\(name).npy"))
  }

  /// Writes the times of a recording's frames, in milliseconds.
  func makeTimes(_ name: String, _ times: [Int]) throws {
    try FileManager.default.createDirectory(
      atPath: folder + "/timestamps", withIntermediateDirectories: true)
    try write("timestamps/\(name).txt", times.map { "\($0)\n" }.joined())
  }

  /// Recordings whose first number is 1 while walking and 0 at rest, with noise, [D, T].
  func fill(_ count: Int) throws {
    var generator = RandomGenerator(seed: 4)
    var names: [String] = []
    for number in 0..<count {
      var labels: [String] = []
      var first: [Float] = []
      var second: [Float] = []
      for segment in 0..<6 {
        for _ in 0..<(8 + generator.next(below: 9)) {
          let walks = segment % 2 == 1
          labels.append(walks ? "walk" : "rest")
          first.append((walks ? 1 : 0) + Float(generator.nextUnit() * 1.2 - 0.6))
          second.append(Float(generator.nextUnit()) + 50)
        }
      }
      try write("r\(number)", [first, second])
      try write("groundTruth/r\(number).txt", labels.map { $0 + "\n" }.joined())
      names.append("r\(number).txt")
    }
    try write("splits/train.split1.bundle", names.dropLast().map { $0 + "\n" }.joined())
    try write("splits/test.split1.bundle", names.last! + "\n")
  }
}

@Suite("Data sets of frames")
struct FrameDataSetTests {
  @Test func optionsThatARecipeDoesNotHeedAreNamed() {
    var changes = Recipe.Changes()
    changes.layers = 3
    changes.epochs = 2
    #expect(changes.idle(for: "mstcn") == [])
    #expect(changes.idle(for: "gru") == ["layers"])
    #expect(changes.idle(for: "hsmm") == ["epochs", "layers"])
  }

  @Test("Recordings are read in the layout that the labels tell")
  func reads() throws {
    let set = try TemporaryDataSet()
    try set.fill(3)
    let data = try FrameDataSet(folder: set.folder)
    #expect(data.labels == ["rest", "walk"])
    var notices = FrameDataSet.Notices()
    let found = try data.recordings(data.names(.train, split: "1"), notices: &notices)
    #expect(found.map(\.name) == ["r0", "r1"])
    #expect(notices.layouts == [.featuresByFrames: 2])
    #expect(found[0].rows.width == 2 && found[0].rows.count == found[0].gold.count)
    var options = FrameDataSet.Options()
    options.step = 3
    let third = try data.recordings(["r0"], options, notices: &notices)
    #expect(third[0].rows.count == (found[0].rows.count + 2) / 3)
    #expect(third[0].gold[1] == found[0].gold[3])
  }

  @Test("All faults are listed at once, with both values and the way out")
  func faults() throws {
    let set = try TemporaryDataSet()
    try set.fill(2)
    try set.write("bad", [[1, .nan, 2], [0, 0, .infinity]])
    try set.write("groundTruth/bad.txt", "rest\nwalk\nrest\n")
    try set.write("short", [[1, 2, 3], [4, 5, 6]])
    try set.write("groundTruth/short.txt", "rest\nwalk\nrest\nrest\nrest\n")
    try set.write("wide", [[1, 2, 3, 4], [4, 5, 6, 6], [7, 8, 9, 9]])
    try set.write("groundTruth/wide.txt", "rest\nwlak\nrest\nrest\n")
    try set.write("groundTruth/gone.txt", "rest\n")
    let data = try FrameDataSet(folder: set.folder)
    var notices = FrameDataSet.Notices()
    var text = ""
    do {
      _ = try data.recordings(["r0", "bad", "short", "wide", "gone"], notices: &notices)
    } catch { text = "\(error)" }
    #expect(text.contains("2 numbers are not finite, the first nan at frame 1, feature 0"))
    #expect(text.contains("short: features of 2 × 3 and 5 labels") && text.contains("--trim end"))
    #expect(text.contains("wide.txt:2: “wlak”") && text.contains("did you mean walk?"))
    #expect(text.contains("gone.npy"))
    #expect(text.contains("the numbers a frame differ"))
    #expect(throws: FrameError.self) { try data.names(.train, split: "7") }
    var options = FrameDataSet.Options()
    options.trimsEnd = true
    let cut = try data.recordings(["short"], options, notices: &notices)
    #expect(cut[0].gold.count == 3 && notices.trimmed["short"] == 2)
  }

  @Test("Frame rates are ratios, and times are rounded once")
  func rates() {
    #expect(FrameRate("29.97") == FrameRate(frames: 2997, seconds: 100))
    #expect(FrameRate("30000/1001")?.milliseconds(ofFrame: 30000) == 1_001_000)
    for bad in ["", "0", "-1", "x", "1/0", "1.2.3", "."] { #expect(FrameRate(bad) == nil) }
    let rate = FrameRate(frames: 24000, seconds: 1001)
    for frame in 0..<5000 {
      #expect(rate.frame(atMilliseconds: rate.milliseconds(ofFrame: frame)) == frame)
    }
    #expect(FrameRate(frames: 25).seconds(ofFrame: 26) == "1.040")
  }
}

@Suite("Recipes of frames")
struct RecipeTests {
  @Test(
    "Every recipe learns a plain rule, and its model is read back",
    arguments: [
      "mstcn", "mstcn-causal", "mstcn-chain", "mstcn-segments", "mstcn++", "mstcn++-shared",
      "mstcn++-causal", "gru", "gru-causal", "linear", "hmm", "hsmm", "auto",
    ])
  func learns(_ recipe: String) throws {
    let set = try TemporaryDataSet()
    try set.fill(6)
    let data = try FrameDataSet(folder: set.folder)
    var notices = FrameDataSet.Notices()
    let learnt = try data.recordings(data.names(.train, split: "1"), notices: &notices)
    let test = try data.recordings(data.names(.test, split: "1"), notices: &notices)
    var options = FrameTraining.Options()
    options.recipe = recipe
    options.changes.stages = 2
    options.changes.layers = 3
    options.changes.maps = 8
    options.changes.epochs = 30
    options.changes.dropout = 0.1
    options.changes.rate = 0.01
    var notes: [String] = []
    let manifest = ModelManifest(
      name: "test", pack: "frames", layer: "action", labels: data.labels, templates: [],
      provenance: .init(algorithm: recipe))
    let result = try FrameTraining(
      learnt, labels: data.labels, options: options, note: { notes.append($0) },
      report: { _ in true }
    ).run(manifest)
    let file = try SafetensorsFile(bytes: result.model.encoded(), name: "model")
    let model = try FrameModel(NetworkModel(file), path: "model")
    let tags = try FrameTagger(model).tags(of: test[0].rows, probabilities: true)
    let right = zip(tags.labels, test[0].gold).count { $0 == $1 }
    #expect(Double(right) > 0.85 * Double(tags.labels.count), "\(right) of \(tags.labels.count)")
    let matrix = try #require(tags.probabilities)
    for t in 0..<matrix.rows { #expect(abs(matrix.row(t).reduce(0, +) - 1) < 1e-3) }
    if ["mstcn-chain", "mstcn-segments", "linear", "hmm", "hsmm", "auto"].contains(recipe) {
      #expect(notes.last?.contains("chosen") == true && !model.facts.reasons.isEmpty)
    }
  }
}

extension RecipeTests {
  @Test("Components are fitted on training recordings only", arguments: ["linear", "hmm", "mstcn"])
  func components(_ recipe: String) throws {
    let set = try TemporaryDataSet()
    try set.fill(5)
    let data = try FrameDataSet(folder: set.folder)
    var notices = FrameDataSet.Notices()
    let learnt = try data.recordings(data.names(.train, split: "1"), notices: &notices)
    var options = FrameTraining.Options()
    options.recipe = recipe
    options.components = .count(1)
    (options.changes.stages, options.changes.layers, options.changes.epochs) = (1, 2, 5)
    var notes: [String] = []
    let model = try FrameTraining(
      learnt, labels: data.labels, options: options, note: { notes.append($0) },
      report: { _ in true }
    ).run(
      ModelManifest(
        name: "test", pack: "frames", layer: "action", labels: data.labels, templates: [],
        provenance: .init(algorithm: recipe))
    ).model
    let found = try #require(model.preparation.components)
    #expect(found == (try PrincipalComponents(of: learnt.map(\.rows), keeping: .count(1))))
    #expect(model.preparation.columns == 2 && found.count == 1)
    let said = notes.filter { $0.contains("1 principal component of 2 columns keeps") }
    // Each part that is kept apart has components of its own.
    #expect(said.count == (recipe == "mstcn" ? 1 : 5), "\(notes)")
  }

  @Test("Actions of one or two recordings are not kept apart whole", arguments: [2, 3])
  func keepsEndsApart(copies: Int) throws {
    // Each action is in as many recordings as there are copies, the background between them in all.
    let recordings = (0..<2 * copies).map { number in
      let gold = (0..<90).map { Label($0 / 10 % 2 == 0 ? 0 : 1 + number / copies) }
      return Recording(
        name: "r\(number)",
        rows: DenseRows(
          rows: gold.count, width: 1,
          values: gold.enumerated().map { Float($0.element) + Float($0.offset % 3) / 10 }),
        gold: gold)
    }
    var options = FrameTraining.Options()
    options.recipe = "hmm"
    options.facts.background = ["background"]
    let labels = ["background", "wave", "point"]
    var notes: [String] = []
    let model = try FrameTraining(
      recordings, labels: labels, options: options, note: { notes.append($0) },
      report: { _ in true }
    ).run(
      ModelManifest(
        name: "test", pack: "frames", layer: "action", labels: labels, templates: [],
        provenance: .init(algorithm: "hmm"))
    ).model
    #expect(model.manifest.labels == labels)
    let cuts = notes.contains { $0.contains("the ends and the beginnings of recordings") }
    #expect(cuts == (copies == 2), "\(notes)")
    let scored = copies == 2 ? "on 8 pieces kept apart" : "on 6 recordings kept apart"
    #expect(notes.contains { $0.hasSuffix(scored) }, "\(notes)")
  }
}

@Suite("Events of frames")
struct ActionEventsTests {
  @Test("Collars are frames, or time that the frame rate makes frames")
  func collars() throws {
    #expect(EventCollar("5") == .frames(5) && EventCollar("0") == .frames(0))
    #expect(EventCollar("0.2s") == .milliseconds(200) && EventCollar("200ms") == .milliseconds(200))
    for bad in ["", "-1", "s", "ms", "-0.2s", "0.2", "x", "1e9s", "nans"] {
      #expect(EventCollar(bad) == nil, "\(bad)")
    }
    let rate = try #require(FrameRate("29.97"))
    // 0.2 s are 5.994 frames: the sixth is further away.
    #expect(try EventCollar.milliseconds(200).frames(at: rate) == 5)
    #expect(try EventCollar.milliseconds(200).frames(at: FrameRate(frames: 10)) == 2)
    #expect(try EventCollar.milliseconds(200).frames(at: FrameRate(frames: 1, seconds: 60)) == 0)
    #expect(throws: FrameError.self) { try EventCollar.milliseconds(200).frames(at: nil) }
    #expect(EventCollar.usual(at: nil) == .frames(5))
  }

  @Test("Background is no event, and recordings are apart")
  func tables() throws {
    let one: [Label] = [0, 0, 1, 1, 1, 1, 0, 2, 2]
    let late: [Label] = [0, 0, 0, 0, 0, 1, 1, 2, 2]
    let events = try ActionEvents(
      [(gold: one, predicted: late), (gold: [1, 1], predicted: [0, 0])],
      labels: ["background", "walk", "sit"], background: [0], collar: .milliseconds(200),
      rate: FrameRate(frames: 10), overlaps: [0.1, 0.9])
    #expect(events.collarFrames == 2 && events.collarSeconds == 0.2)
    #expect(events.tables.map(\.rule) == ["collar", "overlap", "overlap"])
    let collar = events.tables[0]
    #expect(collar.labels.map(\.label) == ["walk", "sit"])
    // The onset of walk is 3 frames late, 2 are allowed.
    #expect(collar.labels.map(\.matched) == [0, 1] && collar.labels.map(\.gold) == [2, 1])
    #expect(collar.all.predicted == 2 && collar.all.f1 == 2.0 / 5)
    #expect(collar.meanF1 == 0.5)
    // 1 frame of 5 is in both.
    #expect(events.tables[1].labels[0].matched == 1 && events.tables[2].labels[0].matched == 0)
  }
}

@Suite("Output of frames")
struct ActionOutputTests {
  private let recording = TaggedRecording(
    name: "a,b", labels: [0, 0, 1, 1, 1, 0], names: ["none", "cut & <mix>"],
    rate: FrameRate(frames: 25), probabilities: nil)

  @Test("Segments are written in frames and seconds, ends exclusive")
  func segments() throws {
    #expect(
      try ActionFormat.segments.text(of: [recording])
        == """
        recording,start_frame,end_frame,start_s,end_s,label
        "a,b",0,2,0.000,0.080,none
        "a,b",2,5,0.080,0.200,cut & <mix>
        "a,b",5,6,0.200,0.240,none

        """)
    let eaf = try ActionFormat.eaf.text(of: [recording], background: ["none"])
    #expect(eaf.contains("TIME_VALUE=\"80\"") && eaf.contains("TIME_VALUE=\"200\""))
    #expect(eaf.contains("cut &amp; &lt;mix&gt;") && !eaf.contains("none"))
    #expect(try ActionFormat.boris.text(of: [recording]).contains("STATE,0.080,0.200,0.120"))
    #expect(
      try ActionFormat.activitynet.text(of: [recording]).contains("\"segment\":[0.080,0.200]"))
    var timeless = recording
    timeless.rate = nil
    #expect(throws: FrameError.self) { try ActionFormat.eaf.text(of: [timeless]) }
    #expect(throws: FrameError.self) { try ActionFormat.labels.text(of: [recording, recording]) }
  }

  @Test(
    "What is written as segments is read back as gold",
    arguments: ["segments", "boris", "eaf", "activitynet"])
  func readsBack(_ name: String) throws {
    let format = try #require(ActionFormat(rawValue: name))
    let set = try TemporaryDataSet(labels: ["background", "cut & <mix>", "stir, \"well\""])
    try set.write("one", [[1, 2, 3, 4, 5, 6, 7, 8, 9], Array(repeating: 0, count: 9)])
    let gold: [Label] = [0, 0, 1, 1, 1, 0, 2, 2, 0]
    let tagged = TaggedRecording(
      name: "one", labels: gold, names: ["background", "cut & <mix>", "stir, \"well\""],
      rate: FrameRate("29.97"), probabilities: nil)
    try set.write(
      "groundTruth/one.\(format.fileExtension)",
      format.text(of: [tagged], background: ["background"]))
    var options = FrameDataSet.Options()
    options.rate = FrameRate("29.97")
    var notices = FrameDataSet.Notices()
    let found = try FrameDataSet(folder: set.folder).recordings(
      ["one"], options, notices: &notices)
    #expect(found[0].gold == gold)
  }

  @Test("Rules are applied in order and say what they did")
  func rules() throws {
    let rules = try PostProcessing(["gap=2", "min=3"], labels: ["a", "b", "c"])
    let (labels, changes) = rules.apply(to: [0, 0, 0, 1, 0, 0, 2, 2, 1, 1, 1, 1])
    #expect(labels == [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1])
    #expect(changes.count == 2)
    for bad in ["min", "min=0", "max=3", "min:z=3"] {
      #expect(throws: FrameError.self) { try PostProcessing([bad], labels: ["a"]) }
    }
  }
}
