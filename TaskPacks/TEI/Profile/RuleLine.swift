internal import SeqCore

extension ReadingProfile.Rule {
  /// Reads a rule in one line, as a command's option gives it: `SELECTOR:ACTION`.
  ///
  /// The selector is a list of local names with commas, before it perhaps ancestors and a slash, behind it
  /// perhaps attribute values: `note`, `note@place=foot`, `front/p,head`, `name@type`. Behind
  /// `placeholder` the text follows, behind `name` and `mark` the label, behind `choose` the children that are
  /// preferred: `gap:placeholder:[…]`, `seg@type=name:name:@subtype`, `choice:choose:sic,orig`.
  ///
  /// - Throws: `TEIError.rule` with what is wrong.
  public init(line: String) throws {
    func fail(_ problem: String) -> TEIError { .rule(line, problem: problem) }
    let known = ReadingProfile.Action.allCases
    let parts = line.split(separator: ":", omittingEmptySubsequences: false)
    // Attribute values may have colons: the action is the first part that is one.
    guard
      let place = parts.indices.dropFirst().first(where: { index in
        known.contains { $0.rawValue == parts[index] }
      }), let action = ReadingProfile.Action(rawValue: String(parts[place]))
    else {
      let word = parts.count > 1 ? String(parts[1]) : ""
      let nearest = nearestName(to: word, among: known.map(\.rawValue))
      throw fail(
        "a rule is like note:exclude or note@place=foot:include"
          + (word.isEmpty ? "" : "; \"\(word)\" is no action")
          + "." + (nearest.map { " Is \($0) meant?" } ?? "")
          + " Known: \(known.map(\.rawValue).joined(separator: ", "))")
    }
    var selector = parts[..<place].joined(separator: ":")[...]
    var conditions: [String: String] = [:]
    let pieces = selector.split(separator: "@", omittingEmptySubsequences: false)
    selector = pieces[0]
    for condition in pieces.dropFirst() {
      let equals = condition.firstIndex(of: "=")
      let name = String(condition[..<(equals ?? condition.endIndex)])
      if name.isEmpty { throw fail("an attribute's name is missing behind @") }
      conditions[name] = equals.map { String(condition[condition.index(after: $0)...]) } ?? "*"
    }
    var ancestors: [String]?
    if let slash = selector.lastIndex(of: "/") {
      ancestors = selector[..<slash].split(separator: ",").map(String.init)
      selector = selector[selector.index(after: slash)...]
    }
    let elements = selector.split(separator: ",").map(String.init)
    if elements.isEmpty { throw fail("the element's name is missing before :\(action.rawValue)") }
    self.init(elements: elements, action: action)
    self.where = conditions.isEmpty ? nil : conditions
    inside = ancestors
    let rest = parts[(place + 1)...].joined(separator: ":")
    switch action {
    case .placeholder:
      if rest.isEmpty { throw fail("the text is missing, as in gap:placeholder:[…]") }
      text = rest
    case .name, .mark: label = rest.isEmpty ? nil : rest
    case .choose: prefer = rest.split(separator: ",").map(String.init)
    case .break: implied = rest.isEmpty ? nil : rest
    case .field, .annotation, .pointer:
      throw fail("\(action.rawValue) needs more than a line; write it in a profile's file")
    default:
      if !rest.isEmpty { throw fail("\(action.rawValue) takes nothing behind it, not \"\(rest)\"") }
    }
  }
}
