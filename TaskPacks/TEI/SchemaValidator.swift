internal import Glibc
internal import SeqFormats

/// Validates documents against a schema by jing, and tells its findings as ours are told: with the place
/// where the element begins, and once for each cause.
public struct SchemaValidator: Sendable {
  /// The schema, RELAX NG in XML.
  public let schema: String
  /// The command.
  public let command: String

  /// Makes a validator.
  public init(schema: String, command: String = "jing") {
    self.schema = schema
    self.command = command
  }

  /// Validates a file.
  ///
  /// - Returns: the findings in the order of their first places.
  /// - Throws: `TEIError.validator` if the command is not there or fails otherwise;
  ///   `FormatError.cannotOpen` if the schema or the file is not there.
  public func validate(path: String) throws -> [TEIValidator.Problem] {
    _ = try ByteSource(path: schema)
    let bytes = try ByteSource(path: path).readAll()
    let (output, status) = try run(path)
    var causes: [(message: String, place: String, count: Int)] = []
    var numbers: [String: Int] = [:]
    for line in output.split(separator: "\n") {
      guard let finding = Finding(line) else { continue }
      if let number = numbers[finding.message] {
        causes[number].count += 1
        continue
      }
      let (row, column) = Self.start(of: finding, in: bytes)
      numbers[finding.message] = causes.count
      causes.append((finding.message, "\(path):\(row):\(column)", 1))
    }
    if causes.isEmpty, status != 0 {
      throw TEIError.validator(
        command,
        reason: status == 127
          ? "there is no such command on PATH"
          : "it ended with \(status): \(output.split(separator: "\n").first ?? "no message")")
    }
    return causes.map { cause in
      TEIValidator.Problem(
        description: "\(cause.place): error: \(cause.message)"
          + (cause.count > 1 ? " (\(cause.count) times)" : ""))
    }
  }

  /// A line of jing: `FILE:LINE:COLUMN: error: MESSAGE`, the column behind the start tag.
  private struct Finding {
    var line: Int
    var column: Int
    var message: String

    init?(_ text: Substring) {
      for level in [": error: ", ": fatal: ", ": warning: "] {
        guard let place = text.firstRange(of: level) else { continue }
        let parts = text[..<place.lowerBound].split(separator: ":")
        guard parts.count >= 3, let line = Int(parts[parts.count - 2]),
          let column = Int(parts[parts.count - 1])
        else { continue }
        (self.line, self.column) = (line, column)
        message = String(text[place.upperBound...])
        return
      }
      return nil
    }
  }

  /// The place of the `<` before a place, in lines and code points from 1.
  private static func start(of finding: Finding, in bytes: [UInt8]) -> (Int, Int) {
    var line = 1
    var index = 0
    while index < bytes.count, line < finding.line {
      if bytes[index] == 0x0A { line += 1 }
      index += 1
    }
    guard line == finding.line else { return (finding.line, finding.column) }
    var column = 1
    while index < bytes.count, column < finding.column, bytes[index] != 0x0A {
      index += 1
      while index < bytes.count, bytes[index] & 0xC0 == 0x80 { index += 1 }
      column += 1
    }
    var start = min(index, bytes.count) - 1
    while start >= 0, bytes[start] != UInt8(ascii: "<") { start -= 1 }
    guard start >= 0 else { return (finding.line, finding.column) }
    for byte in bytes[start..<max(start, min(index, bytes.count))] where byte == 0x0A { line -= 1 }
    let lineStart = bytes[..<start].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    return (line, 1 + bytes[lineStart..<start].count { $0 & 0xC0 != 0x80 })
  }

  /// Runs the command; both of its outputs are one.
  private func run(_ path: String) throws -> (output: String, status: Int32) {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else {
      throw TEIError.validator(command, reason: String(cString: strerror(errno)))
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
    posix_spawn_file_actions_addclose(&actions, ends[0])
    let words: [String] = [command, schema, path]
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
    arguments.append(nil)
    defer { for argument in arguments { free(argument) } }
    var child: pid_t = 0
    let result = posix_spawnp(&child, command, &actions, nil, arguments, environ)
    close(ends[1])
    defer { close(ends[0]) }
    guard result == 0 else {
      throw TEIError.validator(
        command,
        reason: result == ENOENT
          ? "there is no such command on PATH" : String(cString: strerror(result)))
    }
    var output: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(ends[0], &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      if count <= 0 { break }
      output += buffer[..<count]
    }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    let code = status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    return (String(decoding: output, as: UTF8.self), code)
  }
}
