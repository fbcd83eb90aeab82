internal import Glibc
internal import SeqFormats

/// Videos and other recordings with a label a frame, in the layout of MS-TCN's data sets: a list
/// `splits/NAME.bundle` of files, and a file of labels for each in `groundTruth`. Predictions are a
/// folder of such files; MS-TCN's own (a heading, then all labels on a line) are read too.
struct FrameItems: ItemFiles {
  func items(of path: String, names: inout NameTable, wanted: [String]?) throws -> [TestItem] {
    let (folder, files) = try Self.listing(path, wanted: wanted)
    return try files.map { file in
      let labelPath = try Self.labelFile(file, in: folder)
      let text = String(decoding: try ByteSource(path: labelPath).readAll(), as: UTF8.self)
      let labels = text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("###") }
        .flatMap { $0.split(separator: " ") }
      return TestItem(name: file, line: 0, labels: labels.map { names.number(of: String($0)) })
    }
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

  func writeSubset(_ path: String, to output: String, chosen: [Int]) throws {
    let (_, files) = try Self.listing(path, wanted: nil)
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
