internal import Glibc
internal import SeqFormats

/// Videos and other recordings with a label a frame, in the layout of MS-TCN's data sets: a list
/// `splits/NAME.bundle` of files, and a file of labels for each in `groundTruth`. Predictions are a
/// folder of such files; MS-TCN's own (a heading, then all labels on a line) are read too, and tables
/// of probabilities (`NAME.tsv`: frame, label, a column a label).
struct FrameItems: ItemFiles {
  func items(of path: String, names: inout NameTable, wanted: [String]?) throws -> [TestItem] {
    let (folder, files) = try Self.listing(path, wanted: wanted)
    return try files.map { file in
      let table = "\(folder)/\(file).tsv"
      if access(table, R_OK) == 0 { return try Self.tagged(table, name: file, names: &names) }
      let labelPath = try Self.labelFile(file, in: folder)
      let text = String(decoding: try ByteSource(path: labelPath).readAll(), as: UTF8.self)
      let labels = text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("###") }
        .flatMap { $0.split(separator: " ") }
      return TestItem(name: file, line: 0, labels: labels.map { names.number(of: String($0)) })
    }
  }

  /// The labels of a recording and the probability of each.
  private static func tagged(
    _ path: String, name: String, names: inout NameTable
  ) throws -> TestItem {
    var lines = LineReader(try ByteSource(path: path))
    var item = TestItem(name: name, line: 0)
    var confidences: [Float] = []
    var columns: [String] = []
    while let line = try lines.next() {
      let fields = String(decoding: line, as: UTF8.self).split(
        separator: "\t", omittingEmptySubsequences: false)
      if columns.isEmpty {
        columns = fields.map(String.init)
        continue
      }
      guard fields.count == columns.count, fields.count > 2,
        let column = columns.dropFirst(2).firstIndex(of: String(fields[1])),
        let confidence = Float(fields[column])
      else {
        throw ReportError.data(
          path: path, line: lines.line,
          problem: "expected a frame, its label and the probability of each label of the heading")
      }
      item.labels.append(names.number(of: columns[column]))
      confidences.append(confidence)
    }
    item.confidences = confidences
    return item
  }

  /// The folder of labels, and the names of the recordings without their endings.
  static func listing(_ path: String, wanted: [String]?) throws -> (String, [String]) {
    if path.hasSuffix(".bundle") {
      let text = String(decoding: try ByteSource(path: path).readAll(), as: UTF8.self)
      let files = text.split(whereSeparator: \.isWhitespace).map { stem(String($0)) }
      return (root(ofBundle: path) + "/groundTruth", files)
    }
    if let wanted { return (path, wanted) }
    guard let folder = opendir(path) else {
      throw ReportError.data(path: path, line: 0, problem: "no folder or list of frames")
    }
    defer { closedir(folder) }
    var files: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name.hasSuffix(".txt") { files.append(stem(name)) }
    }
    return (path, files.sorted())
  }

  /// The data set's folder: that which holds the folder of the list.
  static func root(ofBundle path: String) -> String {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
    return parts.isEmpty ? "." : parts.joined(separator: "/")
  }

  private static func stem(_ name: String) -> String {
    name.hasSuffix(".txt") ? String(name.dropLast(4)) : name
  }

  private static func labelFile(_ name: String, in folder: String) throws -> String {
    for candidate in ["\(folder)/\(name).txt", "\(folder)/\(name)"]
    where access(candidate, R_OK) == 0 {
      return candidate
    }
    throw ReportError.data(
      path: "\(folder)/\(name).txt", line: 0, problem: "no such file of labels")
  }

  func writeBlind(_ path: String, to output: String, layers: [String], limit: Int?) throws {
    let (_, files) = try Self.listing(path, wanted: nil)
    let sink = try ByteSink(path: output)
    for file in files.prefix(limit ?? .max) { try sink.write(Array((file + ".txt\n").utf8)) }
    try sink.finish()
  }

  /// Beside the data set's folders, as training wants it.
  func place(of name: String, in folder: String) -> String { "\(folder)/splits/\(name)" }

  /// Writes a list of some of the recordings, and links to the rest of the data set beside it.
  func writeSubset(_ path: String, to output: String, chosen: [Int]) throws {
    let (_, files) = try Self.listing(path, wanted: nil)
    let (root, copy) = (Self.root(ofBundle: path), Self.root(ofBundle: output))
    try CellStore.makeFolder(copy + "/splits")
    for part in ["features", "groundTruth", "timestamps", "mapping.txt"]
    where access("\(root)/\(part)", R_OK) == 0 && access("\(copy)/\(part)", F_OK) != 0 {
      guard symlink("\(root)/\(part)", "\(copy)/\(part)") == 0 else {
        throw ReportError.data(
          path: "\(copy)/\(part)", line: 0, problem: String(cString: strerror(errno)))
      }
    }
    let sink = try ByteSink(path: output)
    for index in chosen where index < files.count {
      try sink.write(Array((files[index] + ".txt\n").utf8))
    }
    try sink.finish()
  }
}

extension FrameItems {
  /// Whether a path is that of a regular file.
  static func isFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }
}
