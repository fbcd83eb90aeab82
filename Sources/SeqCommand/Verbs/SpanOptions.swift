internal import ArgumentParser
internal import SeqKit

/// How spans are chosen, for the verbs that tag them.
struct SpanOptions: ParsableArguments {
  @Option(
    parsing: .singleValue,
    help: "Withhold spans less likely than P: TYPE=P, or P for all types; may be repeated.")
  var threshold: [String] = []

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
  /// - Parameter types: the types that a threshold can name.
  func tagging(types: [String]) throws -> SpanTagging {
    var tagging = SpanTagging()
    tagging.leniency = leniency
    tagging.patterns = rules
    if !rule.isEmpty { tagging.kinds = Set(rule) }
    tagging.scheme = try parseScheme("scheme", scheme)
    for entry in threshold {
      let parts = entry.split(separator: "=", omittingEmptySubsequences: false)
      guard parts.count <= 2, let value = Float(parts.last ?? ""), (0...1).contains(value) else {
        throw ValidationError(
          "--threshold \(entry): expected a probability from 0 to 1, or TYPE=P, such as PER=0.9.")
      }
      if parts.count == 1 {
        tagging.thresholds.general = value
      } else {
        let type = String(parts[0])
        guard types.contains(type) else {
          let nearest = nearestName(to: type, among: types).map { " Did you mean \($0)?" } ?? ""
          throw ValidationError(
            "--threshold \(entry): the types are \(types.joined(separator: ", ")).\(nearest)")
        }
        tagging.thresholds.ofType[type] = value
      }
    }
    return tagging
  }
}

/// The scheme of a name that an option gives.
func parseScheme(_ option: String, _ name: String) throws -> TaggingScheme {
  if let scheme = TaggingScheme(name: name) { return scheme }
  let known = TaggingScheme.allCases.map(\.rawValue)
  let nearest = nearestName(to: name, among: known).map { " Did you mean \($0)?" } ?? ""
  throw ValidationError(
    "--\(option) \(name) is none of \(known.joined(separator: ", ")).\(nearest)")
}

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
