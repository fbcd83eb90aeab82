internal import ArgumentParser
internal import SeqCore
internal import SeqKit

/// `--layout`.
enum LabelLayout: String, ExpressibleByArgument, CaseIterable, Sendable {
  case auto, tsv
  case threeLine = "3line"
}

/// A file of labelled residues that was read: its records, and the labels that its probabilities are
/// of.
struct LabeledFile {
  var path: String
  var records: [LabeledResidues] = []
  var probabilityLabels: [UInt8] = []
  /// What the residues are.
  var kind: ResidueKind
  /// Illegal letters that were masked.
  var masked = 0

  /// No records yet.
  init(path: String, kind: ResidueKind) {
    self.path = path
    self.kind = kind
  }

  /// Reads a file of three lines a record, or of a row a residue.
  ///
  /// - Parameters:
  ///   - kind: what the residues are; `nil` to tell by the first of them.
  ///   - isKept: which records are wanted.
  /// - Throws: what reading throws.
  init(
    _ source: ByteSource, layout: LabelLayout = .auto, kind: ResidueKind? = nil,
    masksIllegal: Bool = false, keeping isKept: (LabeledResidues) -> Bool = { _ in true }
  ) throws {
    let head = try source.peek(64 << 10)
    let isTable =
      layout == .tsv
      || layout == .auto && head.first != UInt8(ascii: ">")
        && head.prefix { $0 != 10 }.contains(9)
    var options = LabeledResidueOptions()
    options.kind = kind ?? Self.kind(of: head, isTable: isTable)
    options.masksIllegal = masksIllegal
    self.init(path: source.name, kind: options.kind)
    if isTable {
      var reader = ResidueTableReader(source, options: options)
      while let record = try reader.next() { if isKept(record) { records.append(record) } }
      probabilityLabels = reader.probabilityLabels
      masked = reader.masked
    } else {
      var reader = ThreeLineReader(source, options: options)
      while let record = try reader.next() { if isKept(record) { records.append(record) } }
      masked = reader.masked
    }
  }

  /// What the residues are, by the sequences among the first bytes of a file.
  private static func kind(of head: [UInt8], isTable: Bool) -> ResidueKind {
    var counts = [Int](repeating: 0, count: 256)
    let lines = head.split(omittingEmptySubsequences: true) { $0 == 10 || $0 == 13 }
    if isTable {
      guard let names = lines.first?.split(separator: 9, omittingEmptySubsequences: false),
        let column = names.firstIndex(where: { Array($0) == Array("residue".utf8) })
      else { return .protein }
      for line in lines.dropFirst() {
        let fields = line.split(separator: 9, omittingEmptySubsequences: false)
        if column < fields.count, let letter = fields[column].first { counts[Int(letter)] += 1 }
      }
    } else {
      for (index, line) in lines.enumerated() where line.first == UInt8(ascii: ">") {
        if index + 1 < lines.count { for letter in lines[index + 1] { counts[Int(letter)] += 1 } }
      }
    }
    return counts.contains { $0 > 0 } ? ResidueKind.suggested(by: counts) : .protein
  }
}
