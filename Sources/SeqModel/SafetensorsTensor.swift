internal import SeqCore

/// One tensor of a file: its type, shape and bytes, which stay where the file has them.
///
/// A tensor keeps its file's mapping alive. Pointers into it are valid as long as the tensor, its
/// file, or another tensor of the file lives: store one of these beside them.
public struct SafetensorsTensor: Sendable {
  private let path: String
  /// The tensor's name.
  public let name: String
  /// The type of the elements.
  public let dtype: SafetensorsDtype
  /// The lengths of the dimensions, slowest first; empty for a single number.
  public let shape: [Int]
  private let storage: Storage

  /// `@unchecked`: the bytes are immutable.
  private struct Storage: @unchecked Sendable {
    let bytes: UnsafeRawBufferPointer
    let mapping: MappedFile
  }

  init(
    path: String, name: String, dtype: SafetensorsDtype, shape: [Int],
    bytes: UnsafeRawBufferPointer, mapping: MappedFile
  ) {
    self.path = path
    self.name = name
    self.dtype = dtype
    self.shape = shape
    self.storage = Storage(bytes: bytes, mapping: mapping)
  }

  /// The number of elements.
  public var count: Int { storage.bytes.count / dtype.byteCount }

  /// The little-endian elements in row-major order; the first byte is aligned to 64 bytes.
  ///
  /// Valid as long as this tensor or its file lives.
  public var bytes: UnsafeRawBufferPointer { storage.bytes }

  /// The elements as values of `Element`, without copying.
  ///
  /// Valid as long as this tensor or its file lives.
  ///
  /// - Throws: `SafetensorsError.unexpectedTensor` if the tensor has another element type.
  public func elements<Element: SafetensorsElement>(
    as element: Element.Type = Element.self
  ) throws -> UnsafeBufferPointer<Element> {
    guard Element.dtype == dtype else {
      throw SafetensorsError.unexpectedTensor(
        path: path, name: name, dtype: dtype.rawValue, shape: shape,
        expectedDtype: Element.dtype.rawValue, expectedShape: shape)
    }
    return bytes.bindMemory(to: Element.self)
  }

  /// The elements, copied into an array.
  ///
  /// - Throws: `SafetensorsError.unexpectedTensor` if the tensor has another element type.
  public func array<Element: SafetensorsElement>(
    of element: Element.Type = Element.self
  ) throws -> [Element] {
    let elements = try elements(as: element)
    return withExtendedLifetime(storage.mapping) { Array(elements) }
  }

  /// Calls `body` with the elements, without copying.
  ///
  /// - Throws: `SafetensorsError.unexpectedTensor` if the tensor has another element type, and
  ///   what `body` throws.
  public func withUnsafeElements<Element: SafetensorsElement, Result>(
    of element: Element.Type, _ body: (UnsafeBufferPointer<Element>) throws -> Result
  ) throws -> Result {
    let elements = try elements(as: element)
    return try withExtendedLifetime(storage.mapping) { try body(elements) }
  }
}
