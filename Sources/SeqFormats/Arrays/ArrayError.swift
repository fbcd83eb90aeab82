/// What can be wrong with a file of numbers.
public enum ArrayError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file could not be opened or mapped; the reason is the system's.
  case cannotOpen(path: String, reason: String)
  /// The file does not begin as NumPy's files do.
  case notNPY(path: String)
  /// The header is no array's.
  case header(path: String, problem: String)
  /// The elements are of a kind that is no number or not supported.
  case element(path: String, found: String)
  /// The file has fewer or more bytes than its header says.
  case size(path: String, found: Int, expected: Int)
  /// An archive that is damaged or lacks what is asked for.
  case archive(path: String, problem: String)
  /// A line of a table of text that is no row of numbers.
  case table(path: String, line: Int, problem: String)
  /// The array is not a table.
  case dimensions(path: String, shape: [Int])

  /// The sentence for the user.
  public var description: String {
    switch self {
    case .cannotOpen(let path, let reason): "\(path): \(reason)."
    case .notNPY(let path):
      "\(path): not a NumPy array: it does not begin with \\x93NUMPY. Was it saved by numpy.save?"
    case .header(let path, let problem):
      "\(path): the header of the NumPy array is damaged: \(problem)."
    case .element(let path, let found):
      """
      \(path): the array's elements are \(found); known are \
      \(NPYArray.Element.allCases.map(\.rawValue).joined(separator: ", ")), of either byte order. \
      Convert it, for example by a.astype("float32").
      """
    case .size(let path, let found, let expected):
      """
      \(path): the array has \(found) bytes of numbers where its header declares \(expected). \
      \(found < expected ? "Was the copy complete?" : "Is it one array, saved by numpy.save?")
      """
    case .archive(let path, let problem): "\(path): not a readable archive .npz: \(problem)."
    case .table(let path, let line, let problem): "\(path):\(line): \(problem)."
    case .dimensions(let path, let shape):
      """
      \(path): the array has the shape (\(shape.map(String.init).joined(separator: ", "))), and \
      frames need two dimensions: features and frames.
      """
    }
  }
}
