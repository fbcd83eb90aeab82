public import SeqFormats
internal import SeqFeatures

extension PackManifest {
  /// The names that templates can read, where the manifest tells them all; `nil` where files do: those
  /// with a line of names.
  public var knownFields: [String]? {
    let derived = fields.map(\.name)
    guard let reader else { return columns.map { $0 + derived } }
    switch reader.kind {
    case .text: return nil
    case .lines: return ["form"] + (columns ?? []) + derived
    case .columns, .json, .pattern: return reader.names + derived
    case .csv, .tsv: return reader.header && reader.names.isEmpty ? nil : reader.names + derived
    case .traces: return Traces.layers + derived
    }
  }

  /// The format that the pack's reader describes, for a source; `nil` where it says nothing of its
  /// own, or where the file's name tells one of the usual formats for text.
  ///
  /// - Throws: `FormatError`.
  public func format(for source: ByteSource) throws -> (any RecordFormat)? {
    guard let reader else { return nil }
    let written = layers.flatMap { [$0.name, $0.name + ".probability"] }
    switch reader.kind {
    case .text: return nil
    case .columns:
      if let name = Formats.name(forPath: source.name), name != "columns", name != "text" {
        return nil
      }
      return try Columns(reader.names, separator: reader.whitespace ? .whitespace : .tab)
    case .lines:
      if let name = Formats.name(forPath: source.name), name != "text" { return nil }
      guard let expression = reader.expression else { return nil }
      return TokenLines(tokens: expression)
    case .csv, .tsv:
      let separator = UInt8(ascii: reader.kind == .csv ? "," : "\t")
      var names = reader.names
      if reader.header {
        // The names on the first line count: files may have more columns, or less, or another order.
        let head = try source.peek(64 << 10) { $0.contains(0x0A) }
        names = try EventRows.header(
          Array(head.prefix { $0 != 0x0A }), separator: separator)
        for name in reader.names where !names.contains(name) && !written.contains(name) {
          throw FormatError.rows(
            source: source.name, line: 1,
            problem: "there is no column \"\(name)\"; the columns are "
              + names.joined(separator: ", "))
        }
      }
      return try EventRows(
        .delimited(separator), names: names, header: reader.header, group: reader.group,
        written: written)
    case .json:
      return try EventRows(
        .json, names: reader.names, paths: reader.paths, group: reader.group, written: written)
    case .pattern:
      guard let expression = reader.expression else { return nil }
      return try EventRows(
        .pattern(expression), names: reader.names, group: reader.group, written: written)
    case .traces: return Traces(written: written, summarizes: output.summary == .rootCause)
    }
  }
}
