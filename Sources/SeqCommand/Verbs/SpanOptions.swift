internal import ArgumentParser
internal import SeqCore
internal import SeqKit

/// How spans are chosen, for the verbs that tag them.
struct SpanOptions: ParsableArguments {
  @Option(
    parsing: .singleValue,
    help: "Withhold spans less likely than P: TYPE=P, or P for all types; may be repeated.")
  var threshold: [String] = []

  @Option(
    parsing: .singleValue,
    help: """
      Withhold what is below the lowest threshold that had this precision on the model's development \
      set: P for all types together, or TYPE=P; may be repeated.
      """)
  var wantedPrecision: [String] = []

  @Option(
    parsing: .singleValue,
    help: "The same with the highest threshold that kept this recall: P, or TYPE=P.")
  var wantedRecall: [String] = []

  @Option(
    help: "Take this from the score of O, in nats: above 0 more is found, and less of it is right.")
  var leniency: Float = 0

  @Option(
    help: """
      Patterns (e-mail, URL, IP, IBAN, credit card, date, money, phone): off, first (they win over \
      the model), last (the model wins) or only.
      """, transform: choice)
  var rules: SpanTagging.Precedence = .off

  @Option(
    parsing: .singleValue,
    help: "Use this kind of pattern only, such as email; may be repeated. (default: all)",
    transform: choice)
  var rule: [TextPattern] = []

  @Option(help: "The scheme of the labels that are written.")
  var scheme = "iob2"

  /// The options in the library's form.
  ///
  /// - Parameter taggers: their types are those that a threshold can name, and their development
  ///   sets those that it is chosen by.
  func tagging(for taggers: [Tagger]) throws -> SpanTagging {
    var tagging = SpanTagging()
    tagging.leniency = leniency
    tagging.patterns = rules
    if !rule.isEmpty { tagging.kinds = Set(rule) }
    tagging.scheme = try taggingScheme(scheme, option: "scheme")
    let types = taggers.flatMap { $0.model.spans?.types ?? [] }
    for (type, value) in try entries(threshold, of: "threshold", types) {
      tagging.thresholds.set(Float(value), for: type)
    }
    for (name, list) in [
      ("wanted-precision", wantedPrecision), ("wanted-recall", wantedRecall),
    ] {
      for (type, value) in try entries(list, of: name, types) {
        let curves = taggers.compactMap { $0.model.manifest.thresholdCurves?[type ?? "*"] }
        guard curves.count == 1, let curve = curves.first else {
          throw CommandFailure.noThresholdCurve(option: name)
        }
        let isPrecision = name == "wanted-precision"
        let found = isPrecision ? curve.threshold(precision: value) : curve.threshold(recall: value)
        guard let found else {
          throw CommandFailure.unreachable(
            option: name, type: type, wanted: value,
            best: (isPrecision ? curve.bestPrecision : curve.bestRecall) ?? 0)
        }
        tagging.thresholds.set(found, for: type)
      }
    }
    return tagging
  }

  /// The values of an option that takes P or TYPE=P; the type is `nil` for all.
  private func entries(
    _ list: [String], of option: String, _ types: [String]
  ) throws -> [(type: String?, value: Double)] {
    try list.map { entry in
      let parts = entry.split(separator: "=", omittingEmptySubsequences: false)
      guard parts.count <= 2, let value = Double(parts.last ?? ""), (0...1).contains(value) else {
        throw ValidationError(
          "--\(option) \(entry): expected a number from 0 to 1, or TYPE=P, such as PER=0.9.")
      }
      if parts.count == 1 { return (nil, value) }
      let type = String(parts[0])
      guard types.contains(type) else {
        let nearest = nearestName(to: type, among: types).map { " Did you mean \($0)?" } ?? ""
        throw ValidationError(
          "--\(option) \(entry): the types are \(types.joined(separator: ", ")).\(nearest)")
      }
      return (type, value)
    }
  }
}

/// A tagging scheme by its name.
///
/// - Parameter option: the option that names it, where the parser does not say so itself.
func taggingScheme(_ name: String, option: String?) throws -> TaggingScheme {
  if let scheme = TaggingScheme(name: name) { return scheme }
  let known = TaggingScheme.allCases.map(\.rawValue)
  let nearest = nearestName(to: name, among: known).map { " Did you mean \($0)?" } ?? ""
  throw ValidationError(
    "\(option.map { "--\($0) " } ?? "")\(name) is none of \(known.joined(separator: ", ")).\(nearest)"
  )
}

/// The same, for the parser.
func taggingScheme(_ name: String) throws -> TaggingScheme { try taggingScheme(name, option: nil) }

extension Console {
  /// Says what was changed between the model's choice and what is written.
  func report(_ changes: SpanTagging.Changes) {
    let parts = [
      (changes.withheld, "withheld below the threshold"),
      (changes.added, "added by patterns"), (changes.replaced, "of the model replaced by patterns"),
      (changes.yielded, "of patterns left out where the model has one"),
    ].filter { $0.0 > 0 }.map { "\(grouped($0.0)) \($0.1)" }
    if !parts.isEmpty { note("spans: " + parts.joined(separator: ", ")) }
  }
}
