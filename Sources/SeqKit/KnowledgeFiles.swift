internal import SeqCore
public import SeqFeatures
public import SeqFormats
public import SeqTraining

/// Reads clusters and plain lists of names for ``Training``.
public enum KnowledgeFiles {
  /// Reads a file of clusters: `BITS TAB WORD TAB COUNT` as Brown clustering writes it (Liang's
  /// program), or `WORD TAB CLUSTER`. Words are taken as they are written.
  ///
  /// - Throws: `KitError.knowledge` with the line that is neither, or that gives a word a second
  ///   cluster.
  public static func clusters(path: String) throws -> WordTable {
    var entries: [UInt64: String] = [:]
    for (number, line) in try lines(of: path) {
      let fields = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
      let isBrown =
        fields.count == 3 && !fields[0].isEmpty
        && fields[0].allSatisfy { $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: "1") }
      guard isBrown || fields.count == 2 else {
        throw KitError.knowledge(
          path: path, line: number,
          problem: "\(fields.count) fields, where BITS, WORD and COUNT or WORD and CLUSTER are "
            + "expected with tabs between them")
      }
      let word = isBrown ? fields[1] : fields[0]
      let cluster = String(decoding: isBrown ? fields[0] : fields[1], as: UTF8.self)
      guard entries.updateValue(cluster, forKey: WordTable.key(of: word)) == nil else {
        throw KitError.knowledge(
          path: path, line: number,
          problem: "“\(String(decoding: word, as: UTF8.self))” has a cluster already")
      }
    }
    guard Set(entries.values).count <= 1 << 16 else {
      throw KitError.knowledge(path: path, line: 1, problem: "more than 65,536 clusters")
    }
    return WordTable(name: .cluster, entries: entries, missing: nil)
  }

  /// Learns clusters from the words of files; see ``SeqTraining/WordClusterer``.
  ///
  /// - Parameters:
  ///   - paths: files of words in any format; plain text is cut into words by `tokenizer`.
  ///   - format: the format of a file; by default told by its name or first bytes.
  /// - Throws: what reading throws; `FeatureError.missingLayer` for a record without words.
  public static func clusterEntries(
    ofTextIn paths: [String], classes: Int = 128, minimumCount: Int = 3,
    tokenizer: Tokenizer = Tokenizer(),
    format: (ByteSource) throws -> any RecordFormat = { try Formats.format(named: nil, for: $0) },
    report: (Int, Int) -> Void = { _, _ in }
  ) throws -> [WordClusterer.Entry] {
    var clusterer = WordClusterer(classes: classes, minimumCount: minimumCount)
    func add(_ record: borrowing Record) throws {
      guard let words = record.ranges("form") else {
        throw FeatureError.missingLayer(
          name: "form", present: record.layers.map(\.name), source: record.provenance.source,
          line: record.provenance.line)
      }
      clusterer.add(words.map { Array(record.buffer[$0.indices]) })
    }
    for path in paths {
      let source = try ByteSource(path: path)
      let format = try format(source)
      if format.name == "text" {
        var reader = ChunkReader(source, as: format)
        while let chunk = try reader.nextChunk() { try tokenizer.decode(chunk) { try add($0) } }
      } else {
        var reader = RecordReader(source, as: format)
        while let record = try reader.next() { try add(record) }
      }
    }
    return clusterer.entries(report: report)
  }

  /// The table of learnt clusters, for ``Training/clusters``.
  public static func table(of entries: [WordClusterer.Entry]) -> WordTable {
    let pairs = entries.map { (WordTable.key(of: $0.word.utf8), $0.bits) }
    return WordTable(
      name: .cluster, entries: Dictionary(pairs, uniquingKeysWith: { first, _ in first }),
      missing: nil)
  }

  /// Reads a list of names, one a line, cut into words by a tokenizer; empty lines mean nothing.
  ///
  /// - Throws: `KitError.knowledge` for a list without names; `TokenizerError`.
  public static func names(
    path: String, type: String, tokenizer: Tokenizer = Tokenizer()
  ) throws -> [(words: [UInt64], type: String)] {
    var phrases: [(words: [UInt64], type: String)] = []
    for (_, line) in try lines(of: path) {
      let bytes = Array(line)
      let words = try tokenizer.tokenize(bytes).words.map {
        PhraseTable.hash(ofWord: bytes[$0.indices])
      }
      if !words.isEmpty { phrases.append((words, type)) }
    }
    guard !phrases.isEmpty else {
      throw KitError.knowledge(
        path: path, line: 1, problem: "no name, where one a line is expected")
    }
    return phrases
  }

  private static func lines(of path: String) throws -> [(number: Int, bytes: ArraySlice<UInt8>)] {
    let bytes = try ByteSource(path: path).readAll()
    var lines: [(number: Int, bytes: ArraySlice<UInt8>)] = []
    let all = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    for (index, line) in all.enumerated() {
      let line = line.last == 0x0D ? line.dropLast() : line
      if !line.isEmpty { lines.append((index + 1, line)) }
    }
    return lines
  }
}
