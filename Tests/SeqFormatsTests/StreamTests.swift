import FoundationEssentials
import SeqCore
import SeqFormats
import Testing

@Suite final class StreamTests {
  let folder = FileManager.default.temporaryDirectory.appending(path: "seqkit-streams-\(UUID())")

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func path(_ name: String) -> String { folder.appending(path: name).path }

  func read(_ source: ByteSource, by size: Int = 1000) throws -> [UInt8] {
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: size)
    while true {
      let count = try buffer.withUnsafeMutableBytes { try source.read(into: $0) }
      if count == 0 { return result }
      result += buffer[..<count]
    }
  }

  let text = (0..<20_000).flatMap { Array("line \($0 &* 2_654_435_761 % 99_991)\n".utf8) }

  @Test func writesAndReadsFilesPlainAndCompressed() throws {
    for name in ["a.txt", "a.txt.gz"] {
      let sink = try ByteSink(path: path(name))
      try text.withUnsafeBytes { bytes in
        for start in stride(from: 0, to: bytes.count, by: 3333) {
          let piece = bytes[start..<min(start + 3333, bytes.count)]
          try sink.write(UnsafeRawBufferPointer(rebasing: piece))
        }
      }
      #expect(!FileManager.default.fileExists(atPath: path(name)))
      try sink.finish()
      for size in [7, 1000, 1 << 20] {
        #expect(try read(ByteSource(path: path(name)), by: size) == text)
      }
    }
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == [
        "a.txt", "a.txt.gz",
      ])
  }

  @Test func readsSeveralMembersAndRefusesDamage() throws {
    let sink = try ByteSink(path: path("b.gz"))
    try sink.write(text)
    try sink.finish()
    let member = Array(try Data(contentsOf: URL(filePath: path("b.gz"))))
    #expect(
      try read(ByteSource(bytes: member + member + [0, 0], name: "b"), by: 77) == text + text)
    for end in [2, 10, 100, member.count - 1] {
      #expect(throws: FormatError.truncatedCompression(source: "b")) {
        try read(ByteSource(bytes: Array(member[..<end]), name: "b"))
      }
    }
    #expect(throws: FormatError.self) { try read(ByteSource(bytes: member + [1], name: "b")) }
    for index in stride(from: 0, to: member.count, by: 97) {
      var damaged = member
      damaged[index] ^= 0x55
      let result = Result { try read(ByteSource(bytes: damaged, name: "b")) }
      if case .success(let bytes) = result, index > 9 { #expect(bytes == text) }
    }
  }

  @Test func leavesNothingBehindWithoutFinish() throws {
    do {
      let sink = try ByteSink(path: path("c"))
      try sink.write(text)
      try sink.flush()
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test func saysWhatCannotBeOpenedOrWritten() throws {
    func sentence(_ body: () throws -> Void) -> String? {
      do { try body() } catch { return "\(error)" }
      return nil
    }
    #expect(
      sentence { _ = try ByteSource(path: "/no/such") }
        == "/no/such: cannot be opened: no such file or directory.")
    #expect(
      sentence { _ = try ByteSource(path: "/tmp") }
        == "/tmp: this is a folder. Name the files in it.")
    #expect(
      sentence { _ = try ByteSink(path: "/tmp") } == "/tmp: this is a folder. Name the files in it."
    )
    #expect(
      sentence { _ = try ByteSink(path: "/no/such") }
        == "/no/such: cannot be opened: no such file or directory.")
    if FileManager.default.fileExists(atPath: "/dev/full") {
      #expect(
        sentence {
          let sink = try ByteSink(path: "/dev/full")
          try sink.write(text)
          try sink.finish()
        } == "/dev/full: the disk is full, so the output is incomplete. Free space and run again.")
    }
  }

  @Test func readsARecordLongerThanAChunk() throws {
    let lines = (0..<5000).flatMap { Array("w\($0)\tX\n".utf8) }
    let all = try records(
      lines + Array("\na\tX\n".utf8), as: Columns(["form", "tag"]), chunkSize: 64)
    #expect(all.map(\.count) == [5000, 1])
    #expect(all[1].provenance.line == 5002)
    #expect(all[1].provenance.byteOffset == lines.count + 1)
  }

  @Test func deliversTheRecordsBeforeAFault() throws {
    var reader = RecordReader(
      ByteSource(bytes: Array("a\tX\n\nb\n".utf8), name: "test"), as: try Columns(["form", "tag"]))
    #expect(try reader.next()?.count == 1)
    #expect(throws: FormatError.self) { try reader.next() }
  }
}
