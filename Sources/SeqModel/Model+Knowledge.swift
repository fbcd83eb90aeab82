internal import SeqCore
internal import SeqFeatures

/// What templates know of words, as tensors of a model file (Docs/Formats/model.md, `words.v1` and
/// `phrases.v1`).
extension Knowledge {
  /// Reads what a manifest announces.
  init(_ manifest: ModelManifest.KnowledgeManifest, _ file: SafetensorsFile) throws {
    func numbers<Element: SafetensorsElement>(
      _ name: String, _ type: Element.Type, count: Int?
    ) throws -> [Element] {
      try file.tensor(name, of: type, shape: [count]).array(of: type)
    }
    func refuse(_ problem: String) -> ModelError { .damaged(path: file.path, problem: problem) }
    func isRising(_ hashes: [UInt64]) -> Bool { zip(hashes, hashes.dropFirst()).allSatisfy(<) }
    self.init()
    for table in manifest.tables {
      let name = table.name.rawValue
      guard self.table(table.name) == nil else { throw refuse("it has two tables \(name)") }
      let words = try numbers("words.\(name).hashes", UInt64.self, count: nil)
      let codes = try numbers("words.\(name).codes", UInt16.self, count: words.count)
      guard isRising(words) else { throw refuse("the words of its table \(name) are not in order") }
      guard codes.allSatisfy({ Int($0) < table.values.count }) else {
        throw refuse("its table \(name) has a value beyond the \(table.values.count) it names")
      }
      tables.append(
        WordTable(
          name: table.name, words: words, codes: codes, values: table.values,
          missing: table.missing))
    }
    if let types = manifest.phraseTypes {
      let nodes = try numbers("phrases.nodes", UInt64.self, count: nil)
      let codes = try numbers("phrases.codes", UInt16.self, count: nodes.count)
      guard isRising(nodes) else { throw refuse("its phrases are not in order") }
      guard codes.allSatisfy({ Int($0) <= types.count }) else {
        throw refuse("its phrases have a type beyond the \(types.count) it names")
      }
      phrases = PhraseTable(nodes: nodes, codes: codes, types: types)
    }
  }

  /// Adds the numbers to a file.
  ///
  /// - Returns: what the manifest has to say of them; `nil` if there is nothing.
  func write(to file: inout SafetensorsWriter) -> ModelManifest.KnowledgeManifest? {
    guard !tables.isEmpty || phrases != nil else { return nil }
    for table in tables {
      let name = table.name.rawValue
      file.add("words.\(name).hashes", shape: [table.words.count], table.words)
      file.add("words.\(name).codes", shape: [table.codes.count], table.codes)
    }
    if let phrases {
      file.add("phrases.nodes", shape: [phrases.nodes.count], phrases.nodes)
      file.add("phrases.codes", shape: [phrases.codes.count], phrases.codes)
    }
    return ModelManifest.KnowledgeManifest(
      tables: tables.map {
        ModelManifest.KnowledgeManifest.Table(
          name: $0.name, values: $0.values, missing: $0.missing)
      }, phraseTypes: phrases?.types)
  }
}
