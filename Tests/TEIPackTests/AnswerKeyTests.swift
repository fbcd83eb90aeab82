import SeqTestSupport
import TEIPack
import Testing

/// A sentence of CoNLL-U: its identifier, its text, and its words' fields.
struct KeySentence: Equatable {
  var id = ""
  var text = ""
  var words: [[Substring]] = []

  static func read(_ text: String) -> [KeySentence] {
    var sentences: [KeySentence] = []
    var current = KeySentence()
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("# sent_id = ") {
        current.id = String(line.dropFirst(12))
      } else if line.hasPrefix("# text = ") {
        current.text = String(line.dropFirst(9))
      } else if line.isEmpty {
        if !current.words.isEmpty { sentences.append(current) }
        current = KeySentence()
      } else if !line.hasPrefix("#") {
        current.words.append(line.split(separator: "\t", omittingEmptySubsequences: false))
      }
    }
    return sentences
  }
}

@Suite struct AnswerKeyTests {
  /// File, key, and what the key's identifiers have in place of the file's.
  static let keys: [(file: String, key: String, isRenumbered: Bool)] = [
    (
      "siparl/ana/OZKGIP-Redna-025-1998-12-08-ana.xml",
      "siparl/conllu/OZKGIP-Redna-025-1998-12-08-ana.conllu", false
    ),
    (
      "siparl/ana/KPZONOJFSPD-Redna-021-1998-11-25-ana.xml",
      "siparl/conllu/KPZONOJFSPD-Redna-021-1998-11-25-ana.conllu", false
    ),
    ("clarinsi-samples/test-ssj500k.xml", "clarinsi-samples/test-ssj500k.conllu", false),
    ("clarinsi-samples/test-plain.xml", "clarinsi-samples/test-plain.conllu", true),
  ]

  @Test(.enabled(if: DataSets.atHand, "\(DataSets.reason)"))
  func allTokensAndSentenceTextsOfTheKeysAreFound() throws {
    var (tokens, texts) = (0, 0)
    for (file, key, isRenumbered) in Self.keys {
      let (text, _) = try TEISupport.run(
        try TEISupport.reader(), TEISupport.folder + "/" + file, as: .conllu(sources: false))
      let wanted = KeySentence.read(
        String(decoding: try DataSets.bytes("tei/" + key), as: UTF8.self))
      let found = KeySentence.read(text)
      var byID: [String: KeySentence] = [:]
      for sentence in found {
        // `p1.s2` is `1.2` in the key.
        let id = isRenumbered ? sentence.id.filter { $0 != "p" && $0 != "s" } : sentence.id
        byID[id] = sentence
      }
      for sentence in wanted {
        let mine = try #require(byID[sentence.id], "\(file): \(sentence.id)")
        if mine.text == sentence.text { texts += 1 }
        #expect(mine.words.count == sentence.words.count)
        for (a, b) in zip(mine.words, sentence.words) where a[1] == b[1] && a[2] == b[2] {
          #expect(a[3...5] == b[3...5], "\(sentence.id)")
          tokens += 1
        }
      }
    }
    #expect(tokens == 4168)
    #expect(texts == 245)
  }

  @Test(.enabled(if: DataSets.atHand, "\(DataSets.reason)"))
  func indentationDoesNotChangeWhatIsRead() throws {
    let texts = try ["test-plain.xml", "test-plain.indent.xml"].map { name in
      let (text, _) = try TEISupport.run(
        try TEISupport.reader(), TEISupport.folder + "/clarinsi-samples/" + name,
        as: .conllu(sources: false))
      return text.split(separator: "\n")
        .filter { !$0.hasPrefix("# source") && !$0.hasPrefix("# newdoc") }
    }
    #expect(texts[0] == texts[1])
    #expect(texts[0].count > 400)
  }
}

extension AnswerKeyTests {
  /// The reading of the key: every reading of the apparatus, and no original spellings.
  static let gesteProfile = """
    { name: "geste", extends: "reading", rules: [
      { elements: ["app", "rdg", "lem"], action: "include" },
      { elements: ["orig"], action: "exclude" },
    ] }
    """

  @Test(.enabled(if: DataSets.atHand, "\(DataSets.reason)"))
  func theTokenTablesOfAnEpicAreFoundInOrder() throws {
    let reading = try TEISupport.reader().profile
    let profile = try ReadingProfile(json5: Array(Self.gesteProfile.utf8), path: "geste")
    let reader = try TEIReader(profile: profile.extending(reading))
    var found = 0
    for name in ["transcr_Asprem_P4", "ed_GarLorrC", "ed_GirVianeM"] {
      let (text, _) = try TEISupport.run(
        reader, TEISupport.folder + "/geste/xml_gold/\(name).xml", as: .conllu(sources: false))
      // Strings are compared by canonical equivalence, as the key asks for.
      let mine = KeySentence.read(text).flatMap(\.words).filter {
        $0[9].hasPrefix("Id=") || $0[2] != "_"
      }
      .map { [$0[1].filter { $0 != " " }, String($0[2]), String($0[4])] }
      let key = String(decoding: try DataSets.bytes("tei/geste/tsv/\(name).tsv"), as: UTF8.self)
        .split(separator: "\n").dropFirst().map { line -> [String] in
          let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
          return fields.count < 3
            ? [] : [fields[0].filter { $0 != " " }, String(fields[1]), String(fields[2])]
        }
      var next = 0
      for row in key {
        // The document has words that the table leaves out.
        guard let place = mine[next...].prefix(12).firstIndex(of: row) else { continue }
        found += 1
        next = place + 1
      }
    }
    #expect(found >= 7852)
  }
}
