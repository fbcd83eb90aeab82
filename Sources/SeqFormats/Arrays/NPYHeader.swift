/// The header of a NumPy array file, versions 1 to 3 (NEP 1,
/// <https://numpy.org/neps/nep-0001-npy-format.html>): a Python dictionary with the keys `descr`,
/// `fortran_order` and `shape`.
struct NPYHeader {
  var descr = ""
  var isFortranOrder = false
  var shape: [Int] = []
  /// The number of bytes before the first element.
  var byteCount = 0

  init(_ bytes: UnsafeRawBufferPointer, path: String) throws(ArrayError) {
    guard bytes.count >= 10, bytes.prefix(6).elementsEqual([0x93] + Array("NUMPY".utf8)) else {
      throw .notNPY(path: path)
    }
    let version = bytes[6]
    guard (1...3).contains(version) else {
      throw .header(path: path, problem: "its version is \(version), and known are 1, 2 and 3")
    }
    let lengthBytes = version == 1 ? 2 : 4
    guard bytes.count >= 8 + lengthBytes else {
      throw .header(path: path, problem: "it ends within its length")
    }
    let length = (0..<lengthBytes).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
    byteCount = 8 + lengthBytes + length
    guard byteCount <= bytes.count else {
      throw .header(path: path, problem: "it declares \(length) bytes, and the file ends before")
    }
    var parser = Parser(
      bytes: Array(UnsafeRawBufferPointer(rebasing: bytes[8 + lengthBytes..<byteCount])), path: path
    )
    try parser.dictionary(into: &self)
  }

  /// A parser of the dictionary, which has strings, numbers, truth values and tuples of numbers.
  private struct Parser {
    let bytes: [UInt8]
    let path: String
    var at = 0

    mutating func dictionary(into header: inout NPYHeader) throws(ArrayError) {
      var keys: Set<String> = []
      try expect("{")
      while peek() != UInt8(ascii: "}") {
        let key = try string()
        try expect(":")
        guard keys.insert(key).inserted else { throw problem("‘\(key)’ stands twice") }
        switch key {
        case "descr":
          guard peek() == UInt8(ascii: "'") || peek() == UInt8(ascii: "\"") else {
            throw .element(path: path, found: "of several parts")
          }
          header.descr = try string()
        case "fortran_order": header.isFortranOrder = try truth()
        case "shape": header.shape = try tuple()
        default: throw problem("‘\(key)’ is not known")
        }
        if peek() == UInt8(ascii: ",") { at += 1 } else { break }
      }
      try expect("}")
      guard keys.count == 3 else {
        let missing = ["descr", "fortran_order", "shape"].filter { !keys.contains($0) }
        throw problem("‘\(missing[0])’ is missing")
      }
      guard peek() == nil else { throw problem("something follows the dictionary") }
    }

    private mutating func string() throws(ArrayError) -> String {
      let quote = peek()
      guard quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
        throw problem("a name in quotes is expected at byte \(at)")
      }
      let start = at + 1
      guard let end = bytes[start...].firstIndex(of: quote!) else {
        throw problem("a name does not end")
      }
      at = end + 1
      return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    private mutating func truth() throws(ArrayError) -> Bool {
      skipSpace()
      for (word, value) in [("True", true), ("False", false)]
      where bytes[at...].starts(with: word.utf8) {
        at += word.utf8.count
        return value
      }
      throw problem("fortran_order is neither True nor False")
    }

    private mutating func tuple() throws(ArrayError) -> [Int] {
      var values: [Int] = []
      try expect("(")
      while let byte = peek(), byte &- 0x30 < 10 {
        var value = 0
        while at < bytes.count, bytes[at] &- 0x30 < 10 {
          let (product, overflows) = value.multipliedReportingOverflow(by: 10)
          guard !overflows, product <= .max - 9 else { throw problem("a length is too large") }
          value = product + Int(bytes[at] &- 0x30)
          at += 1
        }
        // Python 2 wrote long numbers so.
        if at < bytes.count, bytes[at] == UInt8(ascii: "L") { at += 1 }
        values.append(value)
        if peek() == UInt8(ascii: ",") { at += 1 } else { break }
      }
      try expect(")")
      return values
    }

    private mutating func skipSpace() {
      while at < bytes.count, bytes[at] == 0x20 || (0x09...0x0D).contains(bytes[at]) { at += 1 }
    }

    private mutating func peek() -> UInt8? {
      skipSpace()
      return at < bytes.count ? bytes[at] : nil
    }

    private mutating func expect(_ character: Character) throws(ArrayError) {
      guard let byte = peek(), byte == character.asciiValue else {
        throw problem("‘\(character)’ is expected at byte \(at)")
      }
      at += 1
    }

    private func problem(_ text: String) -> ArrayError { .header(path: path, problem: text) }
  }
}
