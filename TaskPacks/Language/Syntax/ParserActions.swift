/// The labels of the parser's tagger: `shift`, `left:nsubj`, `right:obj`, ….
///
/// A relation's own colon stays: `left:acl:relcl`.
struct ParserActions {
  /// The relations, sorted.
  let relations: [String]
  /// What each label of the tagger does, in the order of its labels; `relation` is −1 for a shift.
  let actions: [(step: ParserState.Step, relation: Int)]

  /// Reads the labels of a tagger; `nil` if one is no action.
  init?(labels: [String]) {
    let parts: [(ParserState.Step, String)?] = labels.map { label in
      if label == "shift" { return (.shift, "") }
      guard let colon = label.firstIndex(of: ":") else { return nil }
      let relation = String(label[label.index(after: colon)...])
      switch label[..<colon] {
      case "left": return (.left, relation)
      case "right": return (.right, relation)
      default: return nil
      }
    }
    guard !parts.contains(where: { $0 == nil }) else { return nil }
    let names = Set(parts.compactMap { $0?.1 }.filter { !$0.isEmpty }).sorted()
    relations = names
    actions = parts.map { part in
      let (step, relation) = part!
      return (step, names.firstIndex(of: relation) ?? -1)
    }
  }

  /// The label of an action.
  static func label(_ step: ParserState.Step, relation: String) -> String {
    switch step {
    case .shift: "shift"
    case .left: "left:" + relation
    case .right: "right:" + relation
    }
  }
}
