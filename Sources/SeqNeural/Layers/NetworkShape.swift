/// The size and kind of a temporal convolutional network.
///
/// The defaults are those of MS-TCN (Farha and Gall 2019, doi:10.1109/CVPR.2019.00369). One stage
/// makes a plain dilated convolutional network, ``linear(inputs:labels:)`` a map of each position,
/// ``mstcnPlusPlus(inputs:labels:)`` the network of Li et al. 2020, ``recurrent(inputs:labels:)`` one of
/// gated recurrent units.
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
  /// The number of dual dilated layers, N, of the first stage, which then has no others: the i-th
  /// looks 2^i and 2^(N − 1 − i) positions away at once. `nil` where the first stage is as the others.
  public var dualLayers: Int?
  /// Whether the stages behind the second are the second again, with its numbers; `nil` for no.
  public var sharesRefinement: Bool?
  /// The number of gated recurrent units, H, which stand in place of layers behind the normalized maps of
  /// the only stage: H forward, and H backward unless ``isCausal``. `nil` for convolutions.
  public var recurrentUnits: Int?

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

  /// MS-TCN++ (Li, AbuFarha, Liu, Cheng and Gall 2020, doi:10.1109/TPAMI.2020.3021756): a prediction
  /// stage of 11 dual dilated layers, and 3 stages of 10 plain layers that refine it.
  public static func mstcnPlusPlus(inputs: Int, labels: Int) -> NetworkShape {
    var shape = NetworkShape(inputs: inputs, labels: labels)
    shape.dualLayers = 11
    return shape
  }

  /// Gated recurrent units (Cho et al. 2014, doi:10.3115/v1/D14-1179) over 64 maps of each position that
  /// are normalized (Ba et al. 2016, arXiv:1607.06450): 64 in each direction.
  public static func recurrent(inputs: Int, labels: Int) -> NetworkShape {
    var shape = NetworkShape(inputs: inputs, labels: labels)
    (shape.stages, shape.dilations, shape.recurrentUnits) = (1, [], 64)
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
    if let dualLayers, !(1...21).contains(dualLayers) || maps == 0 {
      return
        "there are \(dualLayers) dual layers of \(maps) maps, and must be from 1 to 21 with maps"
    }
    if let recurrentUnits {
      if !(1...4096).contains(recurrentUnits) {
        return "there are \(recurrentUnits) recurrent units, and must be from 1 to 4,096"
      }
      if stages != 1 || !dilations.isEmpty || dualLayers != nil || maps == 0 {
        return "recurrent units stand in one stage that has maps and no layers"
      }
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

  /// The two dilations of each dual layer; `nil` without such layers.
  var dualDilations: [(rising: Int, falling: Int)]? {
    dualLayers.map { count in (0..<count).map { (1 << $0, 1 << (count - 1 - $0)) } }
  }

  /// How many layers a stage, from 0, has.
  func layers(ofStage s: Int) -> Int {
    if recurrentUnits != nil { return 1 }
    return s == 0 ? dualLayers ?? layers : layers
  }

  /// The number of recurrent units of all directions; `nil` without such units.
  var recurrentWidth: Int? { recurrentUnits.map { isCausal ? $0 : 2 * $0 } }

  /// How far the scores of a position depend on others: before it and behind it; `nil` for all there are.
  public var reach: (before: Int?, after: Int?) {
    if recurrentUnits != nil { return (nil, isCausal ? 0 : nil) }
    let stages = (0..<stages).map { reach(ofStage: $0) }
    return (stages.reduce(0) { $0 + $1.before }, stages.reduce(0) { $0 + $1.after })
  }

  /// How far what a stage of convolutions, from 0, gives for a position depends on what it is given for others.
  func reach(ofStage s: Int) -> (before: Int, after: Int) {
    let center = isCausal ? taps - 1 : taps / 2
    let furthest = s == 0 ? dualDilations?.map { max($0.rising, $0.falling) } : nil
    let sum = (furthest ?? dilations).reduce(0, +)
    return (center * sum, (taps - 1 - center) * sum)
  }
}
