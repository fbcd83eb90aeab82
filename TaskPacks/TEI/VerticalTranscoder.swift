internal import SeqFormats

/// Turns a vertical file into XML while it is read: a line of columns becomes a `w` whose attributes
/// are the columns, a line with a tag stays. Lines stay lines, so places in messages have the right
/// line.
///
/// `&` and `<` in columns are taken as references and tags only where they are written as such.
final class VerticalTranscoder {
  private let source: ByteSource
  private let columns: [String]
  private var input: [UInt8] = []
  private var output: [UInt8] = []
  private var done = 0
  private var atEnd = false
  private var isFirstLine = true

  /// - Parameter columns: the form first; `_` passes over a column.
  init(_ source: ByteSource, columns: [String]) {
    self.source = source
    self.columns = columns
  }

  /// Fills a buffer; 0 is the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    while done == output.count {
      if atEnd { return 0 }
      output.removeAll(keepingCapacity: true)
      done = 0
      try convertMore()
    }
    let count = min(buffer.count, output.count - done)
    buffer.copyBytes(from: output[done..<(done + count)])
    done += count
    return count
  }

  private func convertMore() throws {
    let more = try [UInt8](unsafeUninitializedCapacity: 1 << 16) {
      $1 = try source.read(into: UnsafeMutableRawBufferPointer($0))
    }
    if more.isEmpty {
      convert(input[...], end: [])
      if isFirstLine { return atEnd = true }
      output += "</vertical>".utf8
      atEnd = true
      return
    }
    input += more
    guard let last = input.lastIndex(of: 0x0A) else { return }
    for line in input[..<last].split(separator: 0x0A, omittingEmptySubsequences: false) {
      convert(line, end: [0x0A])
    }
    input.removeFirst(last + 1)
  }

  private func convert(_ line: ArraySlice<UInt8>, end: [UInt8]) {
    var line = line
    if line.last == 0x0D { line.removeLast() }
    if isFirstLine, !line.isEmpty {
      if line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
      if line.starts(with: "<?xml".utf8) {
        output += line
        output += end
        return
      }
      output += "<vertical>".utf8
      isFirstLine = false
    }
    if isTag(line) {
      appendTag(line)
    } else if line.contains(where: { $0 > 0x20 }) {
      appendToken(line)
    }
    output += end
  }

  /// Whether a line is `<name …>`, `</name>`, `<!-- … -->` or the like, and not the token `<`.
  private func isTag(_ line: ArraySlice<UInt8>) -> Bool {
    guard line.first == UInt8(ascii: "<"), line.count > 2 else { return false }
    var trimmed = line
    while let last = trimmed.last, last <= 0x20 { trimmed.removeLast() }
    let next = line[line.startIndex + 1]
    return trimmed.last == UInt8(ascii: ">")
      && (next | 0x20 >= 0x61 && next | 0x20 <= 0x7A || next == UInt8(ascii: "/")
        || next == UInt8(ascii: "!") || next == UInt8(ascii: "_"))
  }

  private func appendTag(_ line: ArraySlice<UInt8>) {
    var quote: UInt8 = 0
    for (index, byte) in zip(line.indices, line) {
      if quote == 0 {
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") { quote = byte }
        output.append(byte)
      } else {
        if byte == quote { quote = 0 }
        if byte == UInt8(ascii: "<") {
          output += "&lt;".utf8
        } else if byte == UInt8(ascii: "&"), !isReference(line[index...]) {
          output += "&amp;".utf8
        } else {
          output.append(byte)
        }
      }
    }
  }

  private func appendToken(_ line: ArraySlice<UInt8>) {
    let fields = line.split(separator: 0x09, omittingEmptySubsequences: false)
    output += "<w".utf8
    for (name, field) in zip(columns, fields).dropFirst()
    where name != "_" && !field.isEmpty && !field.elementsEqual("_".utf8) {
      output.append(0x20)
      output += name.utf8
      output += "=\"".utf8
      append(field, quotes: true)
      output.append(UInt8(ascii: "\""))
    }
    output.append(UInt8(ascii: ">"))
    append(fields[0], quotes: false)
    output += "</w>".utf8
  }

  private func append(_ field: ArraySlice<UInt8>, quotes: Bool) {
    for (index, byte) in zip(field.indices, field) {
      switch byte {
      case UInt8(ascii: "<"): output += "&lt;".utf8
      case UInt8(ascii: ">"): output += "&gt;".utf8
      case UInt8(ascii: "\"") where quotes: output += "&quot;".utf8
      case UInt8(ascii: "&") where !isReference(field[index...]): output += "&amp;".utf8
      default: output.append(byte)
      }
    }
  }

  /// Whether bytes begin with `&name;` of XML's own names or a number.
  private func isReference(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard let end = bytes.prefix(10).firstIndex(of: UInt8(ascii: ";")) else { return false }
    let name = String(decoding: bytes[(bytes.startIndex + 1)..<end], as: UTF8.self)
    if ["amp", "lt", "gt", "quot", "apos"].contains(name) { return true }
    guard name.hasPrefix("#"), name.count > 1 else { return false }
    let isHexadecimal = name.dropFirst().hasPrefix("x")
    return UInt32(name.dropFirst(isHexadecimal ? 2 : 1), radix: isHexadecimal ? 16 : 10) != nil
  }
}
