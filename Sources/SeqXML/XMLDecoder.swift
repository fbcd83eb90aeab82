/// Reads bytes in any supported encoding and hands them on as UTF-8, with a map of offsets.
///
/// UTF-8 is passed through as it is (the parser checks it). UTF-16 and the encodings of one byte a
/// character in ``ByteEncodings`` are decoded here, because only then can an offset be
/// led back exactly.
final class XMLDecoder {
  private enum Kind {
    case utf8
    case utf16(bigEndian: Bool)
    case table([UInt32])
  }

  private let readMore: (UnsafeMutableRawBufferPointer) throws -> Int
  private let source: String
  private var kind = Kind.utf8
  /// Original bytes that are read and not yet handed on.
  private var waiting: [UInt8] = []
  private var atEnd = false
  /// Offsets behind what was handed on.
  private var decodedOffset = 0
  private var originalOffset = 0

  /// From the decoded to the original bytes.
  private(set) var map = OffsetMap(shift: 0)
  /// The encoding that is read.
  private(set) var encoding = "UTF-8"
  /// A character that is not in the encoding: where, and its byte.
  private(set) var fault: (decoded: Int, original: Int, byte: UInt8)?

  init(
    source: String, encoding: String?,
    read: @escaping (UnsafeMutableRawBufferPointer) throws -> Int
  ) throws {
    self.source = source
    readMore = read
    while waiting.count < 1024, !atEnd { try fill(1024) }
    if waiting.isEmpty { throw XMLError.empty(source: source) }
    try choose(encoding)
  }

  private func fill(_ count: Int) throws {
    let start = waiting.count
    waiting.append(contentsOf: repeatElement(0, count: count))
    let read = try waiting.withUnsafeMutableBytes {
      try readMore(UnsafeMutableRawBufferPointer(rebasing: $0[start...]))
    }
    waiting.removeLast(count - read)
    if read == 0 { atEnd = true }
  }

  /// Finds the encoding: a byte-order mark, the name given, the shape of `<`, the declaration.
  private func choose(_ given: String?) throws {
    let head = waiting.prefix(4)
    if head.starts(with: [0xEF, 0xBB, 0xBF]) {
      waiting.removeFirst(3)
      originalOffset = 3
      map = OffsetMap(shift: 3)
      return
    }
    if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) {
      use(utf16: head[0] == 0xFE)
      waiting.removeFirst(2)
      originalOffset = 2
      return
    }
    if given == nil, head.starts(with: [0x3C, 0]) || head.starts(with: [0, 0x3C]) {
      use(utf16: head[0] == 0)
      return
    }
    guard let name = given ?? declared() else { return }
    switch name.uppercased() {
    case "UTF-8", "UTF8", "US-ASCII", "ASCII": return
    case "UTF-16LE": use(utf16: false)
    case "UTF-16BE": use(utf16: true)
    case "UTF-16":
      // Declared in bytes that are ASCII: the declaration is wrong, and the bytes tell.
      if given != nil { use(utf16: false) }
    default:
      guard let table = ByteEncodings.table(of: name) else {
        throw XMLError.unknownEncoding(source: source, name: name)
      }
      use(table: table, name)
    }
  }

  private func use(utf16 bigEndian: Bool) {
    kind = .utf16(bigEndian: bigEndian)
    encoding = "UTF-16"
  }

  private func use(table: [UInt32], _ name: String) {
    kind = .table(table)
    encoding = name
  }

  /// The name in the XML declaration.
  private func declared() -> String? {
    guard waiting.starts(with: "<?xml".utf8) else { return nil }
    let text = String(decoding: waiting.prefix { $0 != UInt8(ascii: ">") }, as: UTF8.self)
    let parts = text.split(whereSeparator: { $0 == "\"" || $0 == "'" })
    guard
      let index = parts.firstIndex(where: { part in
        var part = part
        while part.last?.isWhitespace == true { part.removeLast() }
        guard part.last == "=" else { return false }
        part.removeLast()
        while part.last?.isWhitespace == true { part.removeLast() }
        return part.hasSuffix("encoding")
      }), index + 1 < parts.count
    else { return nil }
    return String(parts[index + 1])
  }

  /// Fills `buffer`, of at least 8 bytes, with UTF-8.
  ///
  /// - Returns: the number of bytes; 0 at the end, and where ``fault`` is set.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    if case .utf8 = kind {
      if !waiting.isEmpty {
        let count = min(waiting.count, buffer.count)
        buffer.copyBytes(from: waiting[..<count])
        waiting.removeFirst(count)
        return count
      }
      return try readMore(buffer)
    }
    if fault != nil { return 0 }
    var made = 0
    while made + 4 <= buffer.count {
      if waiting.count < 4, !atEnd { try fill(1 << 14) }
      if waiting.isEmpty { break }
      let count = decode(into: buffer, &made)
      if count == 0 { break }
      waiting.removeFirst(count)
    }
    return made
  }

  /// Decodes what waits.
  ///
  /// - Returns: the number of original bytes that are done with.
  private func decode(into buffer: UnsafeMutableRawBufferPointer, _ made: inout Int) -> Int {
    var done = 0
    while done < waiting.count, made + 4 <= buffer.count {
      var scalar: UInt32
      var length = 1
      switch kind {
      case .utf8: return 0
      case .table(let table): scalar = table[Int(waiting[done])]
      case .utf16(let bigEndian):
        length = 2
        guard let unit = unit(at: done, bigEndian) else {
          if atEnd { fail(done) }
          return done
        }
        scalar = UInt32(unit)
        if unit & 0xFC00 == 0xD800 {
          guard let low = self.unit(at: done + 2, bigEndian) else {
            if atEnd { fail(done) }
            return done
          }
          length = 4
          scalar =
            low & 0xFC00 == 0xDC00
            ? 0x10000 + (UInt32(unit & 0x3FF) << 10 | UInt32(low & 0x3FF)) : .max
        } else if unit & 0xFC00 == 0xDC00 {
          scalar = .max
        }
      }
      guard let unicode = Unicode.Scalar(scalar) else {
        fail(done)
        return done
      }
      let start = made
      for byte in UTF8.encode(unicode)! {
        buffer[made] = byte
        made += 1
      }
      map.append(
        decoded: decodedOffset, original: originalOffset, decodedLength: made - start,
        originalLength: length)
      decodedOffset += made - start
      originalOffset += length
      done += length
    }
    return done
  }

  private func unit(at index: Int, _ bigEndian: Bool) -> UInt16? {
    guard index + 1 < waiting.count else { return nil }
    let (a, b) = (UInt16(waiting[index]), UInt16(waiting[index + 1]))
    return bigEndian ? a << 8 | b : b << 8 | a
  }

  private func fail(_ index: Int) {
    fault = (decodedOffset, originalOffset, waiting[index])
    atEnd = true
  }

  /// The difference of offsets in UTF-8, which does not change; `nil` in other encodings.
  var shift: Int? {
    if case .utf8 = kind { return map.original(0) }
    return nil
  }

  /// Forgets the map before a decoded offset.
  func forget(before decoded: Int) { map.forget(before: decoded) }
}
