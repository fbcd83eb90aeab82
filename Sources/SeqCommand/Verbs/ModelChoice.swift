internal import ArgumentParser
internal import SeqKit
internal import SeqPack

/// Which models a command works with: those given, or the bundled ones of its pack.
struct ModelOptions: ParsableArguments {
  @Option(
    name: [.short, .long], parsing: .singleValue,
    help: "A model file; may be repeated, once per layer. (default: the bundled models)")
  var model: [String] = []

  @Option(
    parsing: .singleValue,
    help: "Tag this layer only; may be repeated. (default: every layer of the pack)")
  var layer: [String] = []

  /// The files of the models for a pack.
  func paths(for pack: OpenPack) throws -> [String] {
    guard model.isEmpty else { return model }
    let manifest = pack.manifest
    for name in layer where manifest.layer(name) == nil {
      let known = manifest.layers.map(\.name)
      throw ValidationError(
        "--layer \(name): \(pack.name) has the layers \(known.joined(separator: ", ")).")
    }
    var paths: [String] = []
    for entry in manifest.layers where layer.isEmpty || layer.contains(entry.name) {
      if let file = entry.model {
        paths.append(try pack.value.path(.models, file, pack.finder))
      }
    }
    if paths.isEmpty {
      throw ValidationError(
        "\(pack.name) has no model yet. Train one (\(Root.context.programName) \(pack.name) train) "
          + "and name it by --model, or in the pack's manifest.")
    }
    return paths
  }

  /// Opens the models for a pack, checked to belong to it and to differ in their layers.
  func taggers(for pack: OpenPack) throws -> [Tagger] {
    let paths = try paths(for: pack)
    let models = try Root.context.ahead?.models(paths) ?? Model.open(paths)
    var taggers: [Tagger] = []
    for (path, model) in zip(paths, models) {
      guard model.manifest.pack == pack.name else {
        throw KitError.pack(model: path, expected: pack.name, found: model.manifest.pack)
      }
      try pack.check(model, path: path)
      guard layer.isEmpty || layer.contains(model.schema.layer) else { continue }
      if let other = taggers.first(where: { $0.schema.layer == model.schema.layer }) {
        throw KitError.sameLayer(
          layer: model.schema.layer, first: other.model.file.path, second: path)
      }
      taggers.append(Tagger(model))
    }
    guard !taggers.isEmpty else {
      throw ValidationError("no model writes the layer \(layer.joined(separator: ", ")).")
    }
    return taggers
  }
}

/// The tokenizer that prepared the models' training text; raw text is tagged with no other.
///
/// - Parameter anyTokenizer: whether to go on with the English tokenizer although the models name
///   one that this program does not have.
func tokenizer(of taggers: [Tagger], anyTokenizer: Bool) throws -> Tokenizer {
  let known = Tokenizer.Language.allCases.map { Tokenizer(language: $0) }
  var chosen: Tokenizer?
  for tagger in taggers {
    let expected = tagger.model.manifest.tokenizer
    let found = known.first { $0.identity == expected }
    if !anyTokenizer, found == nil || chosen.map({ $0.identity != expected }) == true {
      throw KitError.tokenizer(
        model: tagger.model.file.path, expected: expected,
        found: (chosen ?? known[0]).identity)
    }
    chosen = chosen ?? found
  }
  return chosen ?? known[0]
}

/// Refuses to call scores of a model probabilities if they are none.
func requireProbabilities(of taggers: [Tagger]) throws {
  for tagger in taggers where tagger.model.manifest.probabilities == .none {
    throw KitError.noProbabilities(
      model: tagger.model.file.path, algorithm: tagger.model.manifest.provenance.algorithm)
  }
}
