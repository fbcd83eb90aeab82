/// What some formats need to know beside their names.
public struct FormatOptions: Sendable {
  /// The columns of a column file; `nil` if they are not known.
  public var columns: [String]?
  /// What separates columns.
  public var separator: Columns.Separator
  /// Which lines of a column file are comments.
  public var comments: Columns.Comments
  /// The fields of CoNLL-U that become layers; `nil` for all.
  public var layers: [String]?
  /// The layer of labels in CRFsuite files and behind the slash; `nil` for the usual ones.
  public var label: String?
  /// What a record of plain text is.
  public var unit: PlainText.Unit

  /// Makes options.
  public init(
    columns: [String]? = nil, separator: Columns.Separator = .tab,
    comments: Columns.Comments = .hash, layers: [String]? = nil, label: String? = nil,
    unit: PlainText.Unit = .paragraph
  ) {
    self.columns = columns
    self.separator = separator
    self.comments = comments
    self.layers = layers
    self.label = label
    self.unit = unit
  }
}

/// The formats by name.
public enum Formats {
  /// The names, as `--input-format` takes them.
  public static let names = [
    "conllu", "columns", "conll2000", "conll2002", "conll2003", "crfsuite", "jsonl", "brat",
    "doccano", "labelstudio", "text", "slash",
  ]

  /// The columns of the shared tasks of CoNLL, separated by white space.
  private static let sharedTasks = [
    "conll2000": ["form", "xpos", "chunk"], "conll2002": ["form", "ner"],
    "conll2003": ["form", "xpos", "chunk", "ner"],
  ]

  /// The format called `name`.
  ///
  /// - Parameter source: what an error about missing column names begins with.
  /// - Throws: `FormatError.unknownFormat` with the nearest name, `.columnsNeeded`, `.columnNames`.
  public static func named(
    _ name: String, _ options: FormatOptions = FormatOptions(), source: String = "columns"
  ) throws -> any RecordFormat {
    switch name {
    case "conllu": return CoNLLU(layers: options.layers ?? CoNLLU.fields)
    case "columns":
      guard let columns = options.columns else { throw FormatError.columnsNeeded(source: source) }
      return try Columns(columns, separator: options.separator, comments: options.comments)
    case "conll2000", "conll2002", "conll2003":
      return try Columns(
        sharedTasks[name] ?? [], separator: .whitespace, comments: options.comments)
    case "brat": return try Brat(beside: source)
    case "doccano": return Doccano()
    case "labelstudio": return LabelStudio()
    case "crfsuite": return CRFsuite(label: options.label ?? "label")
    case "jsonl": return JSONLines()
    case "text": return PlainText(unit: options.unit)
    case "slash": return SlashText(tag: options.label ?? "upos")
    default: throw FormatError.unknownFormat(name, known: names)
    }
  }

  /// The name of the format that a file's name tells, `.gz` aside, or `nil`.
  public static func name(forPath path: String) -> String? {
    var path = path.lowercased()
    if path.hasSuffix(".gz") { path.removeLast(3) }
    let endings = [
      ("conllu", ["conllu"]), ("brat", ["ann"]), ("jsonl", ["jsonl", "ndjson"]),
      ("crfsuite", ["crfsuite"]),
      ("text", ["txt", "text"]), ("columns", ["conll", "tsv", "iob", "iob2", "bio", "col"]),
    ]
    return endings.first { $0.1.contains { path.hasSuffix("." + $0) } }?.0
  }

  /// The name of the format that the first bytes tell, or `nil` if that could be several.
  ///
  /// An object in braces is JSON; ten fields and a number in the first is CoNLL-U; text without a
  /// tab in the first lines is plain text. Other lines with tabs are columns or CRFsuite's attributes.
  public static func name(forContent bytes: [UInt8]) -> String? {
    var bytes = bytes[...]
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
    var sawLine = false
    for line in bytes.split(separator: .lineFeed).prefix(100) {
      if !sawLine, line.first(where: { $0 > .space }) == UInt8(ascii: "{") { return "jsonl" }
      if line.first == UInt8(ascii: "#"), !line.contains(.tab) { continue }
      let fields = line.split(separator: .tab, omittingEmptySubsequences: false)
      if fields.count == 10, fields[0].first.map({ $0 &- UInt8(ascii: "0") < 10 }) == true {
        return "conllu"
      }
      if fields.count > 1 { return nil }
      sawLine = true
    }
    return "text"
  }

  /// The format of a source: as named, or as its path or its first bytes tell.
  ///
  /// - Parameters:
  ///   - name: the format's name if the user gave one.
  ///   - source: is looked into only if its name does not tell.
  /// - Throws: what ``named(_:_:source:)`` throws, what reading throws, `FormatError.undetected`.
  public static func format(
    named name: String?, for source: ByteSource, _ options: FormatOptions = FormatOptions()
  ) throws -> any RecordFormat {
    if let name { return try named(name, options, source: source.name) }
    if options.columns != nil { return try named("columns", options, source: source.name) }
    if let name = Self.name(forPath: source.name) {
      return try named(name, options, source: source.name)
    }
    // Of text that is being typed, the first line that is no comment has to do.
    let head = try source.peek(4096) { bytes in
      bytes.split(separator: .lineFeed, omittingEmptySubsequences: false).dropLast()
        .contains { !$0.isEmpty && $0.first != UInt8(ascii: "#") }
    }
    if head.isEmpty { throw FormatError.empty(source: source.name) }
    guard let name = Self.name(forContent: head) else {
      throw FormatError.undetected(source: source.name, known: names.dropLast())
    }
    return try named(name, options, source: source.name)
  }
}
