internal import Glibc
internal import SeqCore
internal import SeqModel

/// Checksums of files: XXH3 (64 bit), as `xxhsum -H3` prints it.
enum FileChecksum {
  /// The checksum in hexadecimal, and the number of bytes.
  ///
  /// - Throws: `FormatError` if the file cannot be read.
  static func of(_ path: String) throws -> (xxh3: String, bytes: Int) {
    guard let file = fopen(path, "rb") else {
      throw ReportError.data(path: path, line: 0, problem: String(cString: strerror(errno)))
    }
    defer { fclose(file) }
    var checksum = StreamedChecksum()
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    var bytes = 0
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      if count == 0 { break }
      buffer.withUnsafeBytes { checksum.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
      bytes += count
    }
    return (hexadecimal(checksum.value), bytes)
  }

  /// The checksum of text.
  static func of(text: String) -> String {
    var checksum = StreamedChecksum()
    Array(text.utf8).withUnsafeBytes { checksum.update($0) }
    return hexadecimal(checksum.value)
  }

  /// A file of the report.
  static func file(_ role: String, _ path: String) throws -> Report.File {
    let (xxh3, bytes) = try of(path)
    return Report.File(role: role, path: path, bytes: bytes, xxh3: xxh3)
  }
}
