import FoundationEssentials
import SeqModel
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct SafetensorsTests {
  static let sample: SafetensorsWriter = {
    var writer = SafetensorsWriter(metadata: ["format": "test", "quote\"\n": "ä/\u{1F600}\0"])
    writer.add("weights", shape: [2, 3], [1, -2, 3.5, 0, -.infinity, 0.25] as [Float])
    writer.add("codes", shape: [5], [0, 1, 127, 128, 255] as [UInt8])
    writer.add("none", shape: [0, 4], [] as [Int16])
    writer.add("one", shape: [], [-7] as [Int64])
    writer.add("starts", shape: [64], Array(0..<64) as [Int32])
    return writer
  }()

  @Test func readsBackWhatWasWritten() throws {
    let file = try SafetensorsFile(bytes: Self.sample.encoded(), name: "sample")
    #expect(file.metadata == Self.sample.metadata)
    #expect(file.tensors.map(\.name) == ["weights", "codes", "none", "one", "starts"])
    #expect(file.tensors.map(\.shape) == [[2, 3], [5], [0, 4], [], [64]])
    #expect(file.tensors.map(\.count) == [6, 5, 0, 1, 64])
    #expect(
      try file.tensor("weights")?.array(of: Float.self) == [1, -2, 3.5, 0, -.infinity, 0.25])
    #expect(try file.tensor("codes")?.array() == [0, 1, 127, 128, 255] as [UInt8])
    #expect(try file.tensor("none")?.array() == [] as [Int16])
    #expect(try file.tensor("one")?.array() == [-7] as [Int64])
    #expect(try file.tensor("starts")?.array() == Array(0..<64) as [Int32])
    #expect(file.tensor("checksum") == nil)
    #expect(file.tensor("padding.0") == nil)
  }

  @Test func alignsEveryTensorTo64Bytes() throws {
    let file = try SafetensorsFile(bytes: Self.sample.encoded(), name: "sample")
    for tensor in file.tensors {
      #expect(UInt(bitPattern: tensor.bytes.baseAddress) % 64 == 0, "\(tensor.name)")
    }
  }

  @Test func equalContentGivesEqualBytes() throws {
    #expect(try Self.sample.encoded() == Self.sample.encoded())
  }

  @Test func writesAndMapsAFile() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/small.model"
    try Self.sample.write(to: path)
    try Self.sample.write(to: path)  // over itself
    #expect(try [UInt8](Data(contentsOf: URL(filePath: path))) == Self.sample.encoded())
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["small.model"])
    var tensor: SafetensorsTensor?
    do {
      let file = try SafetensorsFile(path: path)
      #expect(file.byteCount == (try Self.sample.encoded()).count)
      tensor = file.tensor("weights")
    }
    // The tensor keeps the mapping alive, even when the file is gone.
    try FileManager.default.removeItem(atPath: path)
    #expect(try tensor?.array(of: Float.self).first == 1)
  }

  @Test func keepsPermissionsAndLinksOfTheFileItReplaces() throws {
    let folder = try TemporaryFolder()
    let (path, link) = (folder.path + "/a", folder.path + "/link")
    try Self.sample.write(to: path)
    #expect(chmod(path, 0o640) == 0)
    #expect(symlink("a", link) == 0)
    try Self.sample.write(to: link)
    var status = stat()
    #expect(lstat(link, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
    #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o640)
  }

  @Test func namesWhatIsMissingOrOfAnotherKind() throws {
    let file = try SafetensorsFile(bytes: Self.sample.encoded(), name: "m.model")
    #expect(try file.tensor("weights", of: Float.self, shape: [nil, 3]).count == 6)
    expectMessage(
      "m.model: the model file has no tensor 'weigths'; it has: weights, codes, none, one,"
        + " starts. Is 'weights' meant?"
    ) { try file.tensor("weigths", of: Float.self, shape: [nil, 3]) }
    expectMessage(
      "m.model: tensor 'weights' is F32 [2, 3] where F32 [*, 4] is expected."
        + " Is the model of another version?"
    ) { try file.tensor("weights", of: Float.self, shape: [nil, 4]) }
    expectMessage(
      "m.model: tensor 'codes' is U8 [5] where I8 [5] is expected. Is the model of another version?"
    ) { try file.tensor("codes", of: Int8.self, shape: [5]) }
    expectMessage(
      "m.model: tensor 'codes' is U8 [5] where F32 [5] is expected."
        + " Is the model of another version?"
    ) { try file.tensor("codes")?.elements(as: Float.self) }
  }

  @Test func refusesWhatIsNoFile() throws {
    let folder = try TemporaryFolder()
    let path = folder.path
    expectMessage("\(path): a directory where a model file is expected. Name a file.") {
      try SafetensorsFile(path: path)
    }
    expectMessage("\(path): a directory where a model file is expected. Name a file.") {
      try Self.sample.write(to: path)
    }
    expectMessage("/dev/full: a device where a model file is expected. Name a file.") {
      try Self.sample.write(to: "/dev/full")
    }
    #expect(mkfifo(path + "/pipe", 0o600) == 0)
    expectMessage("\(path)/pipe: a named pipe where a model file is expected. Name a file.") {
      try SafetensorsFile(path: path + "/pipe")
    }
    expectMessage(
      "\(path)/none: cannot open the model file: there is no such file or directory."
    ) { try SafetensorsFile(path: path + "/none") }
    expectMessage(
      "\(path)/none/m: cannot create the model file: there is no such file or directory."
    ) { try Self.sample.write(to: path + "/none/m") }
    try Data().write(to: URL(filePath: path + "/empty"))
    expectMessage("\(path)/empty: the file is empty where a model file is expected.") {
      try SafetensorsFile(path: path + "/empty")
    }
  }

  @Test func aFullDiskIsASentence() throws {
    let descriptor = open("/dev/full", O_WRONLY)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    expectMessage("m.model: cannot write the model file: no space is left on the disk.") {
      try Self.sample.encode { try writeAll($0, to: descriptor, path: "m.model") }
    }
  }

  @Test func aFailedWriteLeavesTheOldFile() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/m"
    try Self.sample.write(to: path)
    struct Stop: Error {}
    #expect(throws: Stop.self) {
      try writeAtomically(to: path) { receive in
        try [1, 2, 3].withUnsafeBytes(receive)
        throw Stop()
      }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["m"])
    #expect(try SafetensorsFile(path: path).tensors.count == 5)
  }
}

/// A folder that is removed with the object.
final class TemporaryFolder {
  let path: String

  init() throws {
    let name = "seqkit-tests-\(UInt64.random(in: 0...UInt64.max))"
    path = FileManager.default.temporaryDirectory.appending(path: name).path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

func expectMessage<Result>(
  _ message: String, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Result
) {
  do {
    _ = try body()
    Issue.record("Nothing was thrown; expected: \(message)", sourceLocation: sourceLocation)
  } catch {
    #expect("\(error)" == message, sourceLocation: sourceLocation)
  }
}
