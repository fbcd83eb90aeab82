public import SeqCore
public import SeqFormats
public import SeqPack

/// The name and version of label sets, as corpora and predictions carry them, and what holds data to
/// them.
///
/// CoNLL-U and column files carry a comment before the first record, `# label set LAYER = NAME VERSION`;
/// lines of JSON a member `labelSets`: `{"LAYER":"NAME VERSION"}`.
public enum LabelSets {
  static let comment = "# label set "
  static let member = "labelSets"

  /// The comment that says of which label set a layer is.
  public static func comment(of layer: String, _ identity: String) -> String {
    "\(comment)\(layer) = \(identity)\n"
  }

  /// The label sets that a record carries, by layer.
  public static func stamps(of record: borrowing Record) -> [String: String] {
    stamps(in: record.buffer[..<record.sourceCount])
  }

  /// The label sets that the first bytes of a file carry, by layer.
  public static func stamps(in bytes: ArraySlice<UInt8>) -> [String: String] {
    var found: [String: String] = [:]
    if bytes.first == UInt8(ascii: "{") {
      let text = String(decoding: bytes, as: UTF8.self)
      guard let start = text.firstRange(of: "\"\(member)\":{")?.upperBound,
        let end = text[start...].firstIndex(of: "}")
      else { return [:] }
      let parts = text[start..<end].split(separator: "\"").filter { $0 != ":" && $0 != "," }
      for index in stride(from: 0, to: parts.count - 1, by: 2) {
        found[String(parts[index])] = String(parts[index + 1])
      }
      return found
    }
    for line in bytes.split(separator: 0x0A) {
      let text = String(decoding: line, as: UTF8.self)
      guard text.hasPrefix("#") else { break }
      guard text.hasPrefix(comment) else { continue }
      let parts = text.dropFirst(comment.count).split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else { continue }
      found[String(parts[0].filter { $0 != " " })] = trimmed(parts[1])
    }
    return found
  }

  static func trimmed(_ text: Substring) -> String {
    var text = text
    while text.first == " " { text.removeFirst() }
    while text.last == " " || text.last == "\r" { text.removeLast() }
    return String(text)
  }

  /// What a layer's label is in terms of its label set: the type, where labels tell spans.
  static func type(of label: String, areSpans: Bool) -> String? {
    guard areSpans else { return label == "_" ? nil : label }
    if label == "O" || label == "_" { return nil }
    let parts = label.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    return parts.count == 2 && parts[0].count == 1 ? String(parts[1]) : label
  }

  /// Counts of what was held to a label set.
  public struct Check: Hashable, Sendable {
    /// Records.
    public var records = 0
    /// Positions.
    public var positions = 0
    /// Labels that the set does not have, with how often and where first.
    public var unknown: [String: (count: Int, place: String)] = [:]
    /// A label set that the file carries and that is another one.
    public var otherSet: String?
    /// Records without the layer.
    public var withoutLayer = 0

    /// Whether all is as it should be.
    public var isSound: Bool { unknown.isEmpty && otherSet == nil && withoutLayer == 0 }

    /// Equal checks have the same counts.
    public static func == (a: Check, b: Check) -> Bool {
      a.records == b.records && a.positions == b.positions && a.otherSet == b.otherSet
        && a.withoutLayer == b.withoutLayer
        && a.unknown.mapValues(\.count) == b.unknown.mapValues(\.count)
    }

    /// Hashes the counts.
    public func hash(into hasher: inout Hasher) {
      hasher.combine(records)
      hasher.combine(positions)
    }

    /// Nothing yet.
    public init() {}
  }

  /// Whether labels tell spans: all of them are `O` or have a letter, a hyphen and a type, and one is
  /// `O` or begins with `B-`.
  public static func tellSpans(_ labels: [String]) -> Bool {
    labels.contains { $0 == "O" || $0.hasPrefix("B-") }
      && labels.allSatisfy { label in
        label == "O" || label == "_"
          || label.dropFirst().first == "-" && "BIELSU".contains(label.first ?? " ")
      }
  }

  /// Holds a layer of records to a label set.
  public static func check(
    _ records: [Record], layer: String, against schema: PackManifest.SchemaManifest
  ) -> Check {
    var check = Check()
    let all = Set(records.flatMap { $0.strings(layer) ?? [] })
    let areSpans = tellSpans(Array(all)) && !all.isSubset(of: schema.labels)
    let known = Set(schema.labels)
    for record in records {
      check.records += 1
      check.positions += record.count
      if let stamp = stamps(of: record)[layer], stamp != schema.identity { check.otherSet = stamp }
      var types: [String]
      if let labels = record.strings(layer) {
        types = labels.compactMap { type(of: $0, areSpans: areSpans) }
      } else if let spans = record.spanLayers.first(where: { $0.name == layer }) {
        types = spans.spans.map { spans.types[Int($0.type)] }
      } else {
        if record.count > 0 { check.withoutLayer += 1 }
        continue
      }
      types.removeAll(where: known.contains)
      for type in types {
        let place = "\(record.provenance.source):\(record.provenance.line)"
        check.unknown[type, default: (0, place)].count += 1
      }
    }
    return check
  }

  /// Takes a layer of a record from one label set to another.
  ///
  /// - Returns: how many labels changed.
  public static func migrate(
    _ record: inout Record, layer: String, by mapping: SchemaMapping, areSpans: Bool
  ) -> Int {
    var changed = 0
    if var spans = record.spanLayers.first(where: { $0.name == layer }) {
      let kept = spans.spans.compactMap { span -> (LabelledSpan, String)? in
        let type = spans.types[Int(span.type)]
        guard let new = mapping.labels[type] else { return (span, type) }
        changed += 1
        return new.map { (span, $0) }
      }
      var types: [String] = []
      let new = kept.map { span, type -> LabelledSpan in
        var span = span
        if let index = types.firstIndex(of: type) {
          span.type = UInt16(index)
        } else {
          span.type = UInt16(types.count)
          types.append(type)
        }
        return span
      }
      spans = SpanLayer(name: layer, types: types, spans: new)
      if changed > 0 { record.setSpans(spans) }
    }
    guard let labels = record.strings(layer) else { return changed }
    var hasChanged = false
    let ranges = (record.ranges(layer) ?? []).enumerated().map { position, range in
      let label = labels[position]
      guard let type = type(of: label, areSpans: areSpans), let new = mapping.labels[type] else {
        return range
      }
      hasChanged = true
      changed += 1
      guard let new else { return record.append(Array(mapping.outside.utf8)) }
      let prefix = areSpans && label.dropFirst().first == "-" ? String(label.prefix(2)) : ""
      return record.append(Array((prefix + new).utf8))
    }
    if hasChanged { record.setText(layer, to: ranges) }
    return changed
  }
}

extension PackManifest.SchemaManifest {
  /// Name and version, as files carry them.
  public var identity: String { "\(name) \(version)" }

  /// Refuses labels that the set does not have.
  ///
  /// - Parameters:
  ///   - areSpans: whether the labels are letters of a scheme and types.
  ///   - source: what the error begins with.
  /// - Throws: `KitError.labels`.
  public func require(_ found: [String], areSpans: Bool, source: String) throws {
    guard !labels.isEmpty else { return }
    let types = found.compactMap { LabelSets.type(of: $0, areSpans: areSpans) }
    var unknown: [String] = []
    for type in types where !labels.contains(type) && !unknown.contains(type) {
      unknown.append(type)
    }
    guard unknown.isEmpty else {
      throw KitError.labels(
        source: source, schema: identity,
        unknown: unknown.prefix(10).map { label in
          label + (nearestName(to: label, among: labels).map { " (is \($0) meant?)" } ?? "")
        })
    }
  }
}

/// A format that writes with each record which label sets its layers are of.
public struct StampedFormat: RecordFormat {
  private let base: any RecordFormat
  private let stamps: [(layer: String, identity: String)]

  /// Makes a format.
  public init(_ base: any RecordFormat, stamps: [(layer: String, identity: String)]) {
    self.base = base
    self.stamps = stamps
  }

  /// The base's name.
  public var name: String { base.name }
  /// What stands around the records.
  public var frame: RecordFrame? { base.frame }
  /// Where the base says.
  public func lastBoundary(in bytes: UnsafeRawBufferPointer) -> Int? {
    base.lastBoundary(in: bytes)
  }
  /// Decodes as the base does.
  public func decode(_ chunk: Chunk, into receive: (consuming Record) throws -> Void) throws {
    try base.decode(chunk, into: receive)
  }

  /// Appends the record with the stamps: comments before the first record of a file, a member of each
  /// line of JSON. A record that has the stamp is not given another.
  public func encode(_ record: borrowing Record, into output: inout [UInt8]) throws {
    let known = LabelSets.stamps(of: record)
    let new = stamps.filter { known[$0.layer] != $0.identity }
    if base.name == "jsonl", record.count > 0 {
      let start = output.count
      try base.encode(record, into: &output)
      guard !new.isEmpty, known.isEmpty, output.suffix(2).elementsEqual("}\n".utf8),
        output.count > start + 2
      else { return }
      output.removeLast(2)
      let members = new.map { "\"\($0.layer)\":\"\($0.identity)\"" }.joined(separator: ",")
      output += ",\"\(LabelSets.member)\":{\(members)}}\n".utf8
      return
    }
    if record.provenance.byteOffset == 0, base.name == "columns" || base.name == "conllu" {
      for stamp in new { output += LabelSets.comment(of: stamp.layer, stamp.identity).utf8 }
    }
    try base.encode(record, into: &output)
  }
}
