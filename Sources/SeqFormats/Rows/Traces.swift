public import SeqCore

/// Traces in OTLP/JSON, a request to export (`resourceSpans`) on a line: each trace of a line is a
/// record, each of its spans a position, parents before their children and these by their start.
///
/// Layers: `form` (the span's name), `span` and `parent` (identifiers), `service`, `kind`, `status`
/// (`OK`, `ERROR`, `UNSET`), `http` and `rpc` (status codes), `exception` (its type), `duration` (in
/// milliseconds), `share` (of the parent's duration), `depth`, `children`, `failedChildren`,
/// `parentStatus`, `parentService`; what a span does not have is empty. Labels that stand in a span's
/// attribute `seqkit.LAYER` are layers too.
///
/// Written is a line of JSON for each trace, with what was found for each of its spans.
/// See `Docs/Formats/pack.md`.
public struct Traces: RecordFormat {
  /// `traces`.
  public var name: String { "traces" }
  /// The layers of labels.
  public let written: [String]

  /// The layers of every trace.
  public static let layers = [
    "form", "trace", "span", "parent", "service", "kind", "status", "http", "rpc", "system",
    "exception", "duration", "share", "depth", "children", "failedChildren", "parentStatus",
    "parentService",
  ]

  /// Whether each trace gets a summary: its root cause.
  public let summarizes: Bool

  /// Makes the format.
  public init(written: [String], summarizes: Bool = true) {
    self.written = written
    self.summarizes = summarizes
  }

  /// The offset after the last line that is whole in `bytes`, or `nil` if none is.
  public func lastBoundary(in bytes: UnsafeRawBufferPointer) -> Int? {
    bytes.lastIndex(of: .lineFeed).map { $0 + 1 }
  }

  /// Decodes traces.
  ///
  /// - Throws: `FormatError.notUTF8`, `.nulByte`, `.json`.
  public func decode(_ chunk: Chunk, into receive: (consuming Record) throws -> Void) throws {
    try chunk.bytes.withUnsafeBytes { bytes in
      guard !bytes.isEmpty else { return }
      try TextCheck.check(bytes, of: chunk)
      var start = 0
      var line = chunk.provenance.line
      while start < bytes.count {
        var end = start
        while end < bytes.count, bytes[end] != .lineFeed { end += 1 }
        let next = min(end + 1, bytes.count)
        let place = Provenance(
          source: chunk.provenance.source, line: line,
          byteOffset: chunk.provenance.byteOffset + start)
        if bytes[start..<end].contains(where: { $0 > .space }) {
          do {
            for spans in try traces(bytes, start..<end) {
              try receive(record(of: Self.ordered(spans), place))
            }
          } catch let fault as JSONFault {
            throw FormatError.json(
              at: Place(source: place.source, line: line, column: fault.offset - start + 1),
              expected: fault.expected)
          }
        }
        start = next
        line += 1
      }
    }
  }

  // MARK: - Reading

  private struct Span {
    var trace = ""
    var id = ""
    var parent = ""
    var name = ""
    var service = ""
    var kind = ""
    var status = "UNSET"
    var start = 0.0
    var end = 0.0
    var attributes: [String: String] = [:]
    var exception = ""
    var duration: Double { max(0, end - start) / 1e6 }
  }

  /// The spans of a request by their traces, in the order in which traces begin.
  private func traces(
    _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>
  ) throws -> [[Span]] {
    var scanner = JSONScanner(bytes, range)
    var order: [String] = []
    var spans: [String: [Span]] = [:]
    try scanner.members { key, scanner in
      guard key == "resourceSpans" else {
        _ = try scanner.skipValue()
        return
      }
      try scanner.elements { scanner in
        var service = ""
        var found: [Span] = []
        try scanner.members { key, scanner in
          switch key {
          case "resource":
            try scanner.members { key, scanner in
              if key == "attributes" {
                service = try attributes(&scanner)["service.name"] ?? service
              } else {
                _ = try scanner.skipValue()
              }
            }
          case "scopeSpans", "instrumentationLibrarySpans":
            try scanner.elements { scanner in
              try scanner.members { key, scanner in
                if key == "spans" {
                  try scanner.elements { found.append(try span(&$0)) }
                } else {
                  _ = try scanner.skipValue()
                }
              }
            }
          default: _ = try scanner.skipValue()
          }
        }
        for span in found {
          var span = span
          span.service = service
          if spans[span.trace] == nil { order.append(span.trace) }
          spans[span.trace, default: []].append(span)
        }
      }
    }
    return order.map { spans[$0] ?? [] }
  }

  private func span(_ scanner: inout JSONScanner) throws -> Span {
    var span = Span()
    try scanner.members { key, scanner in
      switch key {
      case "traceId": span.trace = try text(&scanner)
      case "spanId": span.id = try text(&scanner)
      case "parentSpanId": span.parent = try text(&scanner)
      case "name": span.name = try text(&scanner)
      case "kind":
        let value = try text(&scanner)
        let names = ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"]
        span.kind =
          Int(value).flatMap { names.indices.contains($0) ? names[$0] : nil }
          ?? value.replacing("SPAN_KIND_", with: "")
      case "startTimeUnixNano": span.start = Double(try text(&scanner)) ?? 0
      case "endTimeUnixNano": span.end = Double(try text(&scanner)) ?? 0
      case "attributes": span.attributes = try attributes(&scanner)
      case "status":
        try scanner.members { key, scanner in
          let value = try text(&scanner)
          guard key == "code" else { return }
          let names = ["0": "UNSET", "1": "OK", "2": "ERROR"]
          span.status = names[value] ?? value.replacing("STATUS_CODE_", with: "")
        }
      case "events":
        try scanner.elements { scanner in
          try scanner.members { key, scanner in
            if key == "attributes" {
              let attributes = try attributes(&scanner)
              span.exception = attributes["exception.type"] ?? span.exception
            } else {
              _ = try scanner.skipValue()
            }
          }
        }
      default: _ = try scanner.skipValue()
      }
    }
    return span
  }

  /// A string, or a number, true, false as they stand; other values are passed over.
  private func text(_ scanner: inout JSONScanner) throws -> String {
    if scanner.next == UInt8(ascii: "\"") {
      var bytes: [UInt8] = []
      try scanner.string(into: &bytes)
      return String(decoding: bytes, as: UTF8.self)
    }
    let isScalar = scanner.next != UInt8(ascii: "{") && scanner.next != UInt8(ascii: "[")
    let range = try scanner.skipValue()
    return isScalar
      ? String(decoding: UnsafeRawBufferPointer(rebasing: scanner.bytes[range]), as: UTF8.self) : ""
  }

  /// Attributes with values that are strings, numbers or truths.
  private func attributes(_ scanner: inout JSONScanner) throws -> [String: String] {
    var result: [String: String] = [:]
    try scanner.elements { scanner in
      var name = ""
      var value = ""
      try scanner.members { key, scanner in
        if key == "key" {
          name = try text(&scanner)
        } else if key == "value", scanner.next == UInt8(ascii: "{") {
          try scanner.members { _, scanner in value = try text(&scanner) }
        } else {
          _ = try scanner.skipValue()
        }
      }
      result[name] = value
    }
    return result
  }

  /// Parents before children, siblings by their start; a span whose parent is not there is a root.
  private static func ordered(_ spans: [Span]) -> [Span] {
    let numbers = Dictionary(
      spans.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { a, _ in a })
    var children: [Int: [Int]] = [:]
    for (index, span) in spans.enumerated() {
      children[numbers[span.parent].flatMap { $0 == index ? nil : $0 } ?? -1, default: []]
        .append(index)
    }
    var result: [Span] = []
    var seen = [Bool](repeating: false, count: spans.count)
    var stack: [Int] = []
    func push(_ parent: Int) {
      let found = (children[parent] ?? []).sorted {
        (spans[$0].start, $0) < (spans[$1].start, $1)
      }
      stack += found.reversed()
    }
    push(-1)
    while let index = stack.popLast() {
      if seen[index] { continue }
      seen[index] = true
      result.append(spans[index])
      push(index)
    }
    // Spans that are each other's ancestors have no root; they follow as they came.
    for index in spans.indices where !seen[index] { result.append(spans[index]) }
    return result
  }

  private func record(of spans: [Span], _ place: Provenance) -> Record {
    let numbers = Dictionary(
      spans.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { a, _ in a })
    var depths = [Int](repeating: 0, count: spans.count)
    var children = [Int](repeating: 0, count: spans.count)
    var failed = children
    let parents = spans.enumerated().map { index, span in
      numbers[span.parent].flatMap { $0 < index ? $0 : nil }
    }
    for (index, parent) in parents.enumerated() {
      guard let parent else { continue }
      depths[index] = depths[parent] + 1
      children[parent] += 1
      if spans[index].status == "ERROR" { failed[parent] += 1 }
    }
    var record = Record(source: [], count: spans.count, layers: [], provenance: place)
    func set(_ name: String, _ value: (Int) -> String) {
      record.setText(name, to: spans.indices.map { record.append(Array(value($0).utf8)) })
    }
    func attribute(_ names: String...) -> (Int) -> String {
      { index in names.lazy.compactMap { spans[index].attributes[$0] }.first ?? "" }
    }
    set("form") { spans[$0].name }
    set("trace") { spans[$0].trace }
    set("span") { spans[$0].id }
    set("parent") { spans[$0].parent }
    set("service") { spans[$0].service }
    set("kind") { spans[$0].kind }
    set("status") { spans[$0].status }
    set("http", attribute("http.response.status_code", "http.status_code"))
    set("rpc", attribute("rpc.grpc.status_code", "rpc.response.status_code"))
    set("system", attribute("db.system.name", "db.system", "messaging.system", "rpc.system"))
    set("exception") { index in
      spans[index].exception.isEmpty
        ? spans[index].attributes["error.type"] ?? "" : spans[index].exception
    }
    set("duration") { Self.number(spans[$0].duration) }
    set("share") { index in
      guard let parent = parents[index], spans[parent].duration > 0 else { return "1" }
      return Self.number(spans[index].duration / spans[parent].duration)
    }
    set("depth") { String(depths[$0]) }
    set("children") { String(children[$0]) }
    set("failedChildren") { String(failed[$0]) }
    set("parentStatus") { index in parents[index].map { spans[$0].status } ?? "" }
    set("parentService") { index in parents[index].map { spans[$0].service } ?? "" }
    for layer in written where spans.contains(where: { $0.attributes["seqkit." + layer] != nil }) {
      set(layer, attribute("seqkit." + layer))
    }
    return record
  }

  /// Three decimals.
  private static func number(_ value: Double) -> String {
    let scaled = Int((min(value, 1e12) * 1000).rounded())
    let fraction = String(scaled % 1000)
    return "\(scaled / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
  }

  // MARK: - Writing

  /// Appends a line: `{"traceId":…,"spans":[{"spanId":…,"service":…,"name":…,LABELS}],"rootCause":{…}}`.
  ///
  /// The root cause is the span that is labelled with a failure and calls nothing that is; of several,
  /// the deepest, then the first. There is none in a trace without a failure.
  public func encode(_ record: borrowing Record, into output: inout [UInt8]) throws {
    guard record.count > 0 else { return }
    let names = ["span", "service", "form"]
    let columns = names.compactMap { record.ranges($0) }
    guard columns.count == names.count else {
      throw FormatError.missingLayer(at: Place(record.provenance), format: name, layer: "span")
    }
    let labels = written.filter { record.layerIndex($0) != nil }
    func append(_ key: String, _ value: String) {
      output.appendJSON(key.utf8)
      output.append(UInt8(ascii: ":"))
      if key.hasSuffix(JSONLines.numberSuffix) {
        output += value.utf8
      } else {
        output.appendJSON(value.utf8)
      }
    }
    let values = (names + labels).map { record.strings($0) ?? [] }
    output.append(UInt8(ascii: "{"))
    append("traceId", record.strings("trace")?.first ?? "")
    output += ",\"spans\":[".utf8
    for position in 0..<record.count {
      output += (position == 0 ? "{" : ",{").utf8
      for (index, key) in (["spanId", "service", "name"] + labels).enumerated() {
        if index > 0 { output.append(UInt8(ascii: ",")) }
        append(key, values[index][position])
      }
      output.append(UInt8(ascii: "}"))
    }
    output.append(UInt8(ascii: "]"))
    if summarizes, let layer = labels.first, let cause = Self.rootCause(record, layer) {
      output += ",\"rootCause\":{".utf8
      for (index, key) in ["spanId", "service", "name", layer].enumerated() {
        if index > 0 { output.append(UInt8(ascii: ",")) }
        append(key, values[index][cause])
      }
      output += ",\"affects\":\(Self.affected(record, layer, by: cause))}".utf8
    }
    output += "}\n".utf8
  }

  /// The label of a span that did not fail.
  public static let sound = "ok"

  /// The position of the failed span that no failed call of its own explains.
  static func rootCause(_ record: borrowing Record, _ layer: String) -> Int? {
    guard let labels = record.strings(layer), let ids = record.strings("span"),
      let parents = record.strings("parent"), let depths = record.strings("depth")
    else { return nil }
    let failed = labels.indices.filter { labels[$0] != sound }
    let explained = Set(failed.map { parents[$0] })
    let candidates = failed.filter { !explained.contains(ids[$0]) }
    return candidates.max {
      (Int(depths[$0]) ?? 0, -$0) < (Int(depths[$1]) ?? 0, -$1)
    }
  }

  /// How many failed spans are above the cause.
  private static func affected(_ record: borrowing Record, _ layer: String, by cause: Int) -> Int {
    guard let labels = record.strings(layer), let ids = record.strings("span"),
      let parents = record.strings("parent")
    else { return 0 }
    var count = 0
    var place = cause
    while let above = ids[..<place].firstIndex(of: parents[place]) {
      if labels[above] != sound { count += 1 }
      place = above
    }
    return count
  }
}
