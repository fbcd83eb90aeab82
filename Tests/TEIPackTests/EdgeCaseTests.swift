import FoundationEssentials
import SeqTestSupport
import SeqXML
import TEIPack
import Testing

/// One line of `edge-cases/expected.jsonl`, or of what we write.
private struct Segment: Decodable, Equatable {
  struct Entity: Decodable, Equatable {
    var label: String
    var spans: [[Int]]
  }
  var file: String
  var kind: String
  var text: String?
  var entities: [Entity]?
  var message: String?
  var doc: String?
  var options: String?

  /// The entities in an order that does not depend on who wrote them.
  var sorted: [Entity] {
    (entities ?? []).sorted {
      ($0.spans.first ?? []).lexicographicallyPrecedes($1.spans.first ?? [])
        || $0.spans == $1.spans && $0.label < $1.label
    }
  }
}

@Suite struct EdgeCaseTests {
  private static let expected: [Segment] = {
    guard DataSets.atHand, let bytes = try? DataSets.bytes("tei/edge-cases/expected.jsonl") else {
      return []
    }
    return bytes.split(separator: 0x0A).compactMap {
      try? JSONDecoder().decode(Segment.self, from: Data($0))
    }
  }()

  private func settings(_ options: String?, _ settings: inout ImportSettings) {
    if options == "--unknown-entity keep" { settings.xml.unknownEntity = .keep }
    if options == "--xinclude local" {
      settings.includeRoot = TEISupport.folder + "/edge-cases"
    }
  }

  @Test(.enabled(if: DataSets.atHand, "\(DataSets.reason)"))
  func everyExpectedSegmentIsReadWithItsNames() throws {
    let cases = Dictionary(grouping: Self.expected.filter { $0.text != nil }) {
      $0.file + ($0.options ?? "")
    }
    #expect(cases.count >= 25)
    for lines in cases.values {
      let reader = try TEISupport.reader { settings(lines[0].options, &$0) }
      let (text, report) = try TEISupport.run(
        reader, TEISupport.folder + "/edge-cases/" + lines[0].file, as: .segments)
      let found = try text.split(separator: "\n").map {
        try JSONDecoder().decode(Segment.self, from: Data($0.utf8))
      }
      // A line of the included document is expected beside those of the others.
      let kinds = Set(lines.map(\.kind))
      var mine = found.filter { kinds.contains($0.kind) }
      if let option = lines[0].options, option.contains("xinclude") { mine = mine.suffix(1) }
      #expect(mine.map(\.text) == lines.map(\.text), "\(lines[0].file)")
      #expect(mine.map(\.sorted) == lines.map(\.sorted), "\(lines[0].file)")
      for (a, b) in zip(mine, lines) where b.doc != nil { #expect(a.doc == b.doc) }
      #expect(report.isBalanced, "\(lines[0].file)")
    }
  }

  /// Words that the message of each broken or hostile case has to have.
  static let messages: [(String, [String])] = [
    ("11-no-namespace-p4.xml", ["undeclared entity &zzunknown;"]),
    (
      "19-unbound-prefix.xml",
      ["unbound namespace prefix \"foo\"", "--ns-lenient", "--bind foo=URI"]
    ),
    ("20-mismatch.xml", ["4:13", "</p> does not match <hi> opened at 4:8"]),
    ("37-wrong-decl.xml", ["0xEB", ":2:", "ISO-8859-1", "--encoding"]),
    ("40-xxe.xml", ["external entity &s; refused (file \"secret.txt\")"]),
    ("41-external-dtd.xml", ["&frm;", "\"local.dtd\" is not loaded", "--dtd local"]),
    ("42-billion-laughs.xml", ["entity expansion limit"]),
    ("43-attr-laughs.xml", ["entity expansion limit", "attribute"]),
    ("44-quadratic.xml", ["entity expansion limit"]),
    ("45-parameter-laughs.xml", ["parameter entity expansion refused"]),
    ("46-entity-loop.xml", ["entity loop a -> b -> a"]),
    ("48-invalid-utf8-name.xml", ["0xFF", "offset 9"]),
    ("49-control-char.xml", ["U+0001", "not allowed"]),
    ("50-nul.xml", ["NUL byte not allowed"]),
    ("51-empty.xml", ["empty document"]),
    ("52-truncated.xml", ["the document ends inside <"]),
  ]

  @Test(.enabled(if: DataSets.atHand, "\(DataSets.reason)"), arguments: 0..<messages.count)
  func brokenAndHostileInputGivesItsMessageAtOnce(_ index: Int) throws {
    let (file, words) = Self.messages[index]
    var message = ""
    let start = ContinuousClock.now
    do {
      let (text, _) = try TEISupport.run(
        try TEISupport.reader(), TEISupport.folder + "/edge-cases/" + file, as: .segments)
      #expect(!text.contains("SECRET"))
    } catch { message = "\(error)" }
    #expect(ContinuousClock.now - start < .seconds(1), "\(file)")
    for word in words { #expect(message.contains(word), "\(file): \(message)") }
    #expect(!message.contains("SECRET-CONTENT"))
  }

  @Test(.enabled(if: DataSets.atHand, "\(DataSets.reason)"))
  func duplicateAndInvalidIdentifiersAreWarnedOfAndTheTextIsRead() throws {
    let (text, report) = try TEISupport.run(
      try TEISupport.reader(), TEISupport.folder + "/edge-cases/18-dup-id.xml", as: .segments)
    #expect(text.contains("\"text\":\"a b c\""))
    #expect(report.duplicateIDs == 1 && report.invalidIDs == 1)
    #expect(report.warnings.contains { $0.contains("duplicate xml:id \"x\"") })
    #expect(report.warnings.contains { $0.contains("invalid xml:id \"1bad\"") })
  }

  @Test(.enabled(if: DataSets.atHand, "\(DataSets.reason)"))
  func inclusionsOutsideTheFolderAreRefusedAndOthersSkippedUnlessAllowed() throws {
    let file = TEISupport.folder + "/edge-cases/47-xinclude-escape.xml"
    let (_, report) = try TEISupport.run(try TEISupport.reader(), file, as: .segments)
    #expect(report.skippedInclusions == 1)
    #expect(throws: TEIError.self) {
      try TEISupport.run(
        try TEISupport.reader { $0.includeRoot = TEISupport.folder + "/edge-cases" }, file,
        as: .segments)
    }
  }

  @Test(.enabled(if: DataSets.atHand, "\(DataSets.reason)"))
  func declarationsOfALocalDTDAreReadWhereAllowed() throws {
    let reader = try TEISupport.reader {
      $0.xml.externalSubset = ExternalSubset.below(TEISupport.folder + "/edge-cases")
    }
    let (text, _) = try TEISupport.run(
      reader, TEISupport.folder + "/edge-cases/41-external-dtd.xml", as: .segments)
    #expect(text.contains("Entity from DTD: from local dtd."))
  }
}
