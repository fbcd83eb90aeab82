import FoundationEssentials
import SeqCore
import SeqTestSupport
import SeqXML
import TEIPack
import Testing

/// Mutated documents: whatever comes, the importer, the writer and the stripper give a result or an error
/// of ours, soon. `Scripts/fuzz-tei` runs it for minutes (`SEQTAG_FUZZ_SECONDS`), and leaves the document
/// at work in `SEQTAG_FUZZ_KEEP`, where a crash or a hang can be looked at.
@Suite struct FuzzTests {
  private static let seeds: [[UInt8]] = {
    let small = [
      "<?xml version=\"1.0\"?><!DOCTYPE TEI [<!ENTITY a \"x<hi>y</hi>\"><!ENTITY b SYSTEM \"/etc/passwd\">]><TEI xmlns=\"http://www.tei-c.org/ns/1.0\"><teiHeader><fileDesc/></teiHeader><text><body><p xml:id=\"p\">a &a; &amp; b<lb break=\"no\"/>c <![CDATA[<x>]]> <choice><sic>d</sic><corr>e</corr></choice></p><spanGrp type=\"pos\"><span target=\"#string-range(p,0,1)\">N</span></spanGrp></body></text></TEI>",
      "<TEI><text><s><w xml:id=\"a\" part=\"I\">ab</w><note>n</note><w part=\"F\" join=\"right\">c</w><pc>.</pc><name next=\"#n\">X</name></s><linkGrp type=\"UD-SYN\"><link target=\"#a #b\" ana=\"ud:x\"/></linkGrp></text></TEI>",
      "<FoLiA xmlns=\"http://ilk.uvt.nl/folia\"><text><p><t>a b</t><s><w id=\"w\"><t>a</t></w><entities><entity class=\"x\"><wref id=\"w\"/></entity></entities></s></p></text></FoLiA>",
      "<TEI><text><p xml:id=\"p\">a <choice><abbr>b<am>.</am></abbr><expan>b<ex>c</ex></expan></choice> <app><lem>d<choice><orig>e</orig><reg>f</reg></choice></lem><rdg wit=\"#A #B\">g<note>n</note></rdg></app> <supplied>h <unclear>i</unclear></supplied> <name>j <name>k</name></name></p><standOff><span target=\"#match(p,'a|(b+)*c?',2)\">N</span></standOff></text></TEI>",
    ].map { Array($0.utf8) }
    guard DataSets.atHand else { return small }
    let real = TEISupport.files.filter { !$0.contains("laughs") }.compactMap { file -> [UInt8]? in
      let bytes = try? DataSets.bytes("tei/" + file)
      return bytes.flatMap { $0.count < 120_000 ? $0 : nil }
    }
    return small + real
  }()

  private static let tokens = [
    "<", ">", "</", "/>", "&", ";", "<!--", "-->", "<![CDATA[", "]]>", "<?", "?>", "&a;", "&#0;",
    "&#x110000;",
    "xml:id=\"a\"", "\u{0}", "\u{FFFE}", "<!DOCTYPE x [", "<w>", "</w>", "<s part=\"I\">",
    "<lb break=\"no\"/>",
    "<span target=\"#match(p,'(a*)*[b-z]{2,}$')\">X</span>", "<am>", "</rdg><rdg>", "<supplied>",
    "<choice>", "<standOff>", "<span target=\"#string-range(p,9999999999,1)\"/>",
    "<xi:include href=\"../x\"/>",
    "<p>", "</p>", "resp=\"#seqkit\"", "\r\n", "&amp;", "encoding=\"UTF-16\"",
  ].map { Array($0.utf8) }

  private static func mutate(_ seed: [UInt8], _ random: inout some RandomNumberGenerator) -> [UInt8]
  {
    var bytes = seed
    for _ in 0..<Int.random(in: 1...8, using: &random) {
      let place = Int.random(in: 0...bytes.count, using: &random)
      switch Int.random(in: 0..<7, using: &random) {
      case 0 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &random)
      case 1: bytes.insert(contentsOf: tokens.randomElement(using: &random)!, at: place)
      case 2:
        let end = min(bytes.count, place + Int.random(in: 1...200, using: &random))
        bytes.removeSubrange(place..<end)
      case 3:
        let end = min(bytes.count, place + Int.random(in: 1...400, using: &random))
        bytes.insert(
          contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &random))
      case 4: bytes.removeLast(Int.random(in: 0...min(bytes.count, 300), using: &random))
      case 5 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      default:
        let other = seeds.randomElement(using: &random)!
        let start = Int.random(in: 0...other.count, using: &random)
        bytes.insert(contentsOf: other[start..<min(other.count, start + 300)], at: place)
      }
    }
    return bytes
  }

  @Test func mutatedDocumentsNeitherCrashNorHang() throws {
    let environment = ProcessInfo.processInfo.environment
    let seconds = Double(environment["SEQTAG_FUZZ_SECONDS"] ?? "") ?? 0.2
    let seed = UInt64(environment["SEQTAG_FUZZ_SEED"] ?? "") ?? 1
    var random = SplitMix(state: seed)
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "seqkit-fuzz-\(UUID().uuidString)")
    // What lies outside of the document's folder must not be read: a file with a word to be looked for.
    let inner = folder.appending(path: "in")
    try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data("<p>SECRETWORD</p>".utf8).write(to: folder.appending(path: "x"))
    let path = environment["SEQTAG_FUZZ_KEEP"] ?? inner.appending(path: "fuzz.xml").path
    let profiles = try ["reading", "diplomatic", "folia", "tcf", "vertical"].map { name in
      try TEISupport.reader(name) {
        $0.xml.unknownEntity = .keep
        $0.includeRoot = inner.path
        $0.xml.externalSubset = ExternalSubset.below(inner.path)
        // What is kept beside the words, in some of them.
        $0.keepsReadings = name != "diplomatic"
        $0.nesting = name == "diplomatic" ? .innermost : .keep
        if name == "reading" {
          $0.rules = [try ReadingProfile.Rule(line: "supplied,unclear:mark")]
        }
      }
    }
    let clock = ContinuousClock()
    let end = clock.now + .seconds(seconds)
    var (runs, slowest) = (0, Duration.zero)
    repeat {
      let bytes = Self.mutate(Self.seeds.randomElement(using: &random)!, &random)
      try Data(bytes).write(to: URL(filePath: path))
      let reader = profiles.randomElement(using: &random)!
      let start = clock.now
      runs += 1
      do {
        let (text, report) = try TEISupport.run(
          reader, path, as: runs % 2 == 0 ? .segments : .conllu(sources: true))
        #expect(!text.contains("SECRETWORD"))
        #expect(report.isBalanced, "seed \(seed), run \(runs): \(report.lines)")
        if reader.profile.format != .vertical, runs % 3 == 0 {
          try writeAndStrip(path, bytes, reader, apart: runs % 2 == 0, "seed \(seed), run \(runs)")
        }
      } catch is XMLError {} catch is TEIError {}
      slowest = max(slowest, clock.now - start)
      #expect(clock.now - start < .seconds(2), "seed \(seed), run \(runs)")
    } while clock.now < end
    if seconds > 1 { print("fuzz: seed \(seed), \(runs) documents, slowest \(slowest)") }
    #expect(runs > 0)
  }

  private func writeAndStrip(
    _ path: String, _ bytes: [UInt8], _ reader: TEIReader, apart: Bool, _ run: String
  ) throws {
    var settings = WriteSettings()
    settings.isApart = apart
    settings.layer = "fuzzlayer"
    nonisolated(unsafe) var written: [UInt8] = []
    _ = try TEIWriter(reader, settings: settings).write(path: path) { record in
      let tag = record.append(Array("X".utf8))
      record.setText("upos", to: Array(repeating: tag, count: record.count))
    } pass: {
      written += $0
    }
    let tagged = try TEISupport.Document(written)
    nonisolated(unsafe) var back: [UInt8] = []
    _ = try TEIStripper(layer: "fuzzlayer", xml: reader.settings.xml).strip(path: tagged.path) {
      back += $0
    }
    #expect(back == bytes, "\(run)")
  }
}

/// Steele, Lea and Flood 2014, doi:10.1145/2714064.2660195.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}
