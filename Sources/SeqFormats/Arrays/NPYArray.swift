public import SeqCore

/// A table of numbers in a NumPy file (`.npy`), read in place: a file larger than memory is read
/// window by window.
///
/// Elements are numbers of 1 to 8 bytes, or truth values, of either byte order, in C or Fortran
/// order; they are read as `Float`, so that integers beyond 2²⁴ and doubles are rounded.
public struct NPYArray: Sendable {
  /// The kinds of elements, as NumPy names them without the byte order.
  public enum Element: String, CaseIterable, Sendable {
    /// Numbers with a point, of 2, 4 and 8 bytes (IEEE 754).
    case f2, f4, f8
    /// Whole numbers of 1 to 8 bytes.
    case i1, i2, i4, i8
    /// Whole numbers from 0, of 1 to 8 bytes.
    case u1, u2, u4, u8
    /// Truth values, read as 0 and 1.
    case b1

    /// The number of bytes.
    public var byteCount: Int { Int(rawValue.dropFirst())! }
  }

  /// Which dimension of a table is time.
  public enum Layout: String, CaseIterable, Sendable {
    /// [D, T]: a row is a feature, as MS-TCN's files have it.
    case featuresByFrames = "DT"
    /// [T, D]: a row is a frame.
    case framesByFeatures = "TD"
  }

  /// The file's path, or a name given in code.
  public let path: String
  /// The lengths of the dimensions.
  public let shape: [Int]
  /// The kind of the elements.
  public let element: Element
  /// Which dimension is time, if the kind of file says so.
  public let statedLayout: Layout?
  /// Columns of the file that are no features.
  public let leftOut: [String]
  private let isBigEndian: Bool
  private let isFortranOrder: Bool
  private let offset: Int
  private let file: MappedFile

  /// Maps a file.
  ///
  /// - Throws: `ArrayError`.
  public init(path: String) throws(ArrayError) {
    try self.init(MappedFile(array: path), path: path)
  }

  /// Reads an array from memory.
  public init(bytes: [UInt8], name: String) throws(ArrayError) {
    try self.init(bytes.withUnsafeBytes { MappedFile(copying: $0) }, path: name)
  }

  /// Takes rows, which are frames.
  init(_ rows: DenseRows, name: String, leftOut: [String]) {
    path = name
    shape = [rows.rows, rows.width]
    element = .f4
    statedLayout = .framesByFeatures
    self.leftOut = leftOut
    (isBigEndian, isFortranOrder, offset) = (false, false, 0)
    file = rows.values.withUnsafeBytes { MappedFile(copying: $0) }
  }

  /// The number of bytes of the array that some bytes begin with, so that arrays can follow each other
  /// in a stream; `nil` if the header is not whole yet.
  public static func length(ofArrayIn bytes: [UInt8], name: String) throws(ArrayError) -> Int? {
    guard bytes.count >= 12 else { return nil }
    let isShort = bytes[6] == 1
    let text = isShort ? 2 : 4
    let length = (0..<text).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
    if bytes.prefix(6).elementsEqual([0x93] + Array("NUMPY".utf8)), bytes.count < 8 + text + length
    {
      return nil
    }
    let header = try bytes.withUnsafeBytes { bytes -> Result<NPYHeader, ArrayError> in
      do throws(ArrayError) {
        return .success(try NPYHeader(bytes, path: name))
      } catch {
        return .failure(error)
      }
    }.get()
    guard let element = Element(rawValue: String(header.descr.dropFirst())) else {
      throw .element(path: name, found: "‘\(header.descr)’")
    }
    var count = element.byteCount
    for length in header.shape {
      let (product, overflows) = count.multipliedReportingOverflow(by: length)
      guard !overflows, product < 1 << 40 else {
        throw .header(path: name, problem: "the shape is too large")
      }
      count = product
    }
    return header.byteCount + count
  }

  private init(_ file: MappedFile, path: String) throws(ArrayError) {
    let header = try NPYHeader(file.bytes, path: path)
    guard let element = Element(rawValue: String(header.descr.dropFirst())),
      let order = header.descr.first, "<>|=".contains(order)
    else { throw .element(path: path, found: "‘\(header.descr)’") }
    var count = element.byteCount
    for length in header.shape {
      let (product, overflows) = count.multipliedReportingOverflow(by: length)
      guard !overflows else { throw .header(path: path, problem: "the shape is too large") }
      count = product
    }
    guard file.bytes.count - header.byteCount == count else {
      throw .size(path: path, found: file.bytes.count - header.byteCount, expected: count)
    }
    self.path = path
    (statedLayout, leftOut) = (nil, [])
    shape = header.shape
    self.element = element
    isBigEndian = order == ">"
    isFortranOrder = header.isFortranOrder
    offset = header.byteCount
    self.file = file
  }

  /// The layout that gives `count` frames.
  ///
  /// - Returns: `nil` if neither or both of the dimensions have that length.
  /// - Throws: `ArrayError.dimensions` unless there are two.
  public func layout(ofFrames count: Int) throws(ArrayError) -> Layout? {
    guard shape.count == 2 else { throw .dimensions(path: path, shape: shape) }
    if let statedLayout { return statedLayout }
    switch (shape[0] == count, shape[1] == count) {
    case (true, false): return .framesByFeatures
    case (false, true): return .featuresByFrames
    default: return nil
    }
  }

  /// The number of frames, T, and the width of their vectors, D, under a layout.
  ///
  /// - Throws: `ArrayError.dimensions` unless there are two.
  public func size(_ layout: Layout) throws(ArrayError) -> (frames: Int, width: Int) {
    guard shape.count == 2 else { throw .dimensions(path: path, shape: shape) }
    return layout == .framesByFeatures ? (shape[0], shape[1]) : (shape[1], shape[0])
  }

  /// The vectors of some frames.
  ///
  /// - Parameter frames: within the array's.
  /// - Throws: `ArrayError.dimensions` unless there are two.
  /// - Complexity: O(frames · D); only what is asked for is read.
  public func rows(_ frames: Range<Int>, _ layout: Layout) throws(ArrayError) -> DenseRows {
    let (_, D) = try size(layout)
    var values = [Float](repeating: 0, count: frames.count * D)
    values.withUnsafeMutableBufferPointer { values in
      if let base = values.baseAddress { write(frames, layout, to: base, stride: D) }
    }
    return DenseRows(rows: frames.count, width: D, values: values)
  }

  /// Writes the vectors of some frames of a table, each `stride` values after the one before.
  ///
  /// - Parameter frames: within the array's, which has two dimensions.
  public func write(
    _ frames: Range<Int>, _ layout: Layout, to rows: UnsafeMutablePointer<Float>, stride: Int
  ) {
    precondition(shape.count == 2, "Frames are rows or columns of a table.")
    let (T, D) = layout == .framesByFeatures ? (shape[0], shape[1]) : (shape[1], shape[0])
    precondition(frames.lowerBound >= 0 && frames.upperBound <= T, "The frames are the array's.")
    // Frames lie one after another if the frame is the slower dimension in memory.
    let isByFrame = (layout == .framesByFeatures) != isFortranOrder
    if isByFrame {
      for (index, t) in frames.enumerated() {
        convert(from: t * D, count: D, to: rows + index * stride, step: 1)
      }
      // What was read of a large file would stay in memory until the system needs it.
      if file.bytes.count >= Self.largeFile {
        let size = D * element.byteCount
        file.release(offset + frames.lowerBound * size..<offset + frames.upperBound * size)
      }
    } else {
      for d in 0..<D {
        convert(from: d * T + frames.lowerBound, count: frames.count, to: rows + d, step: stride)
      }
    }
  }

  /// The bytes of a file from which on its pages are given back when they were read.
  private static let largeFile = 256 << 20

  /// Reads elements that lie one after another, to places `step` apart.
  private func convert(
    from first: Int, count: Int, to values: UnsafeMutablePointer<Float>, step: Int
  ) {
    let source = UnsafeRawBufferPointer(
      rebasing: file.bytes[
        offset + first * element.byteCount..<offset + (first + count) * element.byteCount])
    @inline(__always) func fill<Number: FixedWidthInteger>(
      _: Number.Type, _ float: (Number) -> Float
    ) {
      for index in 0..<count {
        let stored = source.loadUnaligned(
          fromByteOffset: index &* MemoryLayout<Number>.size, as: Number.self)
        values[index &* step] = float(isBigEndian ? stored.byteSwapped : stored)
      }
    }
    switch element {
    case .f2: fill(UInt16.self) { Float(Float16(bitPattern: $0)) }
    case .f4: fill(UInt32.self) { Float(bitPattern: $0) }
    case .f8: fill(UInt64.self) { Float(Double(bitPattern: $0)) }
    case .i1: fill(Int8.self) { Float($0) }
    case .i2: fill(Int16.self) { Float($0) }
    case .i4: fill(Int32.self) { Float($0) }
    case .i8: fill(Int64.self) { Float($0) }
    case .u1: fill(UInt8.self) { Float($0) }
    case .u2: fill(UInt16.self) { Float($0) }
    case .u4: fill(UInt32.self) { Float($0) }
    case .u8: fill(UInt64.self) { Float($0) }
    case .b1: fill(UInt8.self) { $0 == 0 ? 0 : 1 }
    }
  }
}
