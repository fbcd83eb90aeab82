internal import ArgumentParser
internal import Glibc
internal import SeqCore
internal import SeqKit
internal import SeqPack

/// `seqkit PACK redact [FILE …]`.
struct RedactCommand<S: PackSlot>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "redact", abstract: "Take names and other spans out of text.",
      discussion: """
        Finding too much is better here than finding too little: patterns take part, and the model \
        is more lenient than when it tags. No program finds every name; read the result before you \
        give it away. In plain text, words between spans and all white space stay as they were. \
        CoNLL-U, columns and JSON Lines keep their words one by one; comments, MISC, and lemmas of \
        words taken out are left out, since they repeat names.
        """)
  }

  @Argument(help: "Files to redact; - or none is standard input.")
  var files: [String] = []

  @OptionGroup var models: ModelOptions
  @OptionGroup var input: InputOptions

  @Option(help: "What stands in a span's place: mask, type, hash or pseudonym.", transform: choice)
  var mode: Redaction.Mode = .type

  @Option(help: "A file whose bytes (16 or more) are the secret of hash and pseudonym.")
  var keyFile: String?

  @Option(name: [.short, .long], help: "The file to write; - is standard output.")
  var output = "-"

  @Option(help: "Write a line of JSON for each span taken out, without its text, to this file.")
  var report: String?

  @Option(
    parsing: .singleValue, help: "Take out spans of this type only; may be repeated. (default: all)"
  )
  var type: [String] = []

  @Option(
    help: """
      Take this from the score of O, in nats: above 0 more is found, and less of it is right. \
      (default: the pack's, or 2)
      """)
  var leniency: Float?

  @Option(
    help: "Patterns: off, first (they win over the model), last (the model wins) or only.",
    transform: choice)
  var rules: SpanTagging.Precedence = .first

  @Flag(help: "Tag raw text although the model was trained on another tokenizer's.")
  var anyTokenizer = false

  @OptionGroup var options: GlobalOptions

  func run() throws {
    let redaction = Redaction(mode, key: try key())
    let pack = try OpenPack(S.pack)
    let taggers = rules == .only ? [] : try models.taggers(for: pack)
    let known =
      taggers.flatMap { $0.model.spans?.types ?? [] } + TextPattern.allCases.map(\.typeName)
    for name in type where !known.contains(name) {
      let nearest = nearestName(to: name, among: known).map { " Did you mean \($0)?" } ?? ""
      throw ValidationError(
        "--type \(name): the types are \(known.joined(separator: ", ")).\(nearest)")
    }
    var tagging = SpanTagging()
    tagging.leniency = leniency ?? pack.manifest.output.leniency.map { Float($0) } ?? 2
    tagging.patterns = rules
    tagging.confidence = taggers.allSatisfy { $0.model.manifest.probabilities != .none }
    let layers = taggers.isEmpty ? [S.pack.name] : taggers.map(\.schema.layer)
    let workspaces = taggers.map { Workspace($0) }
    let tokenizer = try tokenizer(of: taggers, anyTokenizer: anyTokenizer)

    let sink = try ByteSink(path: output)
    Interruption.remove(sink.temporaryPath)
    let journal = try report.map { try ByteSink(path: $0) }
    var counts: [String: Int] = [:]
    var written = 0
    var changes = SpanTagging.Changes()
    var leftOut = Redaction.LeftOut()
    func addSpans(to record: inout Record) throws {
      for index in layers.indices {
        var layer = try tagging.spans(
          of: record, layer: layers[index], tagger: taggers.isEmpty ? nil : taggers[index],
          in: taggers.isEmpty ? nil : workspaces[index], changes: &changes)
        if !type.isEmpty {
          let types = layer.types
          layer.spans.removeAll { !type.contains(types[Int($0.type)]) }
        }
        record.setSpans(layer)
      }
    }
    func note(_ entries: [Redaction.Entry], _ source: ByteSource) throws {
      for entry in entries {
        counts[entry.type, default: 0] += 1
        try journal?.write(line(entry, source.name))
      }
    }
    for path in files.isEmpty ? ["-"] : files {
      let (source, format) = try input.open(path, for: pack)
      guard format.name == "text" else {
        var reader = RecordReader(source, as: format)
        while var record = try reader.next() {
          guard record.ranges("form") != nil else {
            throw FeatureError.missingLayer(
              name: "form", present: record.layers.map(\.name), source: source.name,
              line: record.provenance.line)
          }
          let redacted: Redaction.Result
          if record.count > 0 {
            try addSpans(to: &record)
            redacted = redaction.redacted(record, layers: layers)
          } else {
            redacted = redaction.redacted(record, layers: [])
          }
          leftOut += redacted.leftOut
          try note(redacted.entries, source)
          var text: [UInt8] = []
          try format.encode(redacted.record, into: &text)
          try sink.write(text)
          written += text.count
        }
        continue
      }
      var reader = ChunkReader(source, as: format)
      while let chunk = try reader.nextChunk() {
        var text: [UInt8] = []
        var hasWords = false
        try tokenizer.decode(chunk) { sentence in
          hasWords = true
          var record = sentence
          try addSpans(to: &record)
          try note(
            redaction.redact(record, layers: layers, into: &text, written: written), source)
        }
        // White space alone makes no sentence.
        if !hasWords { text += chunk.bytes }
        try sink.write(text)
        written += text.count
      }
    }
    try journal?.finish()
    try sink.finish()
    Interruption.remove(nil)
    let console = options.console
    let list = counts.sorted { $0.key < $1.key }.map { "\(grouped($0.value)) \($0.key)" }
    console.note(
      list.isEmpty ? "nothing was found to take out" : "taken out: " + list.joined(separator: ", "))
    if leftOut != Redaction.LeftOut() {
      console.note(
        "left out beside that: \(grouped(leftOut.comments)) comments, \(grouped(leftOut.values)) values "
          + "of other columns")
    }
  }

  private func key() throws -> [UInt8] {
    guard mode == .hash || mode == .pseudonym else {
      if keyFile != nil { throw ValidationError("--key-file is for --mode hash and pseudonym.") }
      return []
    }
    guard let keyFile else {
      throw ValidationError(
        "--mode \(mode.rawValue) needs --key-file: head -c 32 /dev/urandom > key makes one.")
    }
    let bytes = try ByteSource(path: keyFile).readAll()
    guard bytes.count >= 16 else {
      throw ValidationError(
        "--key-file \(keyFile) has \(bytes.count) bytes; a key of fewer than 16 can be guessed.")
    }
    return bytes
  }

  private func line(_ entry: Redaction.Entry, _ source: String) -> [UInt8] {
    var line = "{\"source\":\(jsonString(source)),\"line\":\(entry.line),"
    if let output = entry.output {
      line += "\"start\":\(output.lowerBound),\"end\":\(output.upperBound),"
    }
    if let words = entry.words {
      line += "\"word_start\":\(words.lowerBound),\"word_end\":\(words.upperBound),"
    }
    line += "\"type\":\(jsonString(entry.type)),\"origin\":\(jsonString(entry.origin))"
    if let confidence = entry.confidence {
      line += ",\"confidence\":\(decimal(Double(confidence), 4))"
    }
    return Array((line + "}\n").utf8)
  }
}
