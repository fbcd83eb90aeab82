/// Makes a safetensors file: named tensors and metadata, aligned, with a checksum at the end.
///
/// Equal content gives equal bytes.
public struct SafetensorsWriter: Sendable {
  /// The `__metadata__` of the header.
  public var metadata: [String: String]

  private var tensors: [Tensor] = []

  private struct Tensor: Sendable {
    let name: String
    let dtype: SafetensorsDtype
    let shape: [Int]
    /// Arrays share their memory with the caller's; nothing is copied.
    let content: any TensorContent
  }

  /// Makes a file without tensors.
  public init(metadata: [String: String] = [:]) { self.metadata = metadata }

  /// Adds a tensor behind those that were added before.
  ///
  /// - Parameters:
  ///   - name: new to the file; not `checksum`, `__metadata__` or a name in `padding.`.
  ///   - shape: the lengths of the dimensions, slowest first.
  ///   - values: as many as the product of the lengths, in row-major order.
  public mutating func add<Element: SafetensorsElement>(
    _ name: String, shape: [Int], _ values: [Element]
  ) {
    precondition(
      shape.allSatisfy { $0 >= 0 } && shape.reduce(1, *) == values.count,
      "A tensor must have as many values as its shape says.")
    precondition(
      !tensors.contains { $0.name == name } && name != SafetensorsHeader.checksumName
        && name != SafetensorsHeader.metadataKey
        && !name.hasPrefix(SafetensorsHeader.paddingPrefix),
      "A tensor's name must be new and not one that the format keeps for itself.")
    tensors.append(Tensor(name: name, dtype: Element.dtype, shape: shape, content: values))
  }

  /// Adds a tensor of another file under its name; its bytes are not copied.
  mutating func add(_ tensor: SafetensorsTensor) {
    tensors.append(
      Tensor(name: tensor.name, dtype: tensor.dtype, shape: tensor.shape, content: tensor))
  }

  /// The whole file in memory.
  public func encoded() throws -> [UInt8] {
    var bytes: [UInt8] = []
    try encode { bytes.append(contentsOf: $0) }
    return bytes
  }

  /// Writes the file, whole or not at all: beside `path` under another name, then renamed.
  ///
  /// - Throws: `SafetensorsError.system` (a full disk, a missing folder, no permission) or
  ///   `.notAFile`; then what stood at `path` before still does.
  public func write(to path: String) throws {
    try writeAtomically(to: path) { receive in try encode(into: receive) }
  }

  /// Hands over the bytes of the file in order.
  package func encode(into receive: (UnsafeRawBufferPointer) throws -> Void) throws {
    let (header, fillers) = try layOut()
    var checksum = StreamedChecksum()

    func pass(_ bytes: UnsafeRawBufferPointer) throws {
      guard bytes.count > 0 else { return }
      checksum.update(bytes)
      try receive(bytes)
    }
    try withUnsafeBytes(of: UInt64(header.count).littleEndian, pass)
    try header.withUnsafeBytes(pass)
    let zeros = [UInt8](repeating: 0, count: SafetensorsHeader.alignment)
    for (tensor, filler) in zip(tensors, fillers) {
      try tensor.content.withBytes(pass)
      try zeros.withUnsafeBytes { try pass(UnsafeRawBufferPointer(rebasing: $0[..<filler])) }
    }
    try withUnsafeBytes(of: checksum.value.littleEndian, receive)
  }

  /// The header, and the number of bytes that fill the gap behind each tensor. The format admits
  /// no gaps, so the filling is a tensor too.
  private func layOut() throws -> (header: [UInt8], fillers: [Int]) {
    var entries: [String: SafetensorsHeader.Entry] = [:]
    var fillers: [Int] = []
    var position = 0
    func place(_ name: String, _ dtype: SafetensorsDtype, _ shape: [Int]) {
      let end = position + shape.reduce(dtype.byteCount, *)
      entries[name] = SafetensorsHeader.Entry(
        dtype: dtype.rawValue, shape: shape, data_offsets: [position, end])
      position = end
    }
    for tensor in tensors {
      place(tensor.name, tensor.dtype, tensor.shape)
      let filler = -position & (SafetensorsHeader.alignment - 1)
      if filler > 0 {
        place(SafetensorsHeader.paddingPrefix + String(fillers.count), .uint8, [filler])
      }
      fillers.append(filler)
    }
    place(SafetensorsHeader.checksumName, .uint64, [1])
    return (try SafetensorsHeader(metadata: metadata, entries: entries).encoded(), fillers)
  }
}

private protocol TensorContent: Sendable {
  func withBytes(_ body: (UnsafeRawBufferPointer) throws -> Void) throws
}

extension Array: TensorContent where Element: SafetensorsElement {
  fileprivate func withBytes(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    try withUnsafeBytes(body)
  }
}

extension SafetensorsTensor: TensorContent {
  fileprivate func withBytes(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    try body(bytes)
  }
}
