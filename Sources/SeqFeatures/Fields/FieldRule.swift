public import SeqCore

/// How a field of a record is made of another: numbers become bins, texts the classes of their
/// characters, a place in a list, the name of a pattern.
///
/// Derived fields are layers like those that were read, so templates read them by their names. Every
/// value is text; a value that cannot be made (no number, no such neighbour) is `?`.
public struct FieldRule: Hashable, Sendable {
  /// The field's name, as templates have it.
  public var name: String
  /// The field that it is made of.
  public var source: String
  /// What is taken from the source.
  public var measure: Measure
  /// What becomes of it.
  public var outcome: Outcome

  /// A quantity at a position.
  public enum Measure: Hashable, Sendable {
    /// The value itself.
    case value
    /// x[t] − x[t − lag].
    case difference(lag: Int)
    /// How many standard deviations x[t] is above the mean of the `window` values before it.
    case deviation(window: Int)
    /// How many of the `window` positions before have the same text.
    case repeats(window: Int)
    /// The hour of a point in time, 0 to below 24, with its minutes as a fraction.
    case hour
    /// The number of Unicode scalars.
    case length
  }

  /// How a measure is written.
  public enum Outcome: Hashable, Sendable {
    /// A number by the bounds that it has reached: `0` below the first, `1` from there on, ….
    case bins([Double])
    /// A text by its characters: each becomes the name of its class, itself if it is in none; `runs`
    /// says that runs of one class are written once.
    case classes([CharacterClass], runs: Bool)
    /// `yes` or `no`: whether the text in lower case is in a list.
    case list(Set<String>)
    /// The name of the first expression that the whole text matches; `none`.
    case patterns([NamedExpression])
    /// `yes` or `no`: whether the text is that of `lag` positions before.
    case same(lag: Int)
  }

  /// Characters under one name.
  public struct CharacterClass: Hashable, Sendable {
    /// The name, usually a letter.
    public var name: String
    /// The characters.
    public var scalars: [ClosedRange<Unicode.Scalar>]

    /// Makes a class of a list such as `a-zA-Z_`; a hyphen at an end stands for itself.
    public init(name: String, characters: String) {
      self.name = name
      scalars = []
      let list = Array(characters.unicodeScalars)
      var index = 0
      while index < list.count {
        if index + 2 < list.count, list[index + 1] == "-", list[index] <= list[index + 2] {
          scalars.append(list[index]...list[index + 2])
          index += 3
        } else {
          scalars.append(list[index]...list[index])
          index += 1
        }
      }
    }
  }

  /// An expression with a name.
  public struct NamedExpression: Hashable, Sendable {
    /// What the field's value is where it matches.
    public var name: String
    /// The expression.
    public var expression: TextExpression

    /// Makes one.
    public init(name: String, expression: TextExpression) {
      self.name = name
      self.expression = expression
    }
  }

  /// Makes a rule.
  public init(name: String, source: String, measure: Measure, outcome: Outcome) {
    self.name = name
    self.source = source
    self.measure = measure
    self.outcome = outcome
  }
}
