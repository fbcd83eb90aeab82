import FoundationEssentials
import SeqPack
import Testing

@Suite struct ResourceFinderTests {
  @Test func findsWhatIsBesideTheExecutableThenInShareThenInTheEnvironment() throws {
    let root = FileManager.default.temporaryDirectory
      .appending(path: "seqkit-\(UInt64.random(in: 0...UInt64.max))").path
    defer { try? FileManager.default.removeItem(atPath: root) }
    func put(_ path: String) throws {
      let folder = String(path[..<path.lastIndex(of: "/")!])
      try FileManager.default.createDirectory(
        atPath: "\(root)/\(folder)", withIntermediateDirectories: true)
      try Data().write(to: URL(filePath: "\(root)/\(path)"))
    }
    let finder = ResourceFinder(executableFolder: "\(root)/bin", environmentFolder: "\(root)/env")
    try put("bin/x")
    try put("env/APack/Models/m")
    #expect(try finder.path(.models, "m", pack: "APack") == "\(root)/env/APack/Models/m")
    try put("share/seqkit/APack/Models/m")
    #expect(
      try finder.path(.models, "m", pack: "APack") == "\(root)/bin/../share/seqkit/APack/Models/m")
    try put("bin/seqkit_APack.resources/Models/m")
    #expect(
      try finder.path(.models, "m", pack: "APack") == "\(root)/bin/seqkit_APack.resources/Models/m")
  }

  @Test func namesThePlacesLookedAt() {
    let finder = ResourceFinder(executableFolder: "/nowhere/bin", environmentFolder: nil)
    let error = #expect(throws: PackError.self) {
      try finder.path(.manifests, "a.json5", pack: "APack")
    }
    #expect(
      error?.description == """
        Manifests/a.json5 of APack is not in /nowhere/bin/seqkit_APack.resources, nor in \
        /nowhere/bin/../share/seqkit/APack. Is seqkit installed whole (Scripts/install)? \
        SEQTAG_RESOURCES may name its folder.
        """)
  }
}
