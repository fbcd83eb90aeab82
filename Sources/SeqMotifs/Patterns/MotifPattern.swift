public import SeqCore

/// A pattern of residues: what stands at which place, and how often.
public struct MotifPattern: Hashable, Sendable {
  /// The ways to write a pattern.
  public enum Syntax: String, Sendable, CaseIterable {
    /// PROSITE's: `N-{P}-[ST]-{P}`, `<M-x(1,3)-[KR]`.
    case prosite
    /// A word of IUPAC letters: `TATAWAWN`, `RGD`.
    case iupac
    /// A regular expression over residues: `C.{2,4}C`, `(KR|RK)+`.
    case regex
  }

  /// What its hits are called.
  public let label: MotifLabel
  /// The pattern as it was written.
  public let text: String
  /// What its letters are.
  public let kind: ResidueKind
  /// Where it was described first, if known: a citation.
  public let reference: String

  /// What it means.
  let form: Form

  /// A pattern as the scanner needs it.
  enum Form: Hashable, Sendable {
    /// Any of these.
    case linear([LinearPattern])
    /// An expression with groups.
    case expression(Expression)
  }

  /// Reads a pattern.
  ///
  /// - Parameters:
  ///   - text: the pattern; a prefix `prosite:`, `iupac:` or `regex:` tells its syntax.
  ///   - kind: what its letters are.
  ///   - syntax: how it is written; `nil` to tell by looking: dashes between elements are PROSITE's, a
  ///     word of letters is IUPAC, anything else is a regular expression.
  ///   - label: what hits are called.
  ///   - reference: where it was described.
  /// - Throws: `MotifError.syntax`, `.matchesNothingness` or `.tooLong`.
  public init(
    _ text: String, kind: ResidueKind, syntax: Syntax? = nil, label: MotifLabel,
    reference: String = ""
  ) throws {
    var text = text
    var syntax = syntax
    for candidate in Syntax.allCases where text.hasPrefix(candidate.rawValue + ":") {
      text.removeFirst(candidate.rawValue.count + 1)
      syntax = candidate
    }
    self.label = label
    self.text = text
    self.kind = kind
    self.reference = reference
    let alphabet = PatternAlphabet(kind: kind)
    switch syntax ?? Self.likelySyntax(of: text) {
    case .prosite:
      var parser = PROSITEParser(text, name: label.name, alphabet)
      form = .linear(try parser.parse())
    case .iupac:
      form = .linear([try IUPACWord.parse(text, name: label.name, alphabet)])
    case .regex:
      var parser = ExpressionParser(text, name: label.name, alphabet)
      let expression = try parser.parse()
      form = expression.linear.map { .linear([$0]) } ?? .expression(expression)
    }
    let matchesNothing =
      switch form {
      // Between two anchors stands the whole sequence, which may be empty.
      case .linear(let alternatives):
        alternatives.contains {
          $0.shortest == 0 && !($0.isAnchoredAtStart && $0.isAnchoredAtEnd)
        }
      case .expression(let expression):
        expression.root.isNullable
          && !(expression.isAnchoredAtStart && expression.isAnchoredAtEnd)
      }
    if matchesNothing { throw MotifError.matchesNothingness(name: label.name, pattern: text) }
  }

  /// The way in which a pattern is probably written.
  static func likelySyntax(of text: String) -> Syntax {
    if text.utf8.allSatisfy({ ($0 & 0xDF) >= 0x41 && ($0 & 0xDF) <= 0x5A }) { return .iupac }
    // PROSITE's elements have dashes between them, and numbers in round brackets.
    let expressionSigns = "|^$?+\\"
    if text.contains(where: { expressionSigns.contains($0) }) { return .regex }
    var depth = 0
    for character in text {
      if character == "[" { depth += 1 }
      if character == "]" { depth -= 1 }
      if character == "-" && depth == 0 { return .prosite }
    }
    if zip(text, text.dropFirst()).contains(where: { $0 == "(" && $1.isNumber }) { return .prosite }
    if text.hasPrefix("<") || text.hasSuffix(">") || text.contains("x") { return .prosite }
    return .regex
  }

  /// The pattern that matches on the plus strand where this one matches on the minus strand.
  var onOtherStrand: Form {
    switch form {
    case .linear(let alternatives): .linear(alternatives.map(\.reverseComplement))
    case .expression(let expression): .expression(expression.reverseComplement)
    }
  }

  /// The most residues that a match can have; `nil` if there is no limit.
  var longest: Int? {
    switch form {
    case .linear(let alternatives):
      alternatives.reduce(0 as Int?) { longest, alternative in
        guard let longest, let other = alternative.longest else { return nil }
        return max(longest, other)
      }
    case .expression(let expression): expression.root.longest
    }
  }

  /// The number of residues that each match has, or `nil` if they differ.
  var fixedLength: Int? {
    guard case .linear(let alternatives) = form, alternatives.count == 1 else { return nil }
    return alternatives[0].fixedLength
  }
}
