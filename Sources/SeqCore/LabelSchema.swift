/// The number of a label in its schema, from 0.
public typealias Label = UInt16

/// The labels of one layer: their names, order and version. Ties between labels go to the lower.
public struct LabelSchema: Hashable, Sendable {
  /// The layer that the labels are written to: `upos`, `ner`, ….
  public let layer: String
  /// The labels' names; a label's number is its index here.
  public let names: [String]
  /// The version of the label set, as its makers count it; empty if it has none.
  public let version: String

  private let numbers: [String: Label]
  private let bytes: [[UInt8]]

  /// Makes a schema.
  ///
  /// - Parameter names: different from each other, at most 65,535.
  public init(layer: String, names: [String], version: String = "") {
    precondition(names.count < Int(Label.max), "A schema holds at most 65,534 labels.")
    self.layer = layer
    self.names = names
    self.version = version
    var numbers: [String: Label] = [:]
    for (index, name) in names.enumerated() { numbers[name] = Label(index) }
    precondition(numbers.count == names.count, "The labels of a schema must differ.")
    self.numbers = numbers
    self.bytes = names.map { Array($0.utf8) }
  }

  /// The number of labels, L.
  public var count: Int { names.count }

  /// The number of the label called `name`, or `nil` if the schema does not know it.
  public func label(_ name: some StringProtocol) -> Label? { numbers[String(name)] }

  /// The name of a label as UTF-8 bytes.
  public func utf8(of label: Label) -> [UInt8] { bytes[Int(label)] }

  /// Equal schemas have the same layer, names and version.
  public static func == (a: LabelSchema, b: LabelSchema) -> Bool {
    a.layer == b.layer && a.names == b.names && a.version == b.version
  }

  /// Hashes what `==` compares.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(layer)
    hasher.combine(names)
    hasher.combine(version)
  }
}
