internal import CXXHash
import SeqCore

/// A model's tensors and metadata in one file: the safetensors container, with a checksum.
///
/// The file is mapped into memory and stays there, unchanged, as long as this object or one of its
/// tensors lives; nothing is copied. Every length and offset is checked before it is used.
/// `Docs/Formats/model.md` specifies the format.
public final class SafetensorsFile: Sendable {
  /// The path that the file was opened by, or the name given for bytes in memory.
  public let path: String
  /// The `__metadata__` of the header.
  public let metadata: [String: String]
  /// The tensors in the order of their bytes, without padding and checksum.
  public let tensors: [SafetensorsTensor]
  /// The XXH3 64-bit hash of all bytes before the checksum's own: the file's identity.
  public let checksum: UInt64
  /// The size of the file, in bytes.
  public let byteCount: Int

  private let indices: [String: Int]

  /// Opens and checks the file at `path`.
  ///
  /// - Parameter verifyingChecksum: whether to read all bytes and compare their hash with the
  ///   stored one; without it, an altered weight goes unnoticed.
  /// - Throws: `SafetensorsError`.
  public convenience init(path: String, verifyingChecksum: Bool = true) throws {
    let mapping: MappedFile
    do {
      mapping = try MappedFile(path: path, readingAll: verifyingChecksum)
    } catch {
      throw switch error {
      case .system(let action, let code):
        SafetensorsError.system(path: path, action: "\(action) the model file", code: code)
      case .special(let kind): SafetensorsError.notAFile(path: path, found: kind)
      }
    }
    try self.init(mapping, path: path, verifyingChecksum: verifyingChecksum)
  }

  /// Checks a file whose bytes are in memory, and copies them.
  ///
  /// - Parameter name: stands in error messages where a path would.
  /// - Throws: `SafetensorsError`.
  public convenience init(bytes: [UInt8], name: String) throws {
    try self.init(
      bytes.withUnsafeBytes { MappedFile(copying: $0) }, path: name,
      verifyingChecksum: true)
  }

  private init(_ mapping: MappedFile, path: String, verifyingChecksum: Bool) throws {
    let bytes = mapping.bytes
    guard bytes.count >= 16 else {
      throw SafetensorsError.tooShort(path: path, byteCount: bytes.count)
    }
    let declared = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    guard declared >= 2, declared <= UInt64(SafetensorsHeader.longestHeader),
      declared <= UInt64(bytes.count - 8)
    else {
      throw SafetensorsError.headerLength(path: path, declared: declared, byteCount: bytes.count)
    }
    let dataStart = 8 + Int(declared)
    let header = try SafetensorsHeader.parse(
      UnsafeRawBufferPointer(rebasing: bytes[8..<dataStart]), path: path)
    let all = try Self.layOut(header, mapping: mapping, dataStart: dataStart, path: path)

    guard let last = all.last, last.name == SafetensorsHeader.checksumName,
      last.dtype == .uint64, last.shape == [1]
    else { throw SafetensorsError.noChecksum(path: path) }
    let stored = UInt64(littleEndian: last.bytes.loadUnaligned(as: UInt64.self))
    if verifyingChecksum {
      let computed = XXH3_64bits(bytes.baseAddress, bytes.count - 8)
      guard computed == stored else {
        throw SafetensorsError.checksum(path: path, stored: stored, computed: computed)
      }
    }

    self.path = path
    self.metadata = header.metadata
    self.checksum = stored
    self.byteCount = bytes.count
    self.tensors = all.dropLast().filter {
      !$0.name.hasPrefix(SafetensorsHeader.paddingPrefix)
    }
    var indices: [String: Int] = [:]
    for (index, tensor) in tensors.enumerated() { indices[tensor.name] = index }
    self.indices = indices
  }

  /// Checks the header's entries against the format and the file, and orders them by offset.
  private static func layOut(
    _ header: SafetensorsHeader, mapping: MappedFile, dataStart: Int, path: String
  ) throws -> [SafetensorsTensor] {
    func refuse(_ name: String, _ problem: String) -> SafetensorsError {
      .tensor(path: path, name: name, problem: problem)
    }
    let ordered = try header.entries.map { name, entry in
      guard entry.data_offsets.count == 2 else {
        throw refuse(name, "it has \(entry.data_offsets.count) data offsets where 2 are needed")
      }
      return (name: name, entry: entry, begin: entry.data_offsets[0], end: entry.data_offsets[1])
    }.sorted { ($0.begin, $0.end, $0.name) < ($1.begin, $1.end, $1.name) }

    let available = mapping.bytes.count - dataStart
    var tensors: [SafetensorsTensor] = []
    tensors.reserveCapacity(ordered.count)
    var position = 0
    for (name, entry, begin, end) in ordered {
      guard let dtype = SafetensorsDtype(rawValue: entry.dtype) else {
        throw refuse(name, "its type '\(entry.dtype)' is not known")
      }
      guard begin == position else {
        throw refuse(
          name, "it begins at byte \(begin) of the data where the one before it ends at \(position)"
        )
      }
      var size = dtype.byteCount
      for length in entry.shape {
        let product = size.multipliedReportingOverflow(by: length)
        guard length >= 0, !product.overflow else {
          throw refuse(name, "its shape \(entry.shape) is impossible")
        }
        size = product.partialValue
      }
      guard end >= begin, end - begin == size else {
        throw refuse(
          name, "its offsets \(begin) and \(end) do not span the \(size) bytes of its shape")
      }
      guard end <= available else {
        let total = ordered.last.map { dataStart.addingReportingOverflow($0.end) }
        throw SafetensorsError.fileSize(
          path: path, byteCount: mapping.bytes.count,
          declared: total.map { $0.overflow ? Int.max : $0.partialValue } ?? 0)
      }
      let isPadding = name.hasPrefix(SafetensorsHeader.paddingPrefix)
      guard isPadding || (dataStart + begin) % SafetensorsHeader.alignment == 0 else {
        throw refuse(
          name,
          "it begins at byte \(dataStart + begin) of the file, which is no multiple of"
            + " \(SafetensorsHeader.alignment)")
      }
      tensors.append(
        SafetensorsTensor(
          path: path, name: name, dtype: dtype, shape: entry.shape,
          bytes: UnsafeRawBufferPointer(
            rebasing: mapping.bytes[(dataStart + begin)..<(dataStart + end)]),
          mapping: mapping))
      position = end
    }
    guard position == available else {
      throw SafetensorsError.fileSize(
        path: path, byteCount: mapping.bytes.count, declared: dataStart + position)
    }
    return tensors
  }

  /// The tensor called `name`, if the file has it.
  public func tensor(_ name: String) -> SafetensorsTensor? {
    indices[name].map { tensors[$0] }
  }

  /// The tensor called `name`, which must have this element type and shape.
  ///
  /// - Parameter shape: the expected lengths; `nil` admits any length of that dimension.
  /// - Throws: `SafetensorsError.missingTensor` or `.unexpectedTensor`.
  public func tensor<Element: SafetensorsElement>(
    _ name: String, of element: Element.Type, shape: [Int?]
  ) throws -> SafetensorsTensor {
    guard let tensor = tensor(name) else {
      throw SafetensorsError.missingTensor(path: path, name: name, known: tensors.map(\.name))
    }
    guard tensor.dtype == Element.dtype, tensor.shape.count == shape.count,
      zip(tensor.shape, shape).allSatisfy({ $0 == $1 ?? $0 })
    else {
      throw SafetensorsError.unexpectedTensor(
        path: path, name: name, dtype: tensor.dtype.rawValue, shape: tensor.shape,
        expectedDtype: Element.dtype.rawValue, expectedShape: shape)
    }
    return tensor
  }
}
