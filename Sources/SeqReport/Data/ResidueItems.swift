internal import SeqCore
internal import SeqFormats

/// Proteins or nucleic acids with a label a residue, as FASTA entries of three lines: the name behind
/// `>`, the residues, the labels; or as a table (`NAME.tsv`) with a row a residue.
struct ResidueItems: ItemFiles {
  func items(of path: String, names: inout NameTable, wanted: [String]?) throws -> [TestItem] {
    if path.hasSuffix(".tsv") { return try tagged(path, names: &names) }
    return try entries(of: path, hasLabels: true).map { entry in
      TestItem(
        name: entry.name, line: entry.line,
        tokens: entry.residues.map { String(UnicodeScalar($0)) },
        labels: entry.labels.map { names.number(of: String(UnicodeScalar($0))) })
    }
  }

  /// The records of a table with a row a residue, and the probability of each label if it has any.
  private func tagged(_ path: String, names: inout NameTable) throws -> [TestItem] {
    var reader = ResidueTableReader(try ByteSource(path: path))
    var items: [TestItem] = []
    while let record = try reader.next() {
      let columns = reader.probabilityLabels
      items.append(
        TestItem(
          name: record.name, line: record.header.lineNumber,
          tokens: record.letters.map { String(UnicodeScalar($0)) },
          labels: record.labels.map { names.number(of: String(UnicodeScalar($0))) },
          confidences: record.probabilities.map { matrix in
            record.labels.enumerated().map { position, label in
              columns.firstIndex(of: label).map { matrix[position, $0] } ?? .nan
            }
          }))
    }
    return items
  }

  func writeBlind(_ path: String, to output: String, layers: [String], limit: Int?) throws {
    let sink = try ByteSink(path: output)
    for entry in try entries(of: path, hasLabels: true).prefix(limit ?? .max) {
      try sink.write(Array(">\(entry.header)\n".utf8) + entry.residues + [0x0A])
    }
    try sink.finish()
  }

  func writeSubset(_ path: String, to output: String, chosen: [Int]) throws {
    let sink = try ByteSink(path: output)
    let entries = try entries(of: path, hasLabels: true)
    for index in chosen where index < entries.count {
      let entry = entries[index]
      try sink.write(
        Array(">\(entry.header)\n".utf8) + entry.residues + [0x0A] + entry.labels + [0x0A])
    }
    try sink.finish()
  }

  private struct Entry {
    var header: String
    var line: Int
    var residues: [UInt8]
    var labels: [UInt8]
    /// The header's first word.
    var name: String { header.split(separator: " ").first.map(String.init) ?? header }
  }

  private func entries(of path: String, hasLabels: Bool) throws -> [Entry] {
    let bytes = try ByteSource(path: path).readAll()
    var entries: [Entry] = []
    var number = 0
    for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
      number += 1
      let line = line.last == 0x0D ? line.dropLast() : line
      if line.first == UInt8(ascii: ">") {
        entries.append(
          Entry(
            header: String(decoding: line.dropFirst(), as: UTF8.self), line: number, residues: [],
            labels: []))
      } else if line.isEmpty {
        continue
      } else if entries.isEmpty {
        throw ReportError.data(path: path, line: number, problem: "expected > and a name")
      } else if entries[entries.count - 1].residues.isEmpty {
        entries[entries.count - 1].residues = Array(line)
      } else if entries[entries.count - 1].labels.isEmpty {
        entries[entries.count - 1].labels = Array(line)
      } else {
        throw ReportError.data(
          path: path, line: number,
          problem: "a fourth line of an entry; expected a name, residues and labels")
      }
    }
    for entry in entries where entry.labels.count != entry.residues.count {
      throw ReportError.data(
        path: path, line: entry.line,
        problem: "\(entry.name) has \(entry.residues.count) residues and \(entry.labels.count) "
          + "labels; expected as many, on two lines")
    }
    if entries.isEmpty { throw ReportError.nothingToScore(path: path, layer: "labels") }
    return entries
  }
}
