/// The number of a label in its schema, from 0.
public typealias Label = UInt16

/// The labels of one layer: their names, order and version. Ties between labels go to the lower.
public struct LabelSchema: Hashable, Sendable {
  private let content: Content

  /// One object, so that a schema is copied by counting one reference.
  private final class Content: Sendable {
    let layer: String
    let names: [String]
    let version: String
    let numbers: [String: Label]
    let bytes: [UInt8]
    let ranges: [ByteRange]

    init(layer: String, names: [String], version: String) {
      self.layer = layer
      self.names = names
      self.version = version
      var numbers: [String: Label] = [:]
      var bytes: [UInt8] = []
      var ranges: [ByteRange] = []
      for (index, name) in names.enumerated() {
        numbers[name] = Label(index)
        let start = bytes.count
        bytes.append(contentsOf: name.utf8)
        ranges.append(ByteRange(start, bytes.count))
      }
      precondition(numbers.count == names.count, "The labels of a schema must differ.")
      self.numbers = numbers
      self.bytes = bytes
      self.ranges = ranges
    }
  }

  /// Makes a schema.
  ///
  /// - Parameter names: different from each other, at most 65,534.
  public init(layer: String, names: [String], version: String = "") {
    precondition(names.count < Int(Label.max), "A schema holds at most 65,534 labels.")
    content = Content(layer: layer, names: names, version: version)
  }

  /// The layer that the labels are written to: `upos`, `ner`, ….
  public var layer: String { content.layer }
  /// The labels' names; a label's number is its index here.
  public var names: [String] { content.names }
  /// The version of the label set, as its makers count it; empty if it has none.
  public var version: String { content.version }
  /// The names as UTF-8, one after another.
  var bytes: [UInt8] { content.bytes }
  /// Where each name lies in ``bytes``.
  var ranges: [ByteRange] { content.ranges }

  /// The number of labels, L.
  public var count: Int { names.count }

  /// The number of the label called `name`, or `nil` if the schema does not know it.
  public func label(_ name: some StringProtocol) -> Label? { content.numbers[String(name)] }

  /// Equal schemas have the same layer, names and version.
  public static func == (a: LabelSchema, b: LabelSchema) -> Bool {
    a.content === b.content || a.layer == b.layer && a.names == b.names && a.version == b.version
  }

  /// Hashes what `==` compares.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(layer)
    hasher.combine(names)
    hasher.combine(version)
  }
}
