internal import SeqCore
package import SeqPack

extension ReportPlan {
  /// Fills in what packs give, and finds what makes no sense before anything runs.
  ///
  /// - Throws: `ReportError.plan` with the key and what was expected.
  package mutating func complete(with registry: PackRegistry) throws {
    func fault(_ key: String, _ problem: String) -> ReportError {
      .plan(path: path, key: key, problem: problem)
    }
    if corpora.isEmpty { throw fault("corpora", "there is none") }
    if systems.isEmpty { throw fault("systems", "there is none") }
    for (key, value) in [
      ("rounds", rounds), ("tests", tests), ("repeats", repeats), ("threads", threads),
    ] where value < 1 { throw fault(key, "\(value), and must be 1 or more") }
    for share in curve where !(share > 0 && share <= 1) {
      throw fault("curve", "\(share) is no share above 0 and at most 1")
    }
    let packNames = registry.packs.map { $0.name }
    func pack(_ name: String, _ key: String) throws -> any TaskPack.Type {
      if let pack = registry.pack(named: name) { return pack }
      let nearest = nearestName(to: name, among: packNames).map { "; did you mean \($0)?" } ?? ""
      throw fault(
        key, "there is no pack \(name), only \(packNames.joined(separator: ", "))\(nearest)")
    }
    var names: Set<String> = []
    for index in corpora.indices {
      let key = "corpora[\(index)]"
      let corpus = corpora[index]
      if !Self.isName(corpus.name) {
        throw fault(
          key + ".name", "\"\(corpus.name)\": expected letters, digits, - and _, for use in gates")
      }
      if !names.insert(corpus.name).inserted {
        throw fault(key + ".name", "two corpora are called \(corpus.name)")
      }
      if let name = corpus.pack {
        let pack = try pack(name, key + ".pack")
        let task = ReportTask(of: pack)
        if let given = corpus.task, given != task.rawValue {
          throw fault(
            key + ".task", "\(given), but the pack \(name) is of the task \(task.rawValue)")
        }
        corpora[index].task = task.rawValue
        if task == .words || task == .spans {
          let manifest = try pack.manifest()
          if corpus.layers.isEmpty { corpora[index].layers = manifest.layers.map(\.name) }
          if corpus.columns == nil { corpora[index].columns = manifest.columns }
        }
      }
      guard let task = corpora[index].task else {
        throw fault(key, "neither a pack nor a task is named")
      }
      guard let known = ReportTask(rawValue: task) else {
        let tasks = ReportTask.allCases.map(\.rawValue)
        throw fault(
          key + ".task",
          "\(task) is none of \(tasks.joined(separator: ", "))"
            + (nearestName(to: task, among: tasks).map { "; did you mean \($0)?" } ?? ""))
      }
      if corpora[index].layers.isEmpty { corpora[index].layers = known.usualLayers }
      if let scheme = corpus.scheme, TaggingScheme(name: scheme) == nil {
        throw fault(
          key + ".scheme",
          "\(scheme) is none of " + TaggingScheme.allCases.map(\.rawValue).joined(separator: ", "))
      }
    }
    names = []
    for (index, system) in systems.enumerated() {
      let key = "systems[\(index)]"
      if system.name.isEmpty || system.name.contains(":") {
        throw fault(key + ".name", "\"\(system.name)\": expected a name without a colon")
      }
      if !names.insert(system.name).inserted {
        throw fault(key + ".name", "two systems are called \(system.name)")
      }
      let kinds = [
        !system.model.isEmpty, system.train != nil, !system.command.isEmpty,
        !system.predictions.isEmpty,
      ]
      if kinds.count(where: { $0 }) != 1 {
        throw fault(key, "expected one of model, train, command and predictions")
      }
      if system.seeds.isEmpty { throw fault(key + ".seeds", "there is none") }
      if let name = system.pack { _ = try pack(name, key + ".pack") }
      for name in (system.corpora ?? []) + system.predictions.keys.filter({ $0 != "*" }).sorted()
      where !corpora.contains(where: { $0.name == name }) {
        throw fault(
          key, "there is no corpus \(name), only \(corpora.map(\.name).joined(separator: ", "))")
      }
      if !corpora.contains(where: { runs(system, on: $0) }) {
        throw fault(key, "no corpus is of its pack")
      }
      for corpus in corpora where runs(system, on: corpus) {
        if system.train != nil || system.learn.contains(where: { $0.contains("{train}") }),
          corpus.train == nil
        {
          throw fault(key, "is trained, and the corpus \(corpus.name) has no train")
        }
        if system.kind == "model" || system.kind == "trained",
          system.pack ?? corpus.pack == nil
        {
          throw fault(key, "a pack must be named here or by the corpus \(corpus.name)")
        }
      }
    }
  }

  /// Whether a system is run on a corpus: as it says, or if their packs agree.
  func runs(_ system: System, on corpus: Corpus) -> Bool {
    if let chosen = system.corpora { return chosen.contains(corpus.name) }
    if !system.predictions.isEmpty {
      return system.predictions[corpus.name] != nil || system.predictions["*"] != nil
    }
    if let pack = system.pack { return corpus.pack == nil || corpus.pack == pack }
    return true
  }

  private static func isName(_ name: String) -> Bool {
    !name.isEmpty
      && name.unicodeScalars.allSatisfy {
        ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
          || $0 == "-" || $0 == "_"
      }
  }
}
