/// The parts of an expression.
indirect enum MatchExpressionNode {
  case characters(CharacterClass)
  case sequence([MatchExpressionNode])
  case choice([MatchExpressionNode])
  case repeated(MatchExpressionNode, least: Int, most: Int?, isReluctant: Bool)
  case textStart, textEnd
}

/// Reads a ``MatchExpression``.
struct MatchExpressionParser {
  private let text: [Unicode.Scalar]
  private var place = 0
  private var depth = 0

  init(_ text: String) { self.text = Array(text.unicodeScalars) }

  typealias Fault = MatchExpression.Fault

  mutating func parse() throws(Fault) -> MatchExpressionNode {
    let node = try choice()
    if place < text.count { throw Fault(problem: "a ) without (") }
    return node
  }

  private var next: Unicode.Scalar? { place < text.count ? text[place] : nil }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard next == scalar else { return false }
    place += 1
    return true
  }

  private mutating func choice() throws(Fault) -> MatchExpressionNode {
    depth += 1
    defer { depth -= 1 }
    if depth > 100 { throw Fault(problem: "groups are nested too deep") }
    var branches = [try sequence()]
    while take("|") { branches.append(try sequence()) }
    return branches.count == 1 ? branches[0] : .choice(branches)
  }

  private mutating func sequence() throws(Fault) -> MatchExpressionNode {
    var parts: [MatchExpressionNode] = []
    while let scalar = next, scalar != "|", scalar != ")" { parts.append(try quantified()) }
    return .sequence(parts)
  }

  private mutating func quantified() throws(Fault) -> MatchExpressionNode {
    var node = try atom()
    while let scalar = next {
      var (least, most): (Int, Int?) = (0, nil)
      switch scalar {
      case "?": most = 1
      case "*": break
      case "+": least = 1
      case "{":
        place += 1
        guard let number = number() else { throw Fault(problem: "no number behind {") }
        (least, most) = (number, number)
        if take(",") { most = self.number() }
        guard next == "}" else { throw Fault(problem: "a { without }") }
        if let most, most < least { throw Fault(problem: "{\(least),\(most)}") }
      default: return node
      }
      place += 1
      node = .repeated(node, least: least, most: most, isReluctant: take("?"))
    }
    return node
  }

  private mutating func number() -> Int? {
    var value: Int?
    while let scalar = next, ("0"..."9").contains(scalar), (value ?? 0) < 10_000 {
      value = (value ?? 0) * 10 + Int(scalar.value - 0x30)
      place += 1
    }
    return value
  }

  private mutating func atom() throws(Fault) -> MatchExpressionNode {
    let scalar = text[place]
    place += 1
    switch scalar {
    case "(":
      if take("?"), !take(":") { throw Fault(problem: "(? without :") }
      let node = try choice()
      if !take(")") { throw Fault(problem: "a ( without )") }
      return node
    case ".": return .characters(.all)
    case "^": return .textStart
    case "$": return .textEnd
    case "[": return .characters(try characterClass())
    case "\\": return .characters(try escape())
    case "?", "*", "+", "{": throw Fault(problem: "nothing before \(scalar)")
    default: return .characters(CharacterClass(ranges: [scalar.value...scalar.value]))
    }
  }

  private mutating func escape() throws(Fault) -> CharacterClass {
    guard let scalar = next else { throw Fault(problem: "nothing behind \\") }
    place += 1
    switch scalar {
    case "n": return CharacterClass(ranges: [0x0A...0x0A])
    case "r": return CharacterClass(ranges: [0x0D...0x0D])
    case "t": return CharacterClass(ranges: [0x09...0x09])
    case "s", "S":
      return CharacterClass(ranges: [9...10, 13...13, 32...32], isNegated: scalar == "S")
    case "d", "D": return CharacterClass(categories: [("Nd", scalar == "D")])
    // All but punctuation, separators and others.
    case "w": return CharacterClass(categories: ["L", "M", "N", "S"].map { ($0, false) })
    case "W": return CharacterClass(categories: ["P", "Z", "C"].map { ($0, false) })
    case "p", "P":
      guard take("{") else { throw Fault(problem: "\\\(scalar) without {") }
      var name = ""
      while let letter = next, letter != "}" {
        name.unicodeScalars.append(letter)
        place += 1
      }
      let isKnown = name.unicodeScalars.first.map { "LMNPSZC".unicodeScalars.contains($0) } ?? false
      guard take("}"), isKnown, name.utf8.count <= 2 else {
        throw Fault(problem: "there is no category \(name)")
      }
      return CharacterClass(categories: [(name, scalar == "P")])
    default:
      if scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) {
        throw Fault(problem: "\\\(scalar) is not known")
      }
      return CharacterClass(ranges: [scalar.value...scalar.value])
    }
  }

  private mutating func characterClass() throws(Fault) -> CharacterClass {
    var result = CharacterClass()
    result.isNegated = take("^")
    var isFirst = true
    while let scalar = next, scalar != "]" || isFirst {
      isFirst = false
      place += 1
      var part = CharacterClass(ranges: [scalar.value...scalar.value])
      if scalar == "[" { throw Fault(problem: "a class in a class") }
      if scalar == "\\" { part = try escape() }
      if part.isNegated { throw Fault(problem: "\\S in a class") }
      let isOne = part.ranges.count == 1 && part.ranges[0].count == 1
      if isOne, next == "-", place + 1 < text.count, text[place + 1] != "]" {
        place += 1
        var last = CharacterClass(ranges: [text[place].value...text[place].value])
        place += 1
        if text[place - 1] == "\\" { last = try escape() }
        let low = part.ranges[0].lowerBound
        guard last.ranges.count == 1, last.ranges[0].upperBound >= low else {
          throw Fault(problem: "a range that is none")
        }
        part.ranges = [low...last.ranges[0].upperBound]
      }
      result.ranges += part.ranges
      result.categories += part.categories
    }
    if !take("]") { throw Fault(problem: "a [ without ]") }
    return result
  }
}

/// Turns the parts of an expression into steps.
struct MatchExpressionCompiler {
  private(set) var program: [MatchExpression.Step] = []
  /// How long a program may be; every repetition is written out.
  private static let limit = 2000

  mutating func add(_ node: MatchExpressionNode) throws(MatchExpression.Fault) {
    if program.count > Self.limit { throw MatchExpression.Fault(problem: "it is too large") }
    switch node {
    case .characters(let characters): program.append(.character(characters))
    case .sequence(let parts): for part in parts { try add(part) }
    case .textStart: program.append(.textStart)
    case .textEnd: program.append(.textEnd)
    case .choice(let branches):
      var ends: [Int] = []
      for (index, branch) in branches.enumerated() {
        guard index + 1 < branches.count else {
          try add(branch)
          break
        }
        let split = program.count
        program.append(.jump(0))
        try add(branch)
        ends.append(program.count)
        program.append(.jump(0))
        program[split] = .split(split + 1, program.count)
      }
      for end in ends { program[end] = .jump(program.count) }
    case .repeated(let part, let least, let most, let isReluctant):
      for _ in 0..<least { try add(part) }
      func split(_ into: Int, _ past: Int) -> MatchExpression.Step {
        isReluctant ? .split(past, into) : .split(into, past)
      }
      guard let most else {
        let start = program.count
        program.append(.jump(0))
        try add(part)
        program.append(.jump(start))
        program[start] = split(start + 1, program.count)
        return
      }
      var splits: [Int] = []
      for _ in least..<max(most, least) {
        splits.append(program.count)
        program.append(.jump(0))
        try add(part)
      }
      for place in splits { program[place] = split(place + 1, program.count) }
    }
  }
}
