internal import CXXHash
internal import Glibc
internal import SeqFormats

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
    guard let state = XXH3_createState() else { fatalError("No memory is left for a checksum.") }
    defer { XXH3_freeState(state) }
    XXH3_64bits_reset(state)
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    var bytes = 0
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      if count == 0 { break }
      XXH3_64bits_update(state, buffer, count)
      bytes += count
    }
    return (hexadecimal(XXH3_64bits_digest(state)), bytes)
  }

  /// The checksum of text.
  static func of(text: String) -> String {
    let bytes = Array(text.utf8)
    return hexadecimal(XXH3_64bits(bytes, bytes.count))
  }

  /// A file of the report.
  static func file(_ role: String, _ path: String) throws -> Report.File {
    let (xxh3, bytes) = try of(path)
    return Report.File(role: role, path: path, bytes: bytes, xxh3: xxh3)
  }

  private static func hexadecimal(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
