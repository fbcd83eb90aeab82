import SeqCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension SafetensorsError: CustomStringConvertible {
  /// One or two sentences: the place, what was found, what was expected, what to try.
  public var description: String {
    switch self {
    case .system(let path, let action, let code):
      return "\(path): cannot \(action): \(Self.message(of: code))."
    case .notAFile(let path, let found):
      return "\(path): \(found) where a model file is expected. Name a file."
    case .tooShort(let path, 0):
      return "\(path): the file is empty where a model file is expected."
    case .tooShort(let path, let byteCount):
      return "\(path): \(byteCount) bytes are too few for a model file. Was the copy complete?"
    case .headerLength(let path, let declared, let byteCount):
      return "\(path): not a model file: its first 8 bytes declare a header of \(declared) bytes"
        + " in a file of \(byteCount). Is it a model that seqkit wrote, and was the copy complete?"
    case .header(let path, let problem):
      return "\(path): the header of the model file is not valid: \(problem)."
        + " \(Self.refusalHint)"
    case .tensor(let path, let name, let problem):
      return "\(path): tensor '\(name)' of the model file is not valid: \(problem)."
        + " \(Self.refusalHint)"
    case .fileSize(let path, let byteCount, let declared):
      let found = byteCount < declared ? "is cut short" : "has bytes behind its end"
      return "\(path): the model file \(found): it has \(byteCount) bytes where its header"
        + " declares \(declared). Copy it again or train it anew."
    case .noChecksum(let path):
      return "\(path): the last tensor of the file is not a 'checksum' of type U64 and shape [1],"
        + " as every model file has. Was it rewritten by another program?"
    case .checksum(let path, let stored, let computed):
      return "\(path): the model file was altered or damaged: its checksum is"
        + " \(hexadecimal(computed)) where \(hexadecimal(stored)) was written."
        + " Copy it again or train it anew."
    case .missingTensor(let path, let name, let known):
      let hint = nearestName(to: name, among: known).map { " Is '\($0)' meant?" } ?? ""
      let list = known.isEmpty ? "none" : known.joined(separator: ", ")
      return "\(path): the model file has no tensor '\(name)'; it has: \(list).\(hint)"
    case .unexpectedTensor(
      let path, let name, let dtype, let shape, let expectedDtype, let expectedShape):
      return "\(path): tensor '\(name)' is \(dtype) \(Self.list(shape)) where \(expectedDtype)"
        + " \(Self.list(expectedShape)) is expected. Is the model of another version?"
    }
  }

  private static let refusalHint = "The file was altered or is damaged."

  private static func message(of code: Int32) -> String {
    switch code {
    case ENOSPC: "no space is left on the disk"
    case EISDIR: "it is a directory"
    case ENOENT: "there is no such file or directory"
    case EACCES, EPERM: "permission is denied"
    default: String(cString: strerror(code))
    }
  }

  private static func list(_ shape: [Int?]) -> String {
    "[" + shape.map { $0.map(String.init) ?? "*" }.joined(separator: ", ") + "]"
  }
}
