/// One kind of information about every position of a record: forms, tags, residues, vectors.
public struct Layer: Sendable {
  /// The field's standard name in lower case: `form`, `lemma`, `upos`, `xpos`, `residue`, ….
  public var name: String
  /// One value per position.
  public var values: LayerValues
  /// Where each value stands in the record's source, if it was read from there; a writer replaces
  /// the bytes at these places. `nil` for a layer that was added.
  public var places: [ByteRange]?

  /// Makes a layer.
  public init(name: String, values: LayerValues, places: [ByteRange]? = nil) {
    self.name = name
    self.values = values
    self.places = places
  }

  /// Whether the values are no longer those that stand in the source.
  public var isChanged: Bool {
    guard let places, case .text(let ranges) = values else { return true }
    return ranges != places
  }

  /// Takes the ranges of a text layer out of it, so that they can be changed where they are; the
  /// layer is not whole until it has new values.
  mutating func takeRanges() -> [ByteRange] {
    guard case .text(let ranges) = values else { return [] }
    values = .symbols([])
    return ranges
  }

  /// Reads values and places again, in the memory that they have.
  ///
  /// - Parameter apart: whether places have memory of their own, so that values can be replaced in
  ///   theirs.
  mutating func reload(
    count: Int, apart: Bool, fill: (UnsafeMutableBufferPointer<ByteRange>) -> Void
  ) {
    var ranges = takeRanges()
    var places = self.places ?? []
    self.places = nil
    ranges.removeAll(keepingCapacity: true)
    ranges.append(addingCapacity: count) { span in
      span.withUnsafeMutableBufferPointer { buffer, initialized in
        fill(UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
        initialized = count
      }
    }
    if apart {
      places.removeAll(keepingCapacity: true)
      places.append(contentsOf: ranges)
    } else {
      places = ranges
    }
    values = .text(ranges)
    self.places = places
  }
}

/// The values of a layer, in the form that suits their kind.
public enum LayerValues: Sendable {
  /// One byte range of the record's buffer per position: words, tags, fields.
  case text([ByteRange])
  /// One small code per position: residues, byte classes.
  case symbols([UInt8])
  /// One vector per position: frames, sensor readings, embeddings.
  case dense(DenseRows)

  /// The number of positions.
  public var count: Int {
    switch self {
    case .text(let ranges): ranges.count
    case .symbols(let codes): codes.count
    case .dense(let rows): rows.rows
    }
  }
}
