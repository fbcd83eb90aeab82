internal import SeqCore

/// A rule that makes one feature at each position, as a manifest writes it:
/// `form[0]`, `suffix(form[0], 3)`, `form[-1] & lower(form[0])`, `bias`.
///
/// A term reads the value of a layer at an offset from the position and may pass it through
/// functions; `&` joins terms. The feature fires if every term has a value. Before the first and
/// after the last position, a term without functions (or with `lower` and `normal` only) has a
/// mark for its distance to the sequence as value, any other term none. `bias` always fires.
public struct FeatureTemplate: Hashable, Sendable, CustomStringConvertible {
  /// A layer's value at an offset, passed through functions.
  public struct Term: Hashable, Sendable {
    /// The layer's name.
    public var layer: String
    /// The offset from the position, in positions.
    public var offset: Int
    /// The functions, the innermost first.
    public var functions: [WordFunction]
  }

  /// The joined terms; empty for `bias`.
  public let terms: [Term]

  /// The template's canonical text; equal templates have equal texts.
  public var description: String {
    guard !terms.isEmpty else { return "bias" }
    return terms.map { $0.description }.joined(separator: " & ")
  }

  /// Parses a template.
  ///
  /// - Throws: `FeatureError.template` with the column and the nearest known name.
  public init(parsing text: String) throws(FeatureError) {
    var parser = TemplateParser(text: text)
    terms = try parser.template()
  }
}

extension FeatureTemplate.Term: CustomStringConvertible {
  /// The term's canonical text.
  public var description: String {
    functions.reduce("\(layer)[\(offset)]") { $1.text(of: $0) }
  }
}

/// A parser by recursive descent:
/// template = "bias" | term { "&" term };  term = layer "[" integer "]" | name "(" term [","
/// integer] ")".
private struct TemplateParser {
  let text: String
  let characters: [Character]
  var position = 0

  init(text: String) {
    self.text = text
    characters = Array(text)
  }

  mutating func template() throws(FeatureError) -> [FeatureTemplate.Term] {
    skipSpace()
    let start = position
    if name() == "bias", skipSpace() == nil { return [] }
    position = start
    var terms = [try term()]
    while let character = skipSpace() {
      guard character == "&" else {
        throw problem("found “\(character)” after a term", hint: "Terms are joined by “&”.")
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
    case "[":
      position += 1
      let offset = try integer()
      try expect("]", after: "the offset")
      return FeatureTemplate.Term(layer: word, offset: offset, functions: [])
    case "(":
      position += 1
      guard let known = WordFunction.names.first(where: { $0.name == word }) else {
        position = start
        let names = WordFunction.names.map(\.name)
        let nearest = nearestName(to: word, among: names).map { "Did you mean “\($0)”? " } ?? ""
        throw problem(
          "unknown function “\(word)”",
          hint: nearest + "Known are \(names.joined(separator: ", ")).")
      }
      var inner = try term()
      var argument: Int?
      if known.arguments == 1 {
        try expect(",", after: "the value, since \(word) takes a number,")
        argument = try integer()
        guard let number = argument, (1...32).contains(number) else {
          throw problem("\(word) takes a number from 1 to 32", hint: "Try \(word)(form[0], 3).")
        }
      }
      try expect(")", after: "the arguments of \(word)")
      inner.functions.append(WordFunction(name: word, argument: argument)!)
      return inner
    default:
      let isFunction = WordFunction.names.contains { $0.name == word }
      throw problem(
        "expected \(isFunction ? "“(”" : "“[”") after “\(word)”, found \(found)",
        hint: isFunction ? "Try \(word)(form[0])." : "Try \(word)[0].")
    }
  }

  private mutating func name() -> String {
    var word = ""
    while position < characters.count {
      let character = characters[position]
      guard character.isLetter || character == "_" || (!word.isEmpty && character.isNumber) else {
        break
      }
      word.append(character)
      position += 1
    }
    return word
  }

  private mutating func integer() throws(FeatureError) -> Int {
    skipSpace()
    var digits = ""
    while position < characters.count,
      characters[position].isNumber || (digits.isEmpty && "+-".contains(characters[position]))
    {
      digits.append(characters[position])
      position += 1
    }
    guard let value = Int(digits), abs(value) <= 100 else {
      throw problem(
        "expected a whole number from −100 to 100, found “\(digits)”", hint: "Try form[-1].")
    }
    return value
  }

  private mutating func expect(_ character: Character, after what: String) throws(FeatureError) {
    guard skipSpace() == character else {
      throw problem("expected “\(character)” after \(what) found \(found)", hint: "")
    }
    position += 1
  }

  @discardableResult
  private mutating func skipSpace() -> Character? {
    while position < characters.count, characters[position].isWhitespace { position += 1 }
    return position < characters.count ? characters[position] : nil
  }

  private var found: String {
    position < characters.count ? "“\(characters[position])”" : "the end"
  }

  private func problem(_ text: String, hint: String) -> FeatureError {
    .template(text: self.text, column: position + 1, problem: text, hint: hint)
  }
}
