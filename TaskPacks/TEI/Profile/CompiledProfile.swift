internal import SeqXML

/// A reading profile with names as numbers: what the importer looks up for each tag.
struct CompiledProfile {
  /// How the label of a name is made.
  enum LabelSource {
    case element
    case elementAndType
    case attribute(XMLNameID)
  }

  /// A rule for elements of one name.
  struct Rule {
    var action: ReadingProfile.Action
    var wheres: [(name: XMLNameID, value: [UInt8])] = []
    var parents: [XMLNameID] = []
    var inside: [XMLNameID] = []
    var prefer: [XMLNameID] = []
    var label = LabelSource.element
    var impliesSpace = false
    var text: [UInt8] = []
    var field: XMLNameID = -1
    var from: [XMLNameID] = []
    var children: [XMLNameID] = []

    var isConditional: Bool { !wheres.isEmpty || !parents.isEmpty || !inside.isEmpty }
  }

  /// What an attribute of a token tells.
  enum Role: UInt8 {
    case none, id, lemma, pos, msd, ana, norm, join, space, part, next, previous
  }

  private(set) var rules: [Rule] = []
  /// By the name's number: the rules for it, in order.
  private var candidates: [[Int32]] = []
  /// By the name's number: the rule if there is one without conditions, -1 if there is none, -2 if
  /// conditions decide.
  private(set) var simple: [Int32] = []
  /// By the name's number.
  private(set) var roles: [Role] = []
  /// The namespaces of the vocabulary; -1 is none.
  private(set) var namespaces: Set<XMLNameID> = []
  /// Whether there are rules for annotations that stand apart.
  private(set) var hasPointers = false
  let hyphens: ReadingProfile.Hyphens
  let spacing: ReadingProfile.Spacing
  let witness: [UInt8]?
  let joinsVerseParts: Bool

  init(_ profile: ReadingProfile, _ names: XMLNames) throws {
    hyphens = profile.hyphens ?? .drop
    spacing = profile.spacing ?? .auto
    witness = profile.witness.map { Array($0.utf8) }
    joinsVerseParts = profile.joinsVerseParts ?? false
    for rule in profile.rules {
      var compiled = Rule(action: rule.action)
      compiled.wheres = (rule.where ?? [:]).sorted { $0.key < $1.key }
        .map { (names.id($0.key), Array($0.value.utf8)) }
      compiled.parents = (rule.parent ?? []).map { names.id($0) }
      compiled.inside = (rule.inside ?? []).map { names.id($0) }
      compiled.prefer = (rule.prefer ?? []).map { names.id($0) }
      switch rule.label {
      case nil, "element": compiled.label = .element
      case "element:type": compiled.label = .elementAndType
      case .some(let label) where label.hasPrefix("@"):
        compiled.label = .attribute(names.id(String(label.dropFirst())))
      case .some(let label):
        throw TEIError.profile(
          path: profile.name,
          problem: "the label \"\(label)\" is none of element, element:type, @ATTRIBUTE")
      }
      switch rule.implied {
      case nil, "nothing": break
      case "space": compiled.impliesSpace = true
      case .some(let implied):
        throw TEIError.profile(
          path: profile.name, problem: "implied \"\(implied)\" is neither space nor nothing")
      }
      compiled.text = Array((rule.text ?? "").utf8)
      if let field = rule.name { compiled.field = names.id(field) }
      compiled.from = (rule.from ?? []).map { names.id($0) }
      compiled.children = (rule.children ?? []).map { names.id($0) }
      if rule.action == .pointer { hasPointers = true }
      for element in rule.elements {
        let id = Int(names.id(element))
        while candidates.count <= id { candidates.append([]) }
        candidates[id].append(Int32(rules.count))
      }
      rules.append(compiled)
    }
    simple = candidates.map { list in
      guard let last = list.last else { return -1 }
      return rules[Int(last)].isConditional ? -2 : last
    }
    for namespace in profile.namespaces ?? [""] {
      namespaces.insert(namespace.isEmpty ? -1 : names.id(namespace))
    }
    let known: [(String, Role)] = [
      ("id", .id), ("lemma", .lemma), ("pos", .pos), ("msd", .msd), ("ana", .ana), ("norm", .norm),
      ("join", .join), ("space", .space), ("part", .part), ("next", .next), ("prev", .previous),
    ]
    var attributes = profile.tokenAttributes ?? [:]
    for name in ["part", "next", "prev"] where attributes[name] == nil { attributes[name] = [name] }
    for (key, list) in attributes {
      guard let role = known.first(where: { $0.0 == key })?.1 else {
        throw TEIError.profile(
          path: profile.name,
          problem: "tokenAttributes has \"\(key)\"; known are "
            + known.map(\.0).joined(separator: ", "))
      }
      for name in list {
        let id = Int(names.id(name))
        while roles.count <= id { roles.append(.none) }
        roles[id] = role
      }
    }
  }

  /// The role of an attribute.
  @inline(__always)
  func role(_ name: XMLNameID) -> Role {
    Int(name) < roles.count ? roles[Int(name)] : .none
  }

  /// The rule for an element; -1 for none.
  @inline(__always)
  func rule(
    for tag: borrowing XMLStartTag, parent: XMLNameID, isInside: (XMLNameID) -> Bool
  ) -> Int32 {
    let rule = Int(tag.name) < simple.count ? simple[Int(tag.name)] : -1
    return rule == -2 ? conditional(tag, parent: parent, isInside: isInside) : rule
  }

  /// The rule for an element whose conditions have to be looked at; -1 for none.
  func conditional(
    _ tag: borrowing XMLStartTag, parent: XMLNameID, isInside: (XMLNameID) -> Bool
  ) -> Int32 {
    for index in candidates[Int(tag.name)].reversed() {
      let rule = rules[Int(index)]
      if !rule.parents.isEmpty, !rule.parents.contains(parent) { continue }
      if !rule.inside.isEmpty, !rule.inside.contains(where: isInside) { continue }
      var fits = true
      for (name, value) in rule.wheres {
        // A star is any value.
        guard let found = tag.value(name),
          value == [UInt8(ascii: "*")] || found.elementsEqual(value)
        else {
          fits = false
          break
        }
      }
      if fits { return index }
    }
    return -1
  }
}
