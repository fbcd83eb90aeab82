internal import FoundationEssentials
internal import SeqCore

/// The keys of a profile's file, held against those that there are: a misspelt key would otherwise mean
/// nothing in silence.
struct ProfileKeys: Decodable {
  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { return nil }
  }

  private struct RuleKeys: Decodable {
    let names: [String]
    init(from decoder: any Decoder) throws {
      names = try decoder.container(keyedBy: Key.self).allKeys.map(\.stringValue)
    }
  }

  private let names: [String]
  private let rules: [RuleKeys]

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    names = container.allKeys.map(\.stringValue)
    rules = (try? container.decode([RuleKeys].self, forKey: Key(stringValue: "rules"))) ?? []
  }

  static let ofProfile = [
    "name", "description", "extends", "namespaces", "rules", "hyphens", "spacing",
    "tokenAttributes", "witness", "joinsVerseParts", "roots", "format", "columns",
    "readOnly",
  ]
  static let ofRule = [
    "elements", "where", "parent", "inside", "action", "prefer", "label", "implied", "text", "name",
    "from", "children",
  ]

  /// Throws `TEIError.profile` for a key that there is not.
  static func check(_ json5: [UInt8], path: String) throws {
    let decoder = JSONDecoder()
    decoder.allowsJSON5 = true
    // What does not parse is told by the profile's own decoder.
    guard let keys = try? decoder.decode(ProfileKeys.self, from: Data(json5)) else { return }
    func check(_ found: [String], _ known: [String], _ place: String) throws {
      for name in found.sorted() where !known.contains(name) {
        throw TEIError.profile(
          path: path,
          problem: "\(place) has the key \"\(name)\", which there is not."
            + (nearestName(to: name, among: known).map { " Is \($0) meant?" } ?? "")
            + " Known: \(known.joined(separator: ", "))")
      }
    }
    try check(keys.names, ofProfile, "it")
    for (index, rule) in keys.rules.enumerated() {
      try check(rule.names, ofRule, "rule \(index + 1)")
    }
  }
}
