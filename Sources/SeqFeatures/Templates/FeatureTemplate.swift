internal import SeqCore

/// A rule that makes one feature at each position, as a manifest writes it:
/// `form[0]`, `suffix(form[0], 3)`, `form[-1] & lower(form[0])`, `bias`.
///
/// A term reads the value of a layer at an offset from the position and may pass it through
/// functions; `&` joins terms. The feature fires if every term has a value. Before the first and
/// after the last position, a term without functions (or with `lower` and `normal` only) has a
/// mark for its distance to the sequence as value, any other term none. `bias` always fires.
/// `each(attributes[0])` makes a feature of every attribute that the value lists.
public struct FeatureTemplate: Hashable, Sendable, CustomStringConvertible {
  /// A layer's value at an offset, passed through functions.
  public struct Term: Hashable, Sendable {
    /// The layer's name.
    public var layer: String
    /// The offset from the position, in positions.
    public var offset: Int
    /// The function of the whole sequence that the layer is passed through first, if there is one.
    public var sequenceFunction: SequenceFunction?
    /// The functions, the innermost first.
    public var functions: [WordFunction]
  }

  /// The joined terms; empty for `bias` and `each`.
  public let terms: [Term]
  /// The layer of `each(LAYER[0])`: every attribute of its values is a feature.
  public let attributeLayer: String?

  /// The template's canonical text; equal templates have equal texts.
  public var description: String {
    if let attributeLayer { return "each(\(attributeLayer)[0])" }
    guard !terms.isEmpty else { return "bias" }
    return terms.map { $0.description }.joined(separator: " & ")
  }

  /// Parses a template.
  ///
  /// - Throws: `FeatureError.template` with the column and the nearest known name.
  public init(parsing text: String) throws(FeatureError) {
    var parser = TemplateParser(text: text)
    attributeLayer = try parser.attributeLayer()
    terms = attributeLayer == nil ? try parser.template() : []
  }
}

extension FeatureTemplate.Term: CustomStringConvertible {
  /// The term's canonical text.
  public var description: String {
    let inner = "\(layer)[\(offset)]"
    let start = sequenceFunction.map { "\($0.rawValue)(\(inner))" } ?? inner
    return functions.reduce(start) { $1.text(of: $0) }
  }
}

/// A parser by recursive descent over the bytes of a template, since opening a model parses dozens:
/// template = "bias" | term { "&" term };  term = layer "[" integer "]" | name "(" term [","
/// integer] ")"; each(LAYER[0]) beside it.
private struct TemplateParser {
  let text: String
  let bytes: [UInt8]
  var position = 0

  init(text: String) {
    self.text = text
    bytes = Array(text.utf8)
  }

  /// The layer of `each(LAYER[0])`, or `nil` if this is another template.
  mutating func attributeLayer() throws(FeatureError) -> String? {
    skipSpace()
    guard name() == "each", skipSpace() == UInt8(ascii: "(") else {
      position = 0
      return nil
    }
    position += 1
    let start = position
    let inner = try term()
    guard inner.functions.isEmpty, inner.offset == 0 else {
      position = start
      throw problem(
        "each takes a layer's value at the position itself", hint: "Try each(attributes[0]).")
    }
    try expect(UInt8(ascii: ")"), after: "the layer")
    guard skipSpace() == nil else {
      throw problem("each stands alone, and \(found) follows", hint: "Write another template.")
    }
    return inner.layer
  }

  mutating func template() throws(FeatureError) -> [FeatureTemplate.Term] {
    skipSpace()
    let start = position
    if name() == "bias", skipSpace() == nil { return [] }
    position = start
    var terms = [try term()]
    while let byte = skipSpace() {
      guard byte == UInt8(ascii: "&") else {
        throw problem("found \(found) after a term", hint: "Terms are joined by “&”.")
      }
      position += 1
      terms.append(try term())
    }
    return terms
  }

  private mutating func term() throws(FeatureError) -> FeatureTemplate.Term {
    skipSpace()
    let start = position
    let word = name()
    guard !word.isEmpty else {
      throw problem(
        "expected a layer or a function, found \(found)",
        hint: "A term looks like form[-1] or suffix(form[0], 3).")
    }
    switch skipSpace() {
    case UInt8(ascii: "["):
      position += 1
      let offset = try integer()
      try expect(UInt8(ascii: "]"), after: "the offset")
      return FeatureTemplate.Term(layer: word, offset: offset, functions: [])
    case UInt8(ascii: "("):
      position += 1
      if let function = SequenceFunction(rawValue: word) {
        var inner = try term()
        guard inner.functions.isEmpty, inner.sequenceFunction == nil else {
          throw problem(
            "\(word) reads a layer and not the value of a function",
            hint: "Try \(word)(\(inner.layer)[\(inner.offset)]).")
        }
        try expect(UInt8(ascii: ")"), after: "the argument of \(word)")
        inner.sequenceFunction = function
        return inner
      }
      guard let known = WordFunction.names.first(where: { $0.name == word }) else {
        position = start
        let names =
          WordFunction.names.map(\.name) + SequenceFunction.allCases.map(\.rawValue)
        let nearest = nearestName(to: word, among: names).map { "Did you mean “\($0)”? " } ?? ""
        throw problem(
          "unknown function “\(word)”",
          hint: nearest + "Known are \(names.joined(separator: ", ")).")
      }
      var inner = try term()
      var argument: Int?
      if known.arguments == 1 {
        try expect(UInt8(ascii: ","), after: "the value, since \(word) takes a number,")
        argument = try integer()
        guard let number = argument, (1...32).contains(number) else {
          throw problem("\(word) takes a number from 1 to 32", hint: "Try \(word)(form[0], 3).")
        }
      }
      try expect(UInt8(ascii: ")"), after: "the arguments of \(word)")
      inner.functions.append(WordFunction(name: word, argument: argument)!)
      return inner
    default:
      let isFunction =
        WordFunction.names.contains { $0.name == word } || SequenceFunction(rawValue: word) != nil
      throw problem(
        "expected \(isFunction ? "“(”" : "“[”") after “\(word)”, found \(found)",
        hint: isFunction ? "Try \(word)(form[0])." : "Try \(word)[0].")
    }
  }

  /// A run of letters, digits (not first) and underscores; every character beyond ASCII is a letter.
  private mutating func name() -> String {
    let start = position
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "_"), 0x80...:
        position += 1
      case UInt8(ascii: "0")...UInt8(ascii: "9") where position > start: position += 1
      default: return String(decoding: bytes[start..<position], as: UTF8.self)
      }
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func integer() throws(FeatureError) -> Int {
    skipSpace()
    let start = position
    while position < bytes.count {
      let byte = bytes[position]
      let isSign = byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
      guard byte >= 0x30 && byte <= 0x39 || isSign && position == start else { break }
      position += 1
    }
    let digits = String(decoding: bytes[start..<position], as: UTF8.self)
    guard let value = Int(digits), abs(value) <= 100 else {
      throw problem(
        "expected a whole number from −100 to 100, found “\(digits)”", hint: "Try form[-1].")
    }
    return value
  }

  private mutating func expect(_ byte: UInt8, after what: String) throws(FeatureError) {
    guard skipSpace() == byte else {
      throw problem(
        "expected “\(Character(Unicode.Scalar(byte)))” after \(what) found \(found)", hint: "")
    }
    position += 1
  }

  /// Passes over white space and returns what stands behind it.
  @discardableResult
  private mutating func skipSpace() -> UInt8? {
    while position < bytes.count, bytes[position] == 0x20 || (0x09...0x0D).contains(bytes[position])
    {
      position += 1
    }
    return position < bytes.count ? bytes[position] : nil
  }

  private var found: String {
    String(decoding: bytes[position...], as: UTF8.self).first.map { "“\($0)”" } ?? "the end"
  }

  private func problem(_ text: String, hint: String) -> FeatureError {
    let before = String(decoding: bytes[..<position], as: UTF8.self)
    return .template(text: self.text, column: before.count + 1, problem: text, hint: hint)
  }
}
