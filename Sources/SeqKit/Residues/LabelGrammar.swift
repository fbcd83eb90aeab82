/// Which labels may follow which, for how long, and over which letters: rules as data.
///
/// A grammar names states. Each shows a label and belongs to a class, which is what a scorer tells apart;
/// several states may show one label (a codon's three positions) or share a class (a helix on its way
/// in and one on its way out). `Docs/Formats/grammar.md` specifies the file.
public struct LabelGrammar: Hashable, Sendable {
  /// A state.
  public struct State: Hashable, Sendable {
    /// Its name, to be named in steps.
    public var name: String
    /// The label that its positions show.
    public var label: UInt8
    /// The class that a scorer must tell.
    public var classNumber: Int
    /// The letters that may stand there, small and capital; `nil` for any.
    public var letters: [UInt8]?
    /// How many positions it may last; `nil` for one (and any number, if it steps to itself).
    public var lengths: ClosedRange<Int>?
    /// Whether it may also last longer than the longest of ``lengths``.
    public var isOpen = false
    /// Whether it may be first, and whether it may be last.
    public var starts = false
    /// How often each state was last.
    public var ends = false
  }

  /// The grammar's name.
  public var name: String
  /// The states.
  public var states: [State] = []
  /// The classes, by number.
  public var classes: [String] = []
  /// Classes that mark places (a splice site, a start codon) rather than stretches; by number.
  public var signals: Set<Int> = []
  /// Classes that are hard to tell apart though together they are easy to tell from the rest, such as the
  /// two sides of a membrane; by number, no class in two groups.
  public var groups: [[Int]] = []
  /// Steps from a state to those that may follow it.
  public var steps: [[Int]] = []
  /// The labels, in the order in which states first show them.
  public var labels: [UInt8] {
    states.reduce(into: []) { if !$0.contains($1.label) { $0.append($1.label) } }
  }
  /// Labels whose segments count when decoding is tuned, instead of single residues; may be empty.
  public var segments: [UInt8] = []
  /// The file's text, for models to keep.
  public var text = ""

  /// How far ends may be off for a segment to count as right.
  public var tolerance = 0

  /// The text of a grammar in which every label may follow every other.
  ///
  /// - Parameter longest: if given, a label's stays are segments whose lengths are learnt up to this;
  ///   longer ones are possible.
  public static func chain(of labels: [UInt8], longest: Int? = nil) -> String {
    let letters = labels.map { String(Unicode.Scalar($0)) }
    var text = "grammar \(longest == nil ? "chain" : "segments")\n"
    for letter in letters {
      text += "state s\(letter) \(letter)" + (longest.map { " length 1..\($0)+" } ?? "") + "\n"
    }
    let names = letters.map { "s" + $0 }
    for name in names {
      let others = names.filter { longest == nil || $0 != name }
      if !others.isEmpty { text += "step \(name) -> \(others.joined(separator: " "))\n" }
    }
    let all = names.joined(separator: " ")
    return text + "start \(all)\nend \(all)\n"
  }

  /// The class of each label, where a label has one class only.
  public func classNumber(ofLabel label: UInt8) -> Int? {
    let numbers = Set(states.filter { $0.label == label }.map(\.classNumber))
    return numbers.count == 1 ? numbers.first : nil
  }

  /// Whether every label has a class of its own, so that labels tell classes without a path.
  public var classesAreLabels: Bool {
    labels.allSatisfy { classNumber(ofLabel: $0) != nil } && classes.count == labels.count
  }
}

extension LabelGrammar {
  /// Parses a grammar file.
  ///
  /// - Parameter source: the file's name, for messages.
  /// - Throws: `ResidueModelError.grammar` with the line and what is wrong.
  public init(parsing text: String, source: String) throws(ResidueModelError) {
    name = ""
    self.text = text
    var numbers: [String: Int] = [:]
    var pending: [(line: Int, from: String, to: [String])] = []
    var marks: [(line: Int, word: String, names: [String])] = []
    for (index, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let line = index + 1
      func fail(_ problem: String) -> ResidueModelError {
        .grammar(source: source, line: line, problem: problem)
      }
      let content = raw.prefix { $0 != "#" }
      let words = content.split { $0 == " " || $0 == "\t" || $0 == "\r" }.map(String.init)
      guard let keyword = words.first else { continue }
      let rest = Array(words.dropFirst())
      switch keyword {
      case "grammar":
        guard rest.count == 1 else { throw fail("grammar takes one name") }
        name = rest[0]
      case "segments":
        guard (1...2).contains(rest.count) else {
          throw fail("segments takes letters, and how far ends may be off")
        }
        segments = Array(rest[0].utf8)
        guard let distance = Int(rest.count == 2 ? rest[1] : "0"), distance >= 0 else {
          throw fail("\"\(rest[1])\" is no distance")
        }
        tolerance = distance
      case "state":
        let state = try Self.state(rest, classes: &classes, fail: fail)
        if numbers.updateValue(states.count, forKey: state.name) != nil {
          throw fail("the state \(state.name) was declared before")
        }
        states.append(state)
      case "step":
        guard let arrow = rest.firstIndex(of: "->"), arrow > 0, arrow + 1 < rest.count else {
          throw fail("a step is written: step FROM … -> TO …")
        }
        for from in rest[..<arrow] {
          pending.append((line, from, Array(rest[(arrow + 1)...])))
        }
      case "start", "end", "signal", "group":
        if rest.isEmpty { throw fail("\(keyword) takes names") }
        marks.append((line, keyword, rest))
      default:
        throw fail(
          "\"\(keyword)\" is no keyword; known are grammar, state, step, start, end, signal, group, "
            + "segments")
      }
    }
    func number(_ name: String, _ line: Int) throws(ResidueModelError) -> Int {
      if let number = numbers[name] { return number }
      throw .grammar(source: source, line: line, problem: "there is no state \(name)")
    }
    guard !states.isEmpty else {
      throw .grammar(source: source, line: 1, problem: "it has no state")
    }
    steps = Array(repeating: [], count: states.count)
    for (line, from, to) in pending {
      let from = try number(from, line)
      for name in to {
        let to = try number(name, line)
        if from == to, states[to].lengths != nil {
          throw .grammar(
            source: source, line: line,
            problem: "\(name) has a length, so it cannot follow itself")
        }
        if !steps[from].contains(to) { steps[from].append(to) }
      }
    }
    for (line, word, names) in marks {
      if word == "group" { groups.append([]) }
      for name in names {
        if word == "signal" || word == "group" {
          guard let index = classes.firstIndex(of: name) else {
            throw .grammar(source: source, line: line, problem: "there is no class \(name)")
          }
          if word == "signal" {
            signals.insert(index)
          } else if groups.contains(where: { $0.contains(index) }) {
            throw .grammar(
              source: source, line: line, problem: "the class \(name) is in a group already")
          } else {
            groups[groups.count - 1].append(index)
          }
        } else {
          let index = try number(name, line)
          if word == "start" { states[index].starts = true } else { states[index].ends = true }
        }
      }
    }
    guard states.contains(where: \.starts), states.contains(where: \.ends) else {
      throw .grammar(
        source: source, line: 1,
        problem:
          "no state may be \(states.contains(where: \.starts) ? "last (end)" : "first (start)")")
    }
  }

  private static func state(
    _ words: [String], classes: inout [String], fail: (String) -> ResidueModelError
  ) throws(ResidueModelError) -> State {
    guard words.count >= 2, words[1].utf8.count == 1, let label = words[1].utf8.first, label > 0x20,
      label < 0x7F
    else { throw fail("a state is written: state NAME LABEL, and the label is one letter") }
    var state = State(name: words[0], label: label, classNumber: 0)
    var className = words[1]
    var index = 2
    while index < words.count {
      guard index + 1 < words.count else { throw fail("\(words[index]) takes a value") }
      let value = words[index + 1]
      switch words[index] {
      case "class": className = value
      case "letters": state.letters = Array(value.utf8)
      case "length":
        var text = Substring(value)
        if text.hasSuffix("+") {
          state.isOpen = true
          text = text.dropLast()
        }
        let ends = text.split(separator: ".", omittingEmptySubsequences: true)
        guard ends.count == 2, let low = Int(ends[0]), let high = Int(ends[1]), low >= 1,
          high >= low, high <= 10_000
        else { throw fail("\"\(value)\" is no length; write 12..40, or 30..200+ for no limit") }
        state.lengths = low...high
      default:
        throw fail(
          "\"\(words[index])\" is no property of a state; known are class, letters, length")
      }
      index += 2
    }
    if let known = classes.firstIndex(of: className) {
      state.classNumber = known
    } else {
      state.classNumber = classes.count
      classes.append(className)
    }
    return state
  }
}
