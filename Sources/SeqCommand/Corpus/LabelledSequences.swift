internal import ArgumentParser
internal import FoundationEssentials
internal import Glibc
internal import SeqCore
internal import SeqKit

/// Residues and frames with their labels as records, for what is done alike with the data of every
/// pack: a layer `form` of letters (or of the recording's name), and a layer `label`.
enum LabelledSequences {
  /// The layer of labels.
  static let layer = "label"

  /// What a path holds, by its looks: frames in a folder, residues behind a `>`. What can be read only
  /// once is taken for text.
  static func material(of path: String) throws -> PackMaterial {
    if isFolder(path) { return .frames }
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return .words }
    let head = try ByteSource(path: path).peek(1)
    return head.first == UInt8(ascii: ">") ? .residues : .words
  }

  /// The record of labelled residues, at the line of its header.
  static func record(_ residues: LabeledResidues, of path: String) -> Record {
    let count = residues.letters.count
    func layer(_ name: String, from start: Int) -> Layer {
      Layer(name: name, values: .text((start..<start + count).map { ByteRange($0, $0 + 1) }))
    }
    return Record(
      source: residues.letters + residues.labels, count: count,
      layers: [layer("form", from: 0), layer(Self.layer, from: count)],
      provenance: Provenance(source: path, line: residues.header.lineNumber))
  }

  /// The record of a recording's labels, one a frame.
  ///
  /// - Parameter line: of `path`, on which the recording is named; 1 if the file is its own.
  static func record(
    ofFrames labels: [String], name: String, of path: String, line: Int = 1
  ) -> Record {
    var record = Record(
      source: [], count: labels.count, layers: [],
      provenance: Provenance(source: path, line: line))
    let form = record.append(Array(name.utf8))
    var known: [String: ByteRange] = [:]
    let ranges = labels.map { label in
      if let range = known[label] { return range }
      let range = record.append(Array(label.utf8))
      known[label] = range
      return range
    }
    record.setText("form", to: Array(repeating: form, count: labels.count))
    record.setText(Self.layer, to: ranges)
    return record
  }

  /// The records of a folder of labels, `NAME.txt` with a label a line, or of a data set's `groundTruth`,
  /// by name; predictions as MS-TCN writes them (a heading, then all labels on a line) are read too.
  ///
  /// - Throws: what reading throws; `ValidationError` for a folder without such a file.
  static func frames(inFolder path: String) throws -> [Record] {
    let folder = isFolder(path + "/groundTruth") ? path + "/groundTruth" : path
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
      $0.hasSuffix(".txt")
    }.sorted()
    guard !names.isEmpty else {
      throw ValidationError("\(folder) has no file NAME.txt with a label a frame.")
    }
    return try names.map { name in
      let path = "\(folder)/\(name)"
      let text = String(decoding: try ByteSource(path: path).readAll(), as: UTF8.self)
      let lines = text.split(whereSeparator: \.isNewline)
      let labels =
        lines.first?.hasPrefix("###") == true
        ? lines.dropFirst().flatMap { $0.split(separator: " ") } : lines
      return record(ofFrames: labels.map(String.init), name: String(name.dropLast(4)), of: path)
    }
  }
}
