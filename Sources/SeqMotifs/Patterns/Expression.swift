/// A regular expression over residues.
struct Expression: Hashable, Sendable {
  var root: ExpressionNode
  var isAnchoredAtStart = false
  var isAnchoredAtEnd = false

  /// The expression as a pattern without branches, if it is one.
  var linear: LinearPattern? {
    var pattern = LinearPattern()
    pattern.isAnchoredAtStart = isAnchoredAtStart
    pattern.isAnchoredAtEnd = isAnchoredAtEnd
    func add(_ node: ExpressionNode) -> Bool {
      switch node {
      case .letters(let letters): pattern.append(letters)
      case .repeated(.letters(let letters), let minimum, let maximum):
        pattern.append(letters, minimum: minimum, maximum: maximum)
      case .sequence(let nodes): return nodes.allSatisfy(add)
      default: return false
      }
      return true
    }
    return add(root) ? pattern : nil
  }

  /// The expression that matches on this strand where this one matches on the other.
  var reverseComplement: Expression {
    Expression(
      root: root.reverseComplement, isAnchoredAtStart: isAnchoredAtEnd,
      isAnchoredAtEnd: isAnchoredAtStart)
  }
}

/// A part of a regular expression.
indirect enum ExpressionNode: Hashable, Sendable {
  case letters(LetterSet)
  case sequence([ExpressionNode])
  case alternatives([ExpressionNode])
  /// `maximum` is `nil` where there is no limit.
  case repeated(ExpressionNode, minimum: Int, maximum: Int?)

  /// Whether it matches the empty sequence.
  var isNullable: Bool {
    switch self {
    case .letters: false
    case .sequence(let nodes): nodes.allSatisfy(\.isNullable)
    case .alternatives(let nodes): nodes.contains { $0.isNullable }
    case .repeated(let node, let minimum, _): minimum == 0 || node.isNullable
    }
  }

  /// The residues of the longest match; `nil` if there is no limit.
  var longest: Int? {
    switch self {
    case .letters: return 1
    case .sequence(let nodes):
      return nodes.reduce(0 as Int?) { sum, node in
        guard let sum, let next = node.longest else { return nil }
        return sum + next
      }
    case .alternatives(let nodes):
      return nodes.reduce(0 as Int?) { most, node in
        guard let most, let next = node.longest else { return nil }
        return max(most, next)
      }
    case .repeated(let node, _, let maximum):
      guard let maximum, let one = node.longest else { return nil }
      return one * maximum
    }
  }

  /// Positions when repetitions are written out.
  var positions: Int {
    switch self {
    case .letters: 1
    case .sequence(let nodes), .alternatives(let nodes): nodes.reduce(0) { $0 + $1.positions }
    case .repeated(let node, let minimum, let maximum):
      node.positions * max(maximum ?? minimum, 1)
    }
  }

  var reverseComplement: ExpressionNode {
    switch self {
    case .letters(let letters): .letters(PatternAlphabet.otherStrand(of: letters))
    case .sequence(let nodes): .sequence(nodes.reversed().map(\.reverseComplement))
    case .alternatives(let nodes): .alternatives(nodes.map(\.reverseComplement))
    case .repeated(let node, let minimum, let maximum):
      .repeated(node.reverseComplement, minimum: minimum, maximum: maximum)
    }
  }
}

/// Reads regular expressions: letters, `.`, `[…]`, `[^…]`, groups, `|`, `* + ? {n} {n,} {n,m}`, and
/// `^` and `$` at the two ends. A backslash makes `*`, `-`, `.` and `~` letters of the sequence.
struct ExpressionParser {
  private var cursor: PatternCursor
  private let alphabet: PatternAlphabet
  private var depth = 0

  /// The positions that an expression with groups may have: one bit each of a machine word.
  static let positionLimit = 63

  init(_ text: String, name: String, _ alphabet: PatternAlphabet) {
    cursor = PatternCursor(text, name: name)
    self.alphabet = alphabet
  }

  mutating func parse() throws -> Expression {
    let isAnchoredAtStart = cursor.take("^")
    let root = try alternatives()
    let isAnchoredAtEnd = cursor.take("$")
    guard cursor.isAtEnd else {
      throw cursor.error(
        cursor.next == UInt8(ascii: ")")
          ? "this bracket was not opened."
          : "\(cursor.found) cannot stand here; ^ and $ stand at the two ends only.")
    }
    let expression = Expression(
      root: root, isAnchoredAtStart: isAnchoredAtStart, isAnchoredAtEnd: isAnchoredAtEnd)
    let limit = expression.linear == nil ? Self.positionLimit : LinearPattern.positionLimit
    if root.positions > limit {
      throw MotifError.tooLong(name: cursor.name, positions: root.positions, limit: limit)
    }
    if case .alternatives = root, isAnchoredAtStart || isAnchoredAtEnd {
      throw cursor.error(
        at: isAnchoredAtStart ? 0 : cursor.offset - 1,
        "it would hold for one of the alternatives only. Put brackets around them.")
    }
    return expression
  }

  private mutating func alternatives() throws -> ExpressionNode {
    var nodes = [try sequence()]
    while cursor.take("|") { nodes.append(try sequence()) }
    return nodes.count == 1 ? nodes[0] : .alternatives(nodes)
  }

  private mutating func sequence() throws -> ExpressionNode {
    var nodes: [ExpressionNode] = []
    while let byte = cursor.next, !"|)$".utf8.contains(byte) {
      nodes.append(try repeated(try atom()))
    }
    if nodes.isEmpty { throw cursor.error("a letter was expected, not \(cursor.found).") }
    return nodes.count == 1 ? nodes[0] : .sequence(nodes)
  }

  private mutating func atom() throws -> ExpressionNode {
    let start = cursor.offset
    if cursor.take("(") {
      if cursor.take("?"), !cursor.take(":") {
        throw cursor.error("of groups that begin with (?, only (?: is known.")
      }
      depth += 1
      guard depth <= 100 else { throw cursor.error("groups are nested more than 100 deep.") }
      // A group in brackets of its own stays a node of its own, so that anchors hold for all of it.
      let inner = try alternatives()
      depth -= 1
      guard cursor.take(")") else { throw cursor.error(at: start, "this bracket is not closed.") }
      return .sequence([inner])
    }
    if cursor.take(".") { return .letters(alphabet.any) }
    if cursor.take("[") { return .letters(try letterClass(from: start)) }
    return .letters(try letter())
  }

  private mutating func letter() throws -> LetterSet {
    let start = cursor.offset
    if cursor.take("\\") {
      guard let byte = cursor.next, "*-.~".utf8.contains(byte) else {
        throw cursor.error(at: start, "a backslash stands before one of * - . ~ only.")
      }
      cursor.advance()
      return LetterSet(byte: byte)!
    }
    guard let byte = cursor.next, byte >= UInt8(ascii: "A"),
      let letters = alphabet.letters(of: byte)
    else { throw cursor.error("\(cursor.found) is no \(alphabet.kind.letterName).") }
    cursor.advance()
    return letters
  }

  private mutating func letterClass(from start: Int) throws -> LetterSet {
    let isNegated = cursor.take("^")
    var letters: LetterSet = []
    while !cursor.take("]") {
      guard !cursor.isAtEnd else { throw cursor.error(at: start, "this bracket is not closed.") }
      let first = cursor.next!
      letters.formUnion(try letter())
      if cursor.next == UInt8(ascii: "-") {
        let dash = cursor.offset
        cursor.advance()
        guard let last = cursor.next, last > first, last <= UInt8(ascii: "z") else {
          throw cursor.error(at: dash, "a range goes from a letter to a later one, as in A-F.")
        }
        for byte in (first + 1)...last { letters.formUnion(alphabet.letters(of: byte) ?? []) }
        cursor.advance()
      }
    }
    if letters.isEmpty { throw cursor.error(at: start, "there is no letter in these brackets.") }
    return isNegated ? alphabet.complement(of: letters) : letters
  }

  private mutating func repeated(_ node: ExpressionNode) throws -> ExpressionNode {
    let start = cursor.offset
    let bounds: (Int, Int?)
    if cursor.take("*") {
      bounds = (0, nil)
    } else if cursor.take("+") {
      bounds = (1, nil)
    } else if cursor.take("?") {
      bounds = (0, 1)
    } else if cursor.take("{") {
      guard let minimum = try cursor.number() else {
        throw cursor.error("\(cursor.found) where a number was expected, as in {2} or {2,4}.")
      }
      var maximum: Int? = minimum
      if cursor.take(",") { maximum = try cursor.number() }
      guard cursor.take("}") else { throw cursor.error("\(cursor.found) where } was expected.") }
      if let maximum, maximum < minimum || maximum == 0 {
        throw cursor.error(at: start, "from \(minimum) to \(maximum) repeats there is nothing.")
      }
      bounds = (minimum, maximum)
    } else {
      return node
    }
    if node.isNullable {
      throw cursor.error(at: start, "what is repeated here may be nothing; make it at least 1.")
    }
    if let next = cursor.next, "*+?{".utf8.contains(next) {
      throw cursor.error("one repetition follows another.")
    }
    var inner = node
    if case .sequence(let nodes) = node, nodes.count == 1, case .letters = nodes[0] {
      inner = nodes[0]
    }
    return .repeated(inner, minimum: bounds.0, maximum: bounds.1)
  }
}
