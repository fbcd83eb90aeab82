/// The size and kind of a temporal convolutional network.
///
/// The defaults are those of MS-TCN (Farha and Gall 2019, doi:10.1109/CVPR.2019.00369). One stage
/// makes a plain dilated convolutional network, ``linear(inputs:labels:)`` a map of each position.
public struct NetworkShape: Codable, Hashable, Sendable {
  /// The width of a position's vector, D.
  public var inputs: Int
  /// The number of labels, L.
  public var labels: Int
  /// The number of stages; each after the first reads the probabilities of the one before.
  public var stages = 4
  /// The dilations of a stage's layers, in order.
  public var dilations = (0..<10).map { 1 << $0 }
  /// The number of taps of a dilated convolution.
  public var taps = 3
  /// The number of channels of a layer; 0 makes a linear map of each position, without layers.
  public var maps = 64
  /// Whether no position sees those behind it.
  public var isCausal = false
  /// The probability of dropout in the layers, below 1.
  public var dropout: Float = 0.5

  /// Makes a shape with the defaults.
  public init(inputs: Int, labels: Int) {
    self.inputs = inputs
    self.labels = labels
  }

  /// A linear map of each position to the scores of labels: multinomial logistic regression.
  public static func linear(inputs: Int, labels: Int) -> NetworkShape {
    var shape = NetworkShape(inputs: inputs, labels: labels)
    (shape.stages, shape.dilations, shape.maps, shape.dropout) = (1, [], 0, 0)
    shape.isCausal = true
    return shape
  }

  /// Whether scores are linear in a position's row.
  public var isLinear: Bool { maps == 0 }

  /// The number of layers of a stage; setting it gives layer i the dilation 2^i.
  public var layers: Int {
    get { dilations.count }
    set { dilations = (0..<newValue).map { 1 << $0 } }
  }

  /// What is wrong with the shape, as the end of a sentence; `nil` if nothing is.
  public var fault: String? {
    let limit = 1 << 20
    let sizes = [
      ("inputs", inputs), ("labels", labels), ("stages", stages), ("taps", taps),
    ]
    for (name, value) in sizes where value < 1 || value > limit {
      return "\(name) is \(value), and must be from 1 to \(limit)"
    }
    if maps < 0 || maps > limit { return "maps is \(maps), and must be from 0 to \(limit)" }
    if maps == 0, stages != 1 || !dilations.isEmpty {
      return "there are no maps, but \(stages) stages of \(dilations.count) layers"
    }
    for dilation in dilations where dilation < 1 || dilation > limit {
      return "a dilation is \(dilation), and must be from 1 to \(limit)"
    }
    if labels >= Int(UInt16.max) { return "there are \(labels) labels, and at most 65,534 can be" }
    if dilations.count > 64 || stages > 64 || taps > 1024 {
      return
        "there are \(stages) stages of \(dilations.count) layers with \(taps) taps, more than 64"
        + " stages, 64 layers or 1,024 taps"
    }
    if !(dropout >= 0 && dropout < 1) {
      return "dropout is \(dropout), and must be from 0 to below 1"
    }
    return nil
  }

  /// How far the scores of a position depend on others: before it and behind it.
  public var reach: (before: Int, after: Int) {
    let center = isCausal ? taps - 1 : taps / 2
    let sum = dilations.reduce(0, +) * stages
    return (center * sum, (taps - 1 - center) * sum)
  }
}
