import Foundation
import Testing

@testable import LanguagePack

@Suite struct StageStoreTests {
  private let path = NSTemporaryDirectory() + "seqkit-stages-" + UUID().uuidString

  private struct Stop: Error {}

  @Test func whatWasFinishedIsNotMadeAgain() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let store = try StageStore(path: path, resumes: false)
    #expect(try store.result("tags", key: "1") { [1, 2] } == [1, 2])
    #expect(try store.result("empty", key: "1") { [] } == [])
    #expect(throws: Stop.self) { try store.result("trees", key: "1") { throw Stop() } }
    let next = try StageStore(path: path, resumes: true)
    #expect(try next.result("tags", key: "1") { throw Stop() } == [1, 2])
    #expect(try next.result("empty", key: "1") { throw Stop() } == [])
    #expect(try next.result("trees", key: "1") { [3] } == [3])
    // Under another key it is another result.
    #expect(try next.result("tags", key: "2") { [4] } == [4])
    let anew = try StageStore(path: path, resumes: false)
    #expect(try anew.result("trees", key: "1") { [5] } == [5])
  }

  @Test func aFileThatIsNoCheckpointIsRefused() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data("no".utf8).write(to: URL(filePath: path))
    #expect(throws: (any Error).self) { try StageStore(path: path, resumes: true) }
  }

  @Test(arguments: [[], [[]], [[""]], [["a", ""], [], ["b c", "\t"]]] as [[[String]]])
  func tablesOfTextsComeBack(rows: [[String]]) {
    #expect(TextTable.decode(TextTable.encode(rows)) == rows)
  }
}
