/// A regular expression in the style of XML Schema, as a `#match()` pointer has it, that is matched in time
/// proportional to the text: it comes from the document, and one that backtracks could run for ever.
///
/// Characters, `.`, classes (`[a-z]`, `[^…]`, `\d`, `\w`, `\s`, `\p{L}` and their opposites), groups,
/// `|`, `?`, `*`, `+`, `{n,m}`, each reluctant with a `?` behind it, `^` and `$` for the ends of the text.
/// The program is run by all its threads at once (Thompson 1968, doi:10.1145/363347.363387; priorities
/// as in Pike's matcher); of matches that begin at one place, the one that backtracking would find first.
struct MatchExpression {
  /// What is wrong with an expression.
  struct Fault: Error { var problem: String }

  enum Step {
    case character(CharacterClass)
    /// Goes on at both places, the first preferred.
    case split(Int, Int)
    case jump(Int)
    case textStart, textEnd
    case match
  }

  private let program: [Step]
  /// How many steps of threads a search may take.
  private static let stepLimit = 1 << 26

  /// Compiles an expression.
  ///
  /// - Throws: `Fault` if it does not parse or is too large.
  init(_ text: String) throws(Fault) {
    var parser = MatchExpressionParser(text)
    let node = try parser.parse()
    var compiler = MatchExpressionCompiler()
    try compiler.add(node)
    program = compiler.program + [.match]
  }

  /// The `number`th match, from 1, of those that do not overlap, from the left; empty ones do not count.
  ///
  /// - Returns: its scalars; `nil` if there are not as many, or if the search takes too long.
  /// - Complexity: O(scalars × size of the expression).
  func match(_ number: Int, in scalars: [Unicode.Scalar]) -> Range<Int>? {
    var left = number
    var place = 0
    var steps = 0
    while place <= scalars.count {
      guard let found = first(in: scalars, from: place, &steps) else { return nil }
      if found.isEmpty {
        place = found.upperBound + 1
        continue
      }
      left -= 1
      if left == 0 { return found }
      place = found.upperBound
    }
    return nil
  }

  /// Threads at one place of the text, the preferred first, each once.
  private struct Threads {
    var steps: [(step: Int, start: Int)] = []
    private var seen: [Int]
    private var generation = 0

    init(count: Int) { seen = Array(repeating: -1, count: count) }

    mutating func clear() {
      steps.removeAll(keepingCapacity: true)
      generation += 1
    }

    mutating func isNew(_ step: Int) -> Bool {
      defer { seen[step] = generation }
      return seen[step] != generation
    }
  }

  private func first(
    in scalars: [Unicode.Scalar], from: Int, _ steps: inout Int
  ) -> Range<Int>? {
    var current = Threads(count: program.count)
    var next = Threads(count: program.count)
    var found: Range<Int>?
    for place in from...scalars.count {
      if found == nil { add(0, start: place, at: place, of: scalars.count, to: &current) }
      if current.steps.isEmpty { break }
      next.clear()
      threads: for thread in current.steps {
        steps += 1
        switch program[thread.step] {
        case .character(let characters):
          if place < scalars.count, characters.contains(scalars[place]) {
            add(thread.step + 1, start: thread.start, at: place + 1, of: scalars.count, to: &next)
          }
        case .match:
          // What is preferred less does not count any more.
          found = thread.start..<place
          break threads
        case .split, .jump, .textStart, .textEnd: break
        }
      }
      if steps > Self.stepLimit { return nil }
      swap(&current, &next)
    }
    return found
  }

  /// Adds a thread, and those that it becomes without a character.
  private func add(_ step: Int, start: Int, at place: Int, of count: Int, to threads: inout Threads)
  {
    var waiting = [step]
    while let step = waiting.popLast() {
      guard threads.isNew(step) else { continue }
      switch program[step] {
      case .jump(let target): waiting.append(target)
      case .split(let first, let second): waiting += [second, first]
      case .textStart: if place == 0 { waiting.append(step + 1) }
      case .textEnd: if place == count { waiting.append(step + 1) }
      case .character, .match: threads.steps.append((step, start))
      }
    }
  }
}

/// Characters that a place of an expression takes.
struct CharacterClass {
  var ranges: [ClosedRange<UInt32>] = []
  /// Letters of general categories, such as `L` or `Nd`, and whether the opposite is meant.
  var categories: [(name: String, isNegated: Bool)] = []
  var isNegated = false

  static let all = CharacterClass(isNegated: true)

  func contains(_ scalar: Unicode.Scalar) -> Bool {
    let isIn =
      ranges.contains { $0.contains(scalar.value) }
      || categories.contains { category in
        let name = Self.category(of: scalar)
        return (category.name == name || category.name == String(name.prefix(1)))
          != category.isNegated
      }
    return isIn != isNegated
  }

  private static func category(of scalar: Unicode.Scalar) -> String {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter: "Lu"
    case .lowercaseLetter: "Ll"
    case .titlecaseLetter: "Lt"
    case .modifierLetter: "Lm"
    case .otherLetter: "Lo"
    case .nonspacingMark: "Mn"
    case .spacingMark: "Mc"
    case .enclosingMark: "Me"
    case .decimalNumber: "Nd"
    case .letterNumber: "Nl"
    case .otherNumber: "No"
    case .connectorPunctuation: "Pc"
    case .dashPunctuation: "Pd"
    case .openPunctuation: "Ps"
    case .closePunctuation: "Pe"
    case .initialPunctuation: "Pi"
    case .finalPunctuation: "Pf"
    case .otherPunctuation: "Po"
    case .mathSymbol: "Sm"
    case .currencySymbol: "Sc"
    case .modifierSymbol: "Sk"
    case .otherSymbol: "So"
    case .spaceSeparator: "Zs"
    case .lineSeparator: "Zl"
    case .paragraphSeparator: "Zp"
    case .control: "Cc"
    case .format: "Cf"
    case .surrogate: "Cs"
    case .privateUse: "Co"
    case .unassigned: "Cn"
    @unknown default: "Cn"
    }
  }
}
