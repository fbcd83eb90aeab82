/// PROSITE's pattern syntax (Sigrist et al. 2002, doi 10.1093/bib/3.3.265), as ScanProsite reads it.
///
/// ```
/// pattern    = ["<"] element {"-" element} [">"] ["."]
/// element    = (letter | "x" | "[" letters "]" | "{" letters "}") [repetition]
/// repetition = "(" number ")" | "(" number "," (number | "*") ")" | "*" | "+"
/// ```
///
/// Inside the brackets of the first element `<`, and of the last `>`, stands for the sequence's end:
/// `[G>]` is G or the end. Such a pattern means two, one of which ends before that element.
struct PROSITEParser {
  private var cursor: PatternCursor
  private let alphabet: PatternAlphabet

  private struct Element {
    var letters: LetterSet
    var minimum = 1
    var maximum: Int? = 1
    /// Its brackets hold `<` or `>`.
    var orStart = false
    var orEnd = false
    var column: Int
  }

  init(_ text: String, name: String, _ alphabet: PatternAlphabet) {
    cursor = PatternCursor(text, name: name)
    self.alphabet = alphabet
  }

  /// The pattern, as any of several without branches.
  mutating func parse() throws -> [LinearPattern] {
    var whole = LinearPattern()
    skipSpaces()
    whole.isAnchoredAtStart = cursor.take("<")
    if whole.isAnchoredAtStart { _ = cursor.take("-") }
    var elements: [Element] = []
    repeat {
      skipSpaces()
      elements.append(try element())
      skipSpaces()
    } while cursor.take("-")
    whole.isAnchoredAtEnd = cursor.take(">")
    _ = cursor.take(".")
    skipSpaces()
    guard cursor.isAtEnd else {
      throw cursor.error("\(cursor.found) where - and an element, or the end, was expected.")
    }
    return try alternatives(elements, whole)
  }

  private func alternatives(_ elements: [Element], _ whole: LinearPattern) throws
    -> [LinearPattern]
  {
    for (index, element) in elements.enumerated() {
      if element.orStart && (index > 0 || whole.isAnchoredAtStart) {
        throw cursor.error(
          at: element.column, "< inside brackets has a meaning in the first element only.")
      }
      if element.orEnd && (index < elements.count - 1 || whole.isAnchoredAtEnd) {
        throw cursor.error(
          at: element.column, "> inside brackets has a meaning in the last element only.")
      }
      if element.orStart || element.orEnd, element.minimum != 1 || element.maximum != 1 {
        throw cursor.error(
          at: element.column, "an element with < or > in its brackets cannot be repeated.")
      }
    }
    var results: [LinearPattern] = []
    for withoutFirst in elements[0].orStart ? [false, true] : [false] {
      for withoutLast in elements[elements.count - 1].orEnd ? [false, true] : [false] {
        var used = elements[...]
        var pattern = whole
        if withoutFirst {
          used = used.dropFirst()
          pattern.isAnchoredAtStart = true
        }
        if withoutLast {
          used = used.dropLast()
          pattern.isAnchoredAtEnd = true
        }
        let positions = used.reduce(0) { $0 + max($1.maximum ?? $1.minimum, 1) }
        guard positions <= LinearPattern.positionLimit else {
          throw MotifError.tooLong(
            name: cursor.name, positions: positions, limit: LinearPattern.positionLimit)
        }
        for element in used {
          pattern.append(element.letters, minimum: element.minimum, maximum: element.maximum)
        }
        results.append(pattern)
      }
    }
    return results
  }

  private mutating func element() throws -> Element {
    let column = cursor.offset
    guard let byte = cursor.next else {
      throw cursor.error("an element was expected: a letter, x, [letters] or {letters}.")
    }
    var element = Element(letters: [], column: column)
    cursor.advance()
    switch byte {
    case UInt8(ascii: "x"): element.letters = alphabet.any
    case UInt8(ascii: "["): try readSet(into: &element, until: "]")
    case UInt8(ascii: "{"):
      try readSet(into: &element, until: "}")
      if element.orStart || element.orEnd {
        throw cursor.error(at: column, "< and > cannot stand inside braces.")
      }
      element.letters = alphabet.complement(of: element.letters)
      if element.letters.isEmpty {
        throw cursor.error(at: column, "the braces leave no letter that could stand here.")
      }
    default:
      guard byte >= UInt8(ascii: "A"), let letters = alphabet.letters(of: byte) else {
        throw cursor.error(
          at: column,
          "\(character(at: column, of: cursor.text)) is no \(alphabet.kind.letterName). "
            + "An element is a letter, x, [letters] or {letters}.")
      }
      element.letters = letters
    }
    try readRepetition(into: &element)
    return element
  }

  private mutating func readSet(into element: inout Element, until end: Unicode.Scalar) throws {
    let start = cursor.offset - 1
    while !cursor.take(end) {
      guard let byte = cursor.next else {
        throw cursor.error(at: start, "this bracket is not closed by \(end).")
      }
      if byte == UInt8(ascii: "<") {
        element.orStart = true
      } else if byte == UInt8(ascii: ">") {
        element.orEnd = true
      } else if byte >= UInt8(ascii: "A"), let letters = alphabet.letters(of: byte) {
        element.letters.formUnion(letters)
      } else if byte != UInt8(ascii: " ") {
        throw cursor.error("\(cursor.found) is no \(alphabet.kind.letterName).")
      }
      cursor.advance()
    }
    if element.letters.isEmpty {
      throw cursor.error(at: start, "there is no letter in these brackets.")
    }
  }

  private mutating func readRepetition(into element: inout Element) throws {
    if cursor.take("*") {
      (element.minimum, element.maximum) = (0, nil)
    } else if cursor.take("+") {
      (element.minimum, element.maximum) = (1, nil)
    } else if cursor.take("(") {
      let start = cursor.offset
      guard let minimum = try cursor.number() else {
        throw cursor.error("\(cursor.found) where a number was expected, as in x(2) or x(2,4).")
      }
      element.minimum = minimum
      element.maximum = minimum
      if cursor.take(",") {
        if cursor.take("*") {
          element.maximum = nil
        } else if let maximum = try cursor.number() {
          element.maximum = maximum
        } else {
          throw cursor.error("\(cursor.found) where the largest number of repeats was expected.")
        }
      }
      guard cursor.take(")") else {
        throw cursor.error("\(cursor.found) where ) was expected.")
      }
      if let maximum = element.maximum, maximum < minimum || maximum == 0 {
        throw cursor.error(at: start, "from \(minimum) to \(maximum) repeats there is nothing.")
      }
    }
  }

  private mutating func skipSpaces() { while cursor.take(" ") {} }
}
