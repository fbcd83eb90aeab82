import Foundation
import SeqCore
import SeqFormats
import Testing

/// Archives that numpy 2 wrote, by `savez_compressed(x=a)` and `savez(features=a, other=zeros(1))` with
/// `a = arange(6, dtype="f4").reshape(2, 3)`, in base 64; and tables of text.
@Suite("NumPy archives and tables of text")
struct NPZTests {
  private static let compressed = bytes(
    "UEsDBC0AAAAIAAAAIQBP6QAq//////////8FABQAeC5ucHkBABAAmAAAAAAAAABVAAAAAAAAAJvsF+obEMnIUMZQ"
      + "rZ6SWpxcpG6loG6TZqKuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6CsaaOgq1CmQDLgYwaLAHEg5A"
      + "BMQNQLzAAQBQSwECLQMtAAAACAAAACEAT+kAKlUAAACYAAAABQAAAAAAAAAAAAAAgAEAAAAAeC5ucHlQSwUGAAAA"
      + "AAEAAQAzAAAAjAAAAAAA")
  private static let two = bytes(
    "UEsDBC0AAAAAAAAAIQBP6QAq//////////8MABQAZmVhdHVyZXMubnB5AQAQAJgAAAAAAAAAmAAAAAAAAACTTlVN"
      + "UFkBAHYAeydkZXNjcic6ICc8ZjQnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMiwgMyksIH0g"
      + "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgCgAAAAAAAIA/"
      + "AAAAQAAAQEAAAIBAAACgQFBLAwQtAAAAAAAAACEAOxsBdf//////////CQAUAG90aGVyLm5weQEAEACIAAAAAAAA"
      + "AIgAAAAAAAAAk05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBl"
      + "JzogKDEsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
      + "ICAgIAoAAAAAAAAAAFBLAQItAy0AAAAAAAAAIQBP6QAqmAAAAJgAAAAMAAAAAAAAAAAAAACAAQAAAABmZWF0dXJl"
      + "cy5ucHlQSwECLQMtAAAAAAAAACEAOxsBdYgAAACIAAAACQAAAAAAAAAAAAAAgAHWAAAAb3RoZXIubnB5UEsFBgAA"
      + "AAACAAIAcQAAAJkBAAAAAA==")

  private static func bytes(_ base64: String) -> [UInt8] { Array(Data(base64Encoded: base64)!) }

  @Test func arraysOfArchivesAreThoseThatWereSaved() throws {
    let one = try NPZArchive(bytes: Self.compressed, name: "one")
    #expect(one.names == ["x"])
    #expect(
      try one.array().rows(0..<2, .framesByFeatures).values == [0, 1, 2, 3, 4, 5])
    let two = try NPZArchive(bytes: Self.two, name: "two")
    #expect(two.names == ["features", "other"])
    #expect(try two.array().shape == [2, 3])
    #expect(try two.array("other").shape == [1])
    #expect(throws: ArrayError.self) { try two.array("third") }
  }

  @Test func damagedArchivesThrow() {
    for whole in [Self.compressed, Self.two] {
      let read = (0..<whole.count).filter { count in
        (try? NPZArchive(bytes: Array(whole[..<count]), name: "cut").array()) != nil
      }
      #expect(read.isEmpty, "cut to so many bytes")
      for place in whole.indices {
        var changed = whole
        changed[place] ^= 0x55
        // Nothing may trap. Times and versions may change without harm, and an array whose name
        // changes may leave another as the only one; numbers may not change.
        if let array = try? NPZArchive(bytes: changed, name: "changed").array(),
          array.shape != [1]
        {
          let values = try? array.rows(0..<2, .framesByFeatures).values
          #expect(values == [0, 1, 2, 3, 4, 5], "byte \(place)")
        }
      }
    }
  }

  @Test func tablesOfTextAreRead() throws {
    let table = try NumberTable(
      bytes: Array("\u{FEFF}time,\"x\", y\r\n0.0,1,2\r\n0.1,-3, 4e1\r\n".utf8), name: "t.csv")
    #expect(table.columns == ["x", "y"] && table.leftOut == ["time"])
    #expect(table.rows.values == [1, 2, -3, 40])
    let array = NPYArray(table, name: "t.csv")
    #expect(array.statedLayout == .framesByFeatures)
    #expect(try array.rows(1..<2, .framesByFeatures).values == [-3, 40])
    #expect(try NumberTable(bytes: Array("a\tb\n1\t2".utf8), name: "t").rows.values == [1, 2])
  }

  @Test(
    "Faults of tables have their line",
    arguments: [
      ("", "t:1: "), ("1,2\n3,4\n", "t:1: the heading has the number ‘1’"),
      ("a,b\n1,2\n3\n", "t:3: 1 cells where the heading has 2"),
      ("a,b\n1,two\n", "t:2: ‘two’ in the column b"), ("time\n1\n", "t:1: no column"),
    ])
  func faults(text: String, sentence: String) {
    #expect {
      try NumberTable(bytes: Array(text.utf8), name: "t")
    } throws: { "\($0)".hasPrefix(sentence) }
  }
}
