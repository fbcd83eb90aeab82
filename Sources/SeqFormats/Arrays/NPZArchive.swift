internal import CZlib
internal import SeqCore

/// The arrays of a NumPy archive (`.npz`): a ZIP file (APPNOTE 6.3.10,
/// <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>) of files `.npy`, stored as they are
/// or deflated. Archives and members of 4 GiB and more (ZIP64) are refused, with the way out.
public struct NPZArchive: Sendable {
  private struct Member: Sendable {
    var name: String
    var method: Int
    var size: Int
    var packedSize: Int
    var checksum: UInt32
    var header: Int
  }

  /// The archive's path.
  public let path: String
  private let file: MappedFile
  private let members: [Member]

  /// The names of the arrays, without `.npy`, in the archive's order.
  public var names: [String] { members.map(\.name) }

  /// Reads the archive's directory.
  ///
  /// - Throws: `ArrayError`.
  public init(path: String) throws(ArrayError) {
    try self.init(MappedFile(array: path), path: path)
  }

  /// Reads an archive from memory.
  public init(bytes: [UInt8], name: String) throws(ArrayError) {
    try self.init(bytes.withUnsafeBytes { MappedFile(copying: $0) }, path: name)
  }

  private init(_ file: MappedFile, path: String) throws(ArrayError) {
    self.path = path
    self.file = file
    let bytes = file.bytes
    func number(_ at: Int, _ count: Int) throws(ArrayError) -> Int {
      guard at >= 0, at + count <= bytes.count else {
        throw .archive(path: path, problem: "it ends within its directory")
      }
      return (0..<count).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
    }
    // The end record is 22 bytes and a comment of at most 65,535.
    var end = bytes.count - 22
    let least = max(0, end - 65_535)
    while end >= least, try number(end, 4) != 0x0605_4B50 { end -= 1 }
    guard end >= least, end >= 0 else {
      throw .archive(path: path, problem: "it has no directory of a ZIP file at its end")
    }
    let count = try number(end + 10, 2)
    var at = try number(end + 16, 4)
    if count == 0xFFFF || at == 0xFFFF_FFFF { throw Self.tooLarge(path) }
    var members: [Member] = []
    for _ in 0..<count {
      guard try number(at, 4) == 0x0201_4B50 else {
        throw .archive(path: path, problem: "its directory is damaged at byte \(at)")
      }
      let (nameLength, extra, comment) = (
        try number(at + 28, 2), try number(at + 30, 2), try number(at + 32, 2)
      )
      guard at + 46 + nameLength <= bytes.count else {
        throw .archive(path: path, problem: "it ends within its directory")
      }
      var name = String(decoding: bytes[at + 46..<at + 46 + nameLength], as: UTF8.self)
      let member = Member(
        name: name, method: try number(at + 10, 2), size: try number(at + 24, 4),
        packedSize: try number(at + 20, 4), checksum: UInt32(try number(at + 16, 4)),
        header: try number(at + 42, 4))
      if member.size == 0xFFFF_FFFF || member.packedSize == 0xFFFF_FFFF
        || member.header == 0xFFFF_FFFF
      {
        throw Self.tooLarge(path)
      }
      at += 46 + nameLength + extra + comment
      guard name.hasSuffix(".npy") else { continue }
      name.removeLast(4)
      members.append(member)
      members[members.count - 1].name = name
    }
    guard !members.isEmpty else {
      throw .archive(path: path, problem: "it holds no array .npy")
    }
    self.members = members
  }

  private static func tooLarge(_ path: String) -> ArrayError {
    .archive(
      path: path,
      problem: "it is of 4 GiB or more; save the array by numpy.save, which is read in place")
  }

  /// One of the arrays.
  ///
  /// - Parameter name: `nil` for the only one, or `features` if there are several.
  /// - Throws: `ArrayError.archive` with the names there are, for a name that is not among them,
  ///   damage, or a method of packing other than deflation.
  public func array(_ name: String? = nil) throws(ArrayError) -> NPYArray {
    let wanted = name ?? (members.count == 1 ? members[0].name : "features")
    guard let member = members.first(where: { $0.name == wanted }) else {
      throw .archive(
        path: path,
        problem:
          "it has no array ‘\(wanted)’, but \(names.joined(separator: ", ")); save one of them "
          + "alone, or name it features")
    }
    let bytes = file.bytes
    guard member.header + 30 <= bytes.count else { throw damaged(member) }
    func short(_ at: Int) -> Int { Int(bytes[at]) | Int(bytes[at + 1]) << 8 }
    let start = member.header + 30 + short(member.header + 26) + short(member.header + 28)
    guard start + member.packedSize <= bytes.count else { throw damaged(member) }
    let packed = UnsafeRawBufferPointer(rebasing: bytes[start..<start + member.packedSize])
    let content: [UInt8]
    switch member.method {
    case 0:
      guard member.size == member.packedSize else { throw damaged(member) }
      content = Array(packed)
    case 8:
      // Deflation makes nothing smaller than a 1,032nd.
      guard member.size / 1040 <= member.packedSize, let plain = inflated(packed, member.size)
      else { throw damaged(member) }
      content = plain
    default:
      throw .archive(
        path: path,
        problem: "‘\(member.name)’ is packed by method \(member.method); numpy.savez_compressed "
          + "deflates")
    }
    let checksum = content.withUnsafeBufferPointer { content in
      crc32_z(0, content.baseAddress, content.count)
    }
    guard UInt32(truncatingIfNeeded: checksum) == member.checksum || content.isEmpty else {
      throw damaged(member)
    }
    return try NPYArray(bytes: content, name: members.count == 1 ? path : "\(path):\(wanted)")
  }

  private func damaged(_ member: Member) -> ArrayError {
    .archive(path: path, problem: "‘\(member.name)’ is damaged. Was the copy complete?")
  }

  /// What a raw deflated stream holds; `nil` unless it is exactly `size` bytes.
  private func inflated(_ packed: UnsafeRawBufferPointer, _ size: Int) -> [UInt8]? {
    var stream = z_stream()
    guard
      inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { return nil }
    defer { inflateEnd(&stream) }
    var result = [UInt8](repeating: 0, count: size)
    let status = result.withUnsafeMutableBufferPointer { result in
      stream.next_in = UnsafeMutablePointer(
        mutating: packed.bindMemory(to: UInt8.self).baseAddress)
      stream.avail_in = UInt32(packed.count)
      stream.next_out = result.baseAddress
      stream.avail_out = UInt32(size)
      return inflate(&stream, Z_FINISH)
    }
    return status == Z_STREAM_END && stream.avail_out == 0 ? result : nil
  }
}
