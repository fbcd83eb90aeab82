internal import SeqPack

/// The command lines by which a system is trained and tags, for each kind of system.
struct SystemCommands {
  let plan: ReportPlan
  let system: ReportPlan.System
  let corpus: ReportPlan.Corpus
  let task: ReportTask
  /// The path of this program.
  let program: String

  /// One command and where its data go.
  struct Command {
    var arguments: [String]
    var input: String?
    var output: String?
    /// A folder that it writes into, and that must be there.
    var outputFolder: String?
  }

  private var pack: String { system.pack ?? corpus.pack ?? "" }

  /// How our verbs are told the format of the corpus.
  private var format: [String] {
    var words: [String] = []
    if task == .residues || task == .frames { return words }
    if task != .roles, let format = corpus.format { words += ["--input-format", format] }
    if let columns = corpus.columns { words += ["--columns", columns.joined(separator: ",")] }
    if let separator = corpus.separator { words += ["--separator", separator] }
    return words
  }

  /// The commands that train the system with a seed, a layer each where models are of a layer.
  ///
  /// - Parameter model: the file to write, or the beginning of the files' names.
  func training(train: String, seed: UInt64, model: String) -> [Command] {
    if !system.learn.isEmpty {
      return [
        external(system.learn, input: nil, output: nil, train: train, seed: seed, model: model)
      ]
    }
    guard let recipe = system.train else { return [] }
    let layers: [String?] = task == .words || task == .spans ? corpus.layers : [nil]
    let common = ["--seed", "\(seed)", "--threads", "\(plan.threads)", "--quiet"]
    if task == .frames {
      var words = [program, pack, "train"] + Self.frameData(train) + ["-o", model]
      if let recipe = recipe.algorithm { words += ["--recipe", recipe] }
      if let epochs = recipe.iterations { words += ["--epochs", "\(epochs)"] }
      return [Command(arguments: words + common + recipe.options)]
    }
    return layers.map { layer in
      var words = [program, pack, "train", "--train", train]
      if let dev = corpus.dev, recipe.dev, task != .roles { words += ["--dev", plan.resolve(dev)] }
      words += ["-o", Self.modelFile(model, layer)]
      if let layer { words += ["--layer", layer] }
      if task != .residues, let algorithm = recipe.algorithm {
        words += ["--algorithm", algorithm]
      }
      if let iterations = recipe.iterations {
        words += [task == .residues ? "--epochs" : "--iterations", "\(iterations)"]
      }
      if task == .spans, let scheme = corpus.scheme { words += ["--data-scheme", scheme] }
      return Command(arguments: words + format + common + recipe.options)
    }
  }

  /// The data set of frames, and which of its splits, from the name of the list: `train.split1.bundle`.
  private static func frameData(_ list: String) -> [String] {
    let name = list.split(separator: "/").last ?? ""
    let split = name.firstRange(of: ".split").map { name[$0.upperBound...].prefix { $0 != "." } }
    return ["--data", FrameItems.root(ofBundle: list), "--split", split.map(String.init) ?? "1"]
  }

  /// The command that tags the recordings of a list.
  private func frameTagging(
    _ input: String, _ output: String, _ models: [String], confidence: Bool
  ) -> Command {
    let root = FrameItems.root(ofBundle: plan.resolve(corpus.test))
    let names = (try? FrameItems.listing(input, wanted: nil).1) ?? []
    var words = [program, pack, "tag", "--quiet", "--threads", "\(plan.threads)"]
    for model in models { words += ["--model", model] }
    words += ["--to", confidence ? "probabilities" : "labels", "-o", output] + system.options
    return Command(
      arguments: words + names.map { "\(root)/features/\($0).npy" }, outputFolder: output)
  }

  /// The file of a layer's model.
  private static func modelFile(_ model: String, _ layer: String?) -> String {
    layer.map { "\(model).\($0)" } ?? model
  }

  /// The models of a system that was trained, or those that the plan names.
  private func models(trained model: String, files: (String) -> [String]) -> [String] {
    if system.train != nil {
      return task == .words || task == .spans
        ? corpus.layers.map { Self.modelFile(model, $0) } : files(model)
    }
    if system.model == ["bundled"] { return [] }
    // What is no file is the name of a bundled model.
    return system.model.map { model in
      let path = plan.resolve(model)
      return FrameItems.isFile(path) ? path : model
    }
  }

  /// The command that tags a file.
  ///
  /// - Parameters:
  ///   - model: what ``training(train:seed:model:)`` was given.
  ///   - files: lists files by the beginning of their names.
  ///   - confidence: whether probabilities are asked for; the output is JSON Lines then, of residues
  ///     a table, of frames a folder of tables.
  func tagging(
    input: String, output: String, seed: UInt64, model: String, files: (String) -> [String],
    confidence: Bool
  ) -> Command {
    if !system.command.isEmpty {
      return external(
        system.command, input: input, output: output, train: corpus.train.map(plan.resolve),
        seed: seed, model: model)
    }
    var words = [program, pack, "tag", "--quiet", "--threads", "\(plan.threads)"]
    let models = models(trained: model, files: files)
    if task == .frames {
      return frameTagging(input, output, models, confidence: confidence)
    }
    for model in models { words += ["--model", model] }
    if task == .words || task == .spans, models.isEmpty {
      for layer in corpus.layers { words += ["--layer", layer] }
    }
    words += format
    if confidence {
      words +=
        task == .residues ? ["--probabilities", "--to", "tsv"] : ["--confidence", "--to", "jsonl"]
    }
    return Command(arguments: words + system.options + ["-o", output, input])
  }

  /// An external command with the words in braces filled in; what it does not name goes through its
  /// standard input and output.
  private func external(
    _ words: [String], input: String?, output: String?, train: String?, seed: UInt64, model: String
  ) -> Command {
    var values = plan.variables
    values["model"] = model
    values["seed"] = "\(seed)"
    values["threads"] = "\(plan.threads)"
    values["train"] = train
    values["dev"] = corpus.dev.map(plan.resolve)
    values["input"] = input
    values["output"] = output
    let text = words.joined(separator: " ")
    return Command(
      arguments: words.map { substitute($0, values) },
      input: text.contains("{input}") ? nil : input,
      output: text.contains("{output}") ? nil : output)
  }

  /// Files that a command line names, which its result depends on.
  func namedFiles() -> [String] {
    var paths = system.model.map(plan.resolve).filter(FrameItems.isFile)
    let words =
      system.command.dropFirst() + system.learn.dropFirst() + system.options
      + (system.train?.options ?? [])
    for word in words where !word.contains("{") {
      let path = word.hasPrefix("/") ? word : "\(plan.folder)/\(word)"
      if FrameItems.isFile(path) { paths.append(path) }
    }
    return paths
  }
}
