/// What can be wrong with a safetensors file, in reading or in writing it.
public enum SafetensorsError: Error, Hashable, Sendable {
  /// The system refused to open, map, write or rename; `code` is its `errno`.
  case system(path: String, action: String, code: Int32)
  /// A directory or a device stands where a file is needed.
  case notAFile(path: String, found: String)
  /// Fewer bytes than the smallest file of this format has.
  case tooShort(path: String, byteCount: Int)
  /// The first eight bytes are no header length that a file may have.
  case headerLength(path: String, declared: UInt64, byteCount: Int)
  /// The header is not the JSON object that the format asks for.
  case header(path: String, problem: String)
  /// A tensor's entry of the header contradicts itself or the format.
  case tensor(path: String, name: String, problem: String)
  /// The header describes fewer or more bytes than the file has.
  case fileSize(path: String, byteCount: Int, declared: Int)
  /// The file has no checksum as its last tensor.
  case noChecksum(path: String)
  /// The bytes are not those that were written.
  case checksum(path: String, stored: UInt64, computed: UInt64)
  /// A tensor that the reader needs is not in the file.
  case missingTensor(path: String, name: String, known: [String])
  /// A tensor has another type or shape than the reader needs; `nil` is any length.
  case unexpectedTensor(
    path: String, name: String, dtype: String, shape: [Int], expectedDtype: String,
    expectedShape: [Int?])
}
