import Foundation
import SeqCore
import SeqFormats
import SeqMath
import SeqTestSupport
import Testing

@Suite("NumPy arrays")
struct NPYTests {
  /// A file of version 1, 2 or 3 with a header as NumPy writes it.
  static func file(
    _ descr: String, _ shape: String, fortran: Bool = false, version: UInt8 = 1, _ data: [UInt8]
  ) -> [UInt8] {
    var text =
      "{'descr': '\(descr)', 'fortran_order': \(fortran ? "True" : "False"), 'shape': \(shape), }"
    let start = version == 1 ? 10 : 12
    text += String(repeating: " ", count: 63 - (start + text.utf8.count) % 64) + "\n"
    let length = (0..<(version == 1 ? 2 : 4)).map { UInt8(text.utf8.count >> (8 * $0) & 255) }
    return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + Array(text.utf8) + data
  }

  private func bytes<Number: FixedWidthInteger>(_ numbers: [Number], big: Bool = false) -> [UInt8] {
    numbers.flatMap { number in
      withUnsafeBytes(of: big ? number.bigEndian : number.littleEndian) { Array($0) }
    }
  }

  @Test("Frames of a large file can be read again, though its pages are given back")
  func largeFile() throws {
    let path = NSTemporaryDirectory() + "seqkit-\(UUID()).npy"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let rows = (0..<10 * 1024).map { Float($0) }
    let head = Self.file("<f4", "(70000, 1024)", bytes(rows.map(\.bitPattern)))
    try Data(head).write(to: URL(filePath: path))
    // The rest is a hole, which takes no room on a disk.
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.truncate(atOffset: UInt64(head.count + 69_990 * 4_096))
    try handle.close()
    let array = try NPYArray(path: path)
    for _ in 0..<2 {
      #expect(try array.rows(0..<10, .framesByFeatures).values == rows)
      #expect(try array.rows(69_999..<70_000, .framesByFeatures).values.allSatisfy { $0 == 0 })
    }
  }

  @Test("Every kind of number is read, in both byte orders", arguments: [false, true])
  func elements(big: Bool) throws {
    let order = big ? ">" : "<"
    let cases: [(String, [UInt8], [Float])] = [
      ("f2", bytes([0x3C00, 0xC000, 0x7C00] as [UInt16], big: big), [1, -2, .infinity]),
      ("f4", bytes([Float(1.5), -0.25, 3].map(\.bitPattern), big: big), [1.5, -0.25, 3]),
      ("f8", bytes([1.5, -0.25, 1e-3].map(\.bitPattern), big: big), [1.5, -0.25, 1e-3]),
      ("i1", bytes([1, -2, 127] as [Int8]), [1, -2, 127]),
      ("i2", bytes([1, -2, 32_000] as [Int16], big: big), [1, -2, 32_000]),
      ("i4", bytes([1, -2, 70_000] as [Int32], big: big), [1, -2, 70_000]),
      ("i8", bytes([1, -2, 1 << 40] as [Int64], big: big), [1, -2, 1_099_511_627_776]),
      ("u1", bytes([1, 2, 255] as [UInt8]), [1, 2, 255]),
      ("u2", bytes([1, 2, 65_535] as [UInt16], big: big), [1, 2, 65_535]),
      ("u4", bytes([1, 2, 1 << 31] as [UInt32], big: big), [1, 2, 2_147_483_648]),
      ("u8", bytes([1, 2, 1 << 50] as [UInt64], big: big), [1, 2, 1_125_899_906_842_624]),
      ("b1", [0, 1, 7], [0, 1, 1]),
    ]
    for (kind, data, expected) in cases {
      let array = try NPYArray(bytes: Self.file(order + kind, "(3, 1)", data), name: "a.npy")
      #expect(array.element.rawValue == kind)
      #expect(try array.rows(0..<3, .framesByFeatures).values == expected, "\(kind)")
    }
    #expect(cases.count == NPYArray.Element.allCases.count)
  }

  @Test("Both layouts in both orders give the same frames", arguments: [1, 2, 3] as [UInt8])
  func layouts(version: UInt8) throws {
    // Frame t has the features 10·t + d; T = 4, D = 3.
    let byFrame = (0..<4).flatMap { t in (0..<3).map { d in UInt8(10 * t + d) } }
    let byFeature = (0..<3).flatMap { d in (0..<4).map { t in UInt8(10 * t + d) } }
    let files: [(String, Bool, [UInt8], NPYArray.Layout)] = [
      ("(4, 3)", false, byFrame, .framesByFeatures), ("(4, 3)", true, byFeature, .framesByFeatures),
      ("(3, 4)", false, byFeature, .featuresByFrames), ("(3, 4)", true, byFrame, .featuresByFrames),
    ]
    for (shape, fortran, data, layout) in files {
      let array = try NPYArray(
        bytes: Self.file("|u1", shape, fortran: fortran, version: version, data), name: "a")
      #expect(try array.layout(ofFrames: 4) == layout)
      #expect(try array.layout(ofFrames: 5) == nil)
      #expect(try array.size(layout) == (4, 3))
      let rows = try array.rows(1..<3, layout)
      #expect(rows.rows == 2 && rows.width == 3)
      #expect(rows.values == [10, 11, 12, 20, 21, 22], "\(shape), Fortran order \(fortran)")
    }
    let square = try NPYArray(bytes: Self.file("|u1", "(2, 2)", [1, 2, 3, 4]), name: "a")
    #expect(try square.layout(ofFrames: 2) == nil)
  }

  @Test("What is wrong with a file is said")
  func messages() {
    func message(_ bytes: [UInt8]) -> String {
      do {
        let array = try NPYArray(bytes: bytes, name: "a.npy")
        _ = try array.size(.featuresByFrames)
        return "fine"
      } catch { return error.description }
    }
    #expect(message(Array("PK\u{3}\u{4}".utf8)).contains("does not begin with \\x93NUMPY"))
    #expect(
      message(Self.file("<f4", "(3, 1)", [0, 0]))
        == "a.npy: the array has 2 bytes of numbers where its header declares 12. Was the copy "
        + "complete?")
    #expect(message(Self.file("<c8", "(3, 1)", [])).contains("‘<c8’; known are f2, f4"))
    #expect(message(Self.file("<f4", "(3,)", [UInt8](repeating: 0, count: 12))).contains("(3)"))
    #expect(message(Self.file("<f4", "(3037000500, 3037000500)", [])).contains("too large"))
    #expect(message(Self.file("<f4", "(99999999999999999999, 1)", [])).contains("too large"))
    #expect(
      throws: ArrayError.cannotOpen(path: "/", reason: "not a file that can be read in any order")
    ) {
      try NPYArray(path: "/")
    }
  }

  @Test("Truncated and mutated files throw or are read, and never trap")
  func hostile() throws {
    let whole = Self.file("<f4", "(3, 2)", [UInt8](repeating: 1, count: 24))
    for count in 0..<whole.count {
      #expect(throws: ArrayError.self) {
        try NPYArray(bytes: Array(whole[..<count]), name: "a")
      }
    }
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = RandomGenerator(seed: seed)
    let alphabet = Array("0123456789(){},:'<>|=fiubTrueFalsdc \0\u{7f}".utf8)
    for _ in 0..<20_000 {
      var mutated = whole
      for _ in 0...generator.next(below: 3) {
        mutated[generator.next(below: 80)] = alphabet[generator.next(below: alphabet.count)]
      }
      guard let array = try? NPYArray(bytes: mutated, name: "a"),
        let size = try? array.size(.framesByFeatures)
      else { continue }
      _ = try array.rows(0..<size.frames, .framesByFeatures)
    }
  }

  @Test(
    "Every features file has a frame for each of its labels",
    .enabled(if: DataSets.atHand, Comment(rawValue: DataSets.reason)),
    arguments: ["gesture-phase", "gfe", "hapt", "mocap6", "ordonez-a", "ordonez-b"])
  func realFiles(set: String) throws {
    let folder = DataSets.path("frames/\(set)")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/features")
      .filter { $0.hasSuffix(".npy") }
    #expect(!names.isEmpty)
    for name in names {
      let array = try NPYArray(path: "\(folder)/features/\(name)")
      let text = try String(
        contentsOfFile: "\(folder)/groundTruth/\(name.dropLast(4)).txt", encoding: .utf8)
      let frames = text.split(whereSeparator: \.isNewline).count
      #expect(try array.layout(ofFrames: frames) == .featuresByFrames, "\(name)")
      let values = try array.rows(0..<frames, .featuresByFrames).values
      #expect(!values.contains { !$0.isFinite }, "\(name)")
    }
  }
}
