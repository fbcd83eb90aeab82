internal import FoundationEssentials
internal import Glibc

/// Finds out what an external command is before it is trusted: names are taken by several programs
/// (Debian's `wapiti` is a web scanner, not the sequence labeller).
struct CommandIdentity {
  let launcher: String
  /// A folder for what probing writes.
  let scratch: String
  let folder: String

  /// What a command is.
  ///
  /// - Parameters:
  ///   - program: its first word.
  ///   - version: arguments that make it print its version; it is given half a minute.
  /// - Throws: `ReportError.process` if there is no such program.
  func probe(_ program: String, version: [String]) throws -> Report.Identity {
    guard let path = Self.find(program, folder: folder) else {
      throw ReportError.process(
        command: program, problem: "no such program on PATH or at this path")
    }
    return Report.Identity(
      path: path, file: Self.kind(of: path), package: package(of: path),
      version: version.isEmpty ? nil : firstLine([path] + version))
  }

  /// The file that a program's name means.
  static func find(_ program: String, folder: String) -> String? {
    if program.contains("/") {
      let path = program.hasPrefix("/") ? program : "\(folder)/\(program)"
      return access(path, X_OK) == 0 ? path : nil
    }
    let folders = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
    return folders.split(separator: ":").map { "\($0)/\(program)" }.first { access($0, X_OK) == 0 }
  }

  private static func kind(of path: String) -> String {
    guard let file = fopen(path, "rb") else { return "a file that cannot be read" }
    defer { fclose(file) }
    var head = [UInt8](repeating: 0, count: 256)
    let count = fread(&head, 1, head.count, file)
    head = Array(head.prefix(count))
    if head.starts(with: [0x7F, 0x45, 0x4C, 0x46]) { return "ELF program" }
    if head.starts(with: Array("#!".utf8)) {
      let line = head.dropFirst(2).prefix { $0 != 0x0A }
      return "script for \(String(decoding: line, as: UTF8.self))"
    }
    return "a file of no known kind"
  }

  /// The package of Debian that owns a file, with its version and summary.
  private func package(of path: String) -> String? {
    var paths = [path]
    if let real = realpath(path, nil) {
      paths.append(String(cString: real))
      free(real)
    }
    guard Self.find("dpkg-query", folder: folder) != nil else { return nil }
    for path in paths {
      guard let owner = firstLine(["dpkg-query", "-S", path]), let colon = owner.firstIndex(of: ":")
      else { continue }
      let name = String(owner[..<colon])
      let format = "${Package} ${Version}: ${binary:Summary}"
      return firstLine(["dpkg-query", "-W", "-f", format, name]) ?? name
    }
    return nil
  }

  /// The first line that a command prints, to either output; `nil` if it fails or says nothing.
  private func firstLine(_ words: [String]) -> String? {
    let output = scratch + "/probe.out"
    let errors = scratch + "/probe.err"
    defer {
      unlink(output)
      unlink(errors)
    }
    let process = MeasuredProcess(
      arguments: words, folder: folder, input: nil, output: output, errors: errors, timeout: 30)
    guard (try? process.run(launcher: launcher)) != nil else { return nil }
    for path in [output, errors] {
      let data = (try? Data(contentsOf: URL(filePath: path))) ?? Data()
      let lines = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
      if let line = lines.first { return String(line.prefix(200)) }
    }
    return nil
  }
}
