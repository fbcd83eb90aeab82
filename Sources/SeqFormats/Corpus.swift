public import SeqCore

/// Operations on whole corpora, in one pass and with memory that does not grow with the file unless
/// a comment says so.
public enum Corpus {}

extension Record {
  /// Whether a document begins here: a comment `# newdoc`, or a line `-DOCSTART-`.
  package var startsDocument: Bool {
    buffer[..<sourceCount].withUnsafeBytes { bytes in
      var start = 0
      while start < bytes.count {
        let line = UnsafeRawBufferPointer(rebasing: bytes[start...])
        if line.starts(with: "-DOCSTART-".utf8) { return true }
        if line.starts(with: "# newdoc".utf8) {
          guard line.count > 8 else { return true }
          return line[8] <= .space
        }
        let isBlank = line[0] == .lineFeed || line[0] == .carriageReturn
        // Comments stand before the words.
        guard isBlank || line[0] == UInt8(ascii: "#") else { return false }
        guard let feed = line.firstIndex(of: .lineFeed) else { return false }
        start += feed + 1
      }
      return false
    }
  }
}

// MARK: - Validation

extension Corpus {
  /// Something wrong in a corpus.
  public struct Problem: Hashable, Sendable, CustomStringConvertible {
    /// Place and fault in a sentence.
    public var description: String
  }

  /// What validation counted.
  public struct Validation: Hashable, Sendable {
    /// Records that could be read.
    public var records = 0
    /// Positions of these records.
    public var positions = 0
    /// Problems that were reported; 0 means that the corpus is valid.
    public var problems = 0
  }

  /// Reports every problem of a source: the lines that cannot be read (of a record the first
  /// ``mostFaults``), and where records that can be read break their format's rules.
  ///
  /// - Parameters:
  ///   - spanLayers: layers whose labels are held to the rules of a tagging scheme, with the scheme.
  ///   - report: is handed the problems in order.
  /// - Returns: the counts.
  /// - Throws: what `report` throws. What the source throws is reported as a problem.
  public static func validate(
    _ source: ByteSource, as format: any RecordFormat,
    spanLayers: [(name: String, scheme: TaggingScheme)] = [], report: (Problem) throws -> Void
  ) throws -> Validation {
    var result = Validation()
    var rules = Rules(format)
    rules.spanLayers = spanLayers
    func tell(_ problem: Problem) throws {
      result.problems += 1
      try report(problem)
    }
    func check(_ chunk: Chunk) throws {
      var found: [Problem] = []
      do {
        var counted = Validation()
        let before = rules
        do {
          try format.decode(chunk) { record in
            counted.records += 1
            counted.positions += record.count
            rules.check(record) { found.append($0) }
          }
        } catch {
          rules = before
          throw error
        }
        result.records += counted.records
        result.positions += counted.positions
      } catch let error as FormatError {
        let pieces = pieces(of: chunk, as: format)
        if pieces.count > 1 {
          for piece in pieces { try check(piece) }
        } else {
          var fault: FormatError? = error
          var rest = chunk
          for number in 1... {
            guard let last = fault else { break }
            if number > mostFaults {
              let place = Place(source: chunk.provenance.source, line: chunk.provenance.line)
              try tell(
                Problem(
                  description: "\(place): the record has more faults than these \(mostFaults)."))
              break
            }
            try tell(Problem(description: last.description))
            fault = nextFault(behind: last, in: &rest, as: format)
          }
        }
        return
      }
      for problem in found { try tell(problem) }
    }
    var chunks = ChunkReader(source, as: format)
    while true {
      let chunk: Chunk?
      do {
        chunk = try chunks.nextChunk()
      } catch let error as FormatError {
        try tell(Problem(description: error.description))
        break
      }
      guard let chunk else { break }
      try check(chunk)
    }
    return result
  }

  /// How many faults are reported of a record that cannot be read.
  public static let mostFaults = 20

  /// The next line of a record that cannot be read, for formats whose lines are read one by one.
  ///
  /// - Parameter record: what is left of it; the lines up to the fault are taken away.
  private static func nextFault(
    behind fault: FormatError, in record: inout Chunk, as format: any RecordFormat
  ) -> FormatError? {
    guard format is CoNLLU || format is Columns || format is CRFsuite else { return nil }
    let line: Int
    switch fault {
    case .notUTF8(let place, _), .nulByte(let place), .fieldCount(let place, _, _, _),
      .wordID(let place, _):
      line = place.line
    default: return nil
    }
    while record.provenance.line <= line {
      guard let feed = record.bytes.firstIndex(of: .lineFeed) else { return nil }
      record.bytes.removeFirst(feed + 1)
      record.provenance.line += 1
      record.provenance.byteOffset += feed + 1
    }
    guard !record.bytes.isEmpty else { return nil }
    do {
      try format.decode(record) { _ in }
      return nil
    } catch {
      return error as? FormatError
    }
  }

  /// The records of a chunk as chunks of their own.
  private static func pieces(of chunk: Chunk, as format: any RecordFormat) -> [Chunk] {
    chunk.bytes.withUnsafeBytes { bytes in
      var ends = [bytes.count]
      while let end = ends.last, end > 1,
        let boundary = format.lastBoundary(
          in: UnsafeRawBufferPointer(rebasing: bytes[..<(end - 1)])),
        boundary > 0
      {
        ends.append(boundary)
      }
      var place = chunk.provenance
      var start = 0
      return ends.reversed().map { end in
        let piece = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
        let chunk = Chunk(bytes: Array(piece), provenance: place)
        place.line += TextCheck.lineCount(in: piece)
        place.byteOffset += piece.count
        start = end
        return chunk
      }
    }
  }

  /// The rules that a record of a format must follow beyond what its reader needs.
  private struct Rules {
    private let isCoNLLU: Bool
    private let isCRFsuite: Bool
    /// The layers whose labels are held to a scheme.
    var spanLayers: [(name: String, scheme: TaggingScheme)] = []
    /// Where each sentence was named first; grows with the number of sentences.
    private var sentenceIDs: [String: Int] = [:]
    private static let tags: Set<String> = [
      "ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM", "PART", "PRON", "PROPN",
      "PUNCT", "SCONJ", "SYM", "VERB", "X", "_",
    ]

    init(_ format: any RecordFormat) {
      isCoNLLU = format is CoNLLU
      isCRFsuite = format is CRFsuite
    }

    mutating func check(_ record: borrowing Record, report: (Problem) -> Void) {
      if isCoNLLU { checkCoNLLU(record, report) }
      if isCRFsuite { checkCRFsuite(record, report) }
      for (layer, scheme) in spanLayers { checkSpans(record, layer, scheme, report) }
    }

    private func problem(_ record: borrowing Record, at place: ByteRange?, _ text: String)
      -> Problem
    {
      var line = record.provenance.line
      if let place {
        for byte in record.buffer[..<Int(place.start)] where byte == .lineFeed { line += 1 }
      }
      return Problem(description: "\(record.provenance.source):\(line): \(text)")
    }

    private mutating func checkCoNLLU(_ record: borrowing Record, _ report: (Problem) -> Void) {
      if record.count == 0 {
        report(problem(record, at: nil, "comments or blank lines without words."))
        return
      }
      for layer in record.layers {
        guard let places = layer.places else { continue }
        for place in places where place.isEmpty {
          report(problem(record, at: place, "an empty \(layer.name); _ stands for nothing."))
        }
      }
      if let ids = record.ranges("id") {
        for (position, id) in ids.enumerated() where record.string(id) != String(position + 1) {
          report(
            problem(
              record, at: id,
              "word \(record.string(id)) where word \(position + 1) was expected."))
          break
        }
      }
      if let heads = record.ranges("head") {
        for head in heads {
          let text = record.string(head)
          if text == "_" { continue }
          if Int(text).map({ (0...record.count).contains($0) }) != true {
            report(
              problem(record, at: head, "head \(text) is none of the words 0 to \(record.count)."))
          }
        }
      }
      if let tags = record.ranges("upos") {
        for tag in tags where !Self.tags.contains(record.string(tag)) {
          let name = record.string(tag)
          let nearest = nearestName(to: name, among: Self.tags.sorted())
          report(
            problem(
              record, at: tag,
              "\(name) is none of the 17 universal tags."
                + (nearest.map { " Is \($0) meant?" } ?? "")))
        }
      }
      let source = String(decoding: record.buffer[..<record.sourceCount], as: UTF8.self)
      for line in source.split(separator: "\n") {
        guard line.hasPrefix("#") else { break }
        guard line.hasPrefix("# sent_id = ") else { continue }
        let name = String(line.dropFirst(12))
        if let first = sentenceIDs[name] {
          report(problem(record, at: nil, "sent_id \(name) was used at line \(first) already."))
        } else {
          sentenceIDs[name] = record.provenance.line
        }
      }
    }

    private func checkSpans(
      _ record: borrowing Record, _ layer: String, _ scheme: TaggingScheme,
      _ report: (Problem) -> Void
    ) {
      guard let ranges = record.ranges(layer), let names = record.strings(layer) else {
        if record.count > 0 { report(problem(record, at: nil, "there is no layer \(layer).")) }
        return
      }
      var reader = SpanLabelReader(scheme: nil)
      let found = names.map { reader.tag($0) }
      for (position, tag) in found.enumerated() where tag == nil {
        let fault = SpanFault(
          position: position, label: names[position], problem: .malformed, scheme: scheme)
        report(problem(record, at: ranges[position], fault.description))
      }
      for place in scheme.faults(in: found.map { $0 ?? .outside }) {
        let fault = scheme.fault(at: place, count: names.count) { names[$0] }
        report(problem(record, at: ranges[fault.position], fault.description))
      }
    }

    private func checkCRFsuite(_ record: borrowing Record, _ report: (Problem) -> Void) {
      for range in record.ranges("attributes") ?? [] {
        let malformed = record.buffer.withUnsafeBufferPointer { buffer in
          var parser = CRFsuiteAttributes(UnsafeBufferPointer(rebasing: buffer[range.indices]))
          while parser.next() != nil {}
          return parser.malformedWeights
        }
        if malformed > 0 {
          report(
            problem(
              record, at: range,
              "\(malformed) weight\(malformed == 1 ? " is no number" : "s are no numbers"). "
                + "A colon in a name is written \\:"))
        }
      }
    }
  }
}
