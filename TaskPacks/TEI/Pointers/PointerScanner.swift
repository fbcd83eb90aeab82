internal import SeqXML

/// Collects the annotations that stand apart: TEI's `span` and `annotation`, and elements for which
/// the profile has a rule with the action `pointer`.
final class PointerScanner: XMLHandler {
  let table = PointerTable()
  private let names: XMLNames
  private let profile: CompiledProfile
  private let vocabulary: Vocabulary
  private let spanGroup, annotationGroup, span, annotation: XMLNameID
  private var groupTypes: [(depth: Int, type: String)] = []
  private var path: [XMLNameID] = []
  /// An annotation whose label is its text, or whose targets are named by its children.
  private var open: (pointer: PointerTable.Pointer, depth: Int, text: [UInt8], rule: Int)?

  init(names: XMLNames, profile: CompiledProfile) {
    self.names = names
    self.profile = profile
    vocabulary = Vocabulary(names)
    spanGroup = names.id("spanGrp")
    annotationGroup = names.id("annotationGrp")
    span = names.id("span")
    annotation = names.id("annotation")
  }

  func startElement(_ tag: borrowing XMLStartTag, in stream: XMLStream) throws {
    let parent = path.last ?? -1
    path.append(tag.name)
    if let open, open.rule >= 0, profile.rules[open.rule].children.contains(tag.name) {
      for name in profile.rules[open.rule].from {
        if let value = tag.value(name) { self.open!.pointer.targets += Self.targets(value) }
      }
      return
    }
    if let rule = pointerRule(tag, parent) {
      openPointer(tag, rule, in: stream)
    } else if tag.name == spanGroup || tag.name == annotationGroup {
      groupTypes.append((path.count, tag.string(vocabulary.type) ?? ""))
    } else if tag.name == span || tag.name == annotation {
      guard var pointer = pointer(tag, in: stream) else { return }
      if let ana = tag.string(vocabulary.ana) {
        pointer.label = label(ana)
        table.add(pointer)
      } else {
        open = (pointer, path.count, [], -1)
      }
    }
  }

  func endElement(_ name: XMLNameID, at range: Range<Int>, in stream: XMLStream) throws {
    if let last = groupTypes.last, last.depth == path.count { groupTypes.removeLast() }
    if let open, open.depth == path.count {
      close(open.pointer, open.text, open.rule)
      self.open = nil
    }
    path.removeLast()
  }

  func text(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int, in stream: XMLStream) throws {
    if open != nil, open!.text.count < 4096 { open!.text.append(contentsOf: bytes) }
  }

  func substitute(
    _ bytes: UnsafeBufferPointer<UInt8>, for range: Range<Int>, in stream: XMLStream
  ) throws {
    if open != nil, open!.text.count < 4096 { open!.text.append(contentsOf: bytes) }
  }

  /// Adds an annotation whose text is known.
  private func close(_ pointer: PointerTable.Pointer, _ text: [UInt8], _ rule: Int) {
    var pointer = pointer
    let words = text.split { $0 <= 0x20 }
    let text = String(decoding: Array(words.joined(separator: [0x20])), as: UTF8.self)
    if rule >= 0 {
      if pointer.label.isEmpty { pointer.label = text }
      if !pointer.targets.isEmpty, pointer.role == .sentence || !pointer.label.isEmpty {
        table.add(pointer)
      }
      return
    }
    let type = groupTypes.last?.type ?? ""
    pointer.role = Self.role(ofGroup: type)
    // In a group of names, the text is the label; elsewhere the group's type says what it is about.
    let isPlain = pointer.role != .name || type == "ner" || type == "name"
    pointer.label = [isPlain ? "" : type, text].filter { !$0.isEmpty }.joined(separator: ":")
    if !pointer.label.isEmpty || pointer.role == .sentence { table.add(pointer) }
  }

  /// What the spans of a group tell.
  static func role(ofGroup type: String) -> PointerTable.Role {
    switch type {
    case "pos", "upos", "xpos": .pos
    case "msd": .msd
    case "lemma": .lemma
    case "s", "sentence": .sentence
    case "srl": .other
    default: .name
    }
  }

  // MARK: - Rules of the profile

  private func pointerRule(_ tag: borrowing XMLStartTag, _ parent: XMLNameID) -> Int? {
    guard profile.hasPointers, profile.namespaces.contains(tag.namespace) else { return nil }
    let rule = profile.rule(for: tag, parent: parent) { path.dropLast().contains($0) }
    guard rule >= 0, profile.rules[Int(rule)].action == .pointer else { return nil }
    return Int(rule)
  }

  private func openPointer(_ tag: borrowing XMLStartTag, _ index: Int, in stream: XMLStream) {
    let rule = profile.rules[index]
    var pointer = PointerTable.Pointer(
      targets: [], label: "", place: stream.place(of: tag.range.lowerBound))
    for name in rule.from {
      if let value = tag.value(name) { pointer.targets += Self.targets(value) }
    }
    switch rule.field >= 0 ? names.string(rule.field) : "name" {
    case "pos": pointer.role = .pos
    case "msd": pointer.role = .msd
    case "lemma": pointer.role = .lemma
    case "sentence": pointer.role = .sentence
    default: pointer.role = .name
    }
    if case .attribute(let name) = rule.label { pointer.label = tag.string(name) ?? "" }
    open = (pointer, path.count, [], index)
  }

  /// The hashes of identifiers in a list, with or without `#`.
  private static func targets(_ value: UnsafeBufferPointer<UInt8>) -> [UInt64] {
    value.split(whereSeparator: { $0 <= 0x20 }).map { word in
      let name = word.first == UInt8(ascii: "#") ? word.dropFirst() : word
      return identifierHash(UnsafeBufferPointer(rebasing: name))
    }
  }

  // MARK: - TEI

  /// The label of `#PER` or `ner:PER`.
  private func label(_ ana: String) -> String {
    let first = ana.split(separator: " ").first.map(String.init) ?? ana
    if first.hasPrefix("#") { return String(first.dropFirst()) }
    return first.split(separator: ":", maxSplits: 1).last.map(String.init) ?? first
  }

  private func pointer(_ tag: borrowing XMLStartTag, in stream: XMLStream) -> PointerTable.Pointer?
  {
    func hash(_ text: some StringProtocol) -> UInt64? {
      guard text.hasPrefix("#") else { return nil }
      return Array(text.dropFirst().utf8).withUnsafeBufferPointer { identifierHash($0) }
    }
    var pointer = PointerTable.Pointer(
      targets: [], label: "", place: stream.place(of: tag.range.lowerBound))
    if let from = tag.string(vocabulary.from), let first = hash(from) {
      let last = tag.string(vocabulary.to).flatMap { hash($0) } ?? first
      pointer.targets = first == last ? [first] : [first, last]
      pointer.isRange = true
      return pointer
    }
    guard let target = tag.string(vocabulary.target) else { return nil }
    if target.hasPrefix("#string-range(") {
      let parts = target.dropFirst("#string-range(".count).prefix { $0 != ")" }
        .split(separator: ",").map { $0.filter { !$0.isWhitespace } }
      let numbers = parts.dropFirst().map { Int($0) ?? -1 }
      // One that is not right points at nothing, and is told as such.
      guard let id = parts.first, let element = hash(id.hasPrefix("#") ? id : "#" + id),
        numbers.count >= 2, numbers.count % 2 == 0,
        numbers.allSatisfy({ $0 >= 0 && $0 < 1 << 40 })
      else { return pointer }
      pointer.targets = [element]
      pointer.characters = stride(from: 0, to: numbers.count, by: 2)
        .map { (numbers[$0], numbers[$0 + 1]) }
      return pointer
    }
    if target.hasPrefix("#match(") {
      guard let (id, expression, number) = MatchPointer.parts(of: target),
        let element = hash(id.hasPrefix("#") ? id : "#" + id)
      else { return pointer }
      pointer.targets = [element]
      pointer.match = (expression, number)
      return pointer
    }
    pointer.targets = target.split(separator: " ").compactMap { hash($0) }
    return pointer.targets.isEmpty ? nil : pointer
  }
}
