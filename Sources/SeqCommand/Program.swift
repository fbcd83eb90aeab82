internal import ArgumentParser
internal import Glibc
internal import SeqCore
package import SeqPack

/// One run of the command line: arguments in, text and exit status out.
///
/// `run(_:)` is what the process does; `answer(to:)` is the part of it that only reads arguments,
/// so that tests can ask for help screens and error sentences without a process.
package struct Program {
  /// What the program is called in its help: `seqkit`, or `seqkit-tag`, its second name.
  package let name: String
  private let registry: PackRegistry
  /// Where packs without code are looked for.
  private let finder: PackFinder
  /// A program called `seqkit-PACK` that holds just that pack takes its verbs at the top.
  private let implied: String?

  /// Text for one of the two outputs, and how the process ends.
  package struct Answer: Equatable {
    package var status: ExitStatus
    package var output = ""
    package var errors = ""
  }

  package init(
    invokedAs path: String, registry: PackRegistry, finder: PackFinder = PackFinder(places: [])
  ) {
    let file = path.fileName
    let prefix = "seqkit-"
    let suffix = file.hasPrefix(prefix) ? String(file.dropFirst(prefix.count)) : nil
    self.registry = registry
    self.finder = finder
    self.name = file == "seqkit-tag" ? file : "seqkit"
    self.implied = suffix.flatMap { registry.pack(named: $0)?.name }
  }

  /// Runs `arguments` (without the program's name), writing to the process's outputs.
  package func run(_ arguments: [String]) -> ExitStatus {
    let given = (implied.map { [$0] } ?? []) + arguments
    var (context, arguments): (RootContext, [String])
    do {
      (context, arguments) = try resolve(given)
    } catch {
      return deliver(answer(to: error))
    }
    context.ahead = modelsAhead(context, arguments)
    return Root.$context.withValue(context) {
      if let answer = answerToUnknownCommand(arguments, mayReplaceProcess: true) {
        return deliver(answer)
      }
      do {
        if var command = Self.parsed(arguments) {
          do {
            try command.run()
          } catch let error as ValidationError {
            return deliver(answer(to: error, of: type(of: command)))
          }
          return .done
        }
        var command = try Root.parseAsRoot(arguments)
        try command.run()
        return .done
      } catch {
        return deliver(answer(to: error))
      }
    }
  }

  /// What `arguments` are answered with where no command of ours is run; `nil` if one would be.
  package func answer(to arguments: [String]) -> Answer? {
    let given = (implied.map { [$0] } ?? []) + arguments
    let (context, arguments): (RootContext, [String])
    do {
      (context, arguments) = try resolve(given)
    } catch {
      return answer(to: error)
    }
    return Root.$context.withValue(context) {
      if let answer = answerToUnknownCommand(arguments, mayReplaceProcess: false) { return answer }
      do {
        var command = try Root.parseAsRoot(arguments)
        // The parser answers requests for help by a command of its own.
        if command is Root || "\(type(of: command))" == "HelpCommand" {
          try command.run()
        }
        return nil
      } catch {
        return answer(to: error)
      }
    }
  }

  /// The models that a call will ask for, if it is one of a pack of words or spans.
  private func modelsAhead(_ context: RootContext, _ arguments: [String]) -> ModelsAhead? {
    guard let called = context.called else { return nil }
    let pack = context.packs[called]
    // Semantic roles open models of several kinds.
    if registry.pack(named: pack.name) is any RolePack.Type { return nil }
    return ModelsAhead(of: pack, calledWith: arguments.dropFirst())
  }

  /// The command that `arguments` call without a mistake, read by its own parser alone, or by none if
  /// they are files: the tree's would read them once for each command on the way. `nil` if they are
  /// for the tree: requests for help, and mistakes, which it answers with the usage.
  private static func parsed(_ arguments: [String]) -> (any ParsableCommand)? {
    let (type, rest) = called(by: arguments)
    guard let type else { return nil }
    if let type = type as? any UsualCall.Type,
      rest.allSatisfy({ !$0.hasPrefix("-") || $0 == "-" })
    {
      var command: any ParsableCommand = type.usual(files: rest)
      return (try? command.validate()) == nil ? nil : command
    }
    return try? type.parse(rest)
  }

  /// What a call of a pack's `tag` with files alone is made into without the parser, and by it, as
  /// text: for tests, which hold one to the other.
  package func usualCall(_ arguments: [String]) throws -> (made: String, parsed: String)? {
    try Root.$context.withValue(context) {
      let (type, rest) = Self.called(by: arguments)
      guard let type = type as? any UsualCall.Type else { return nil }
      return ("\(type.usual(files: rest))", "\(try type.parse(rest))")
    }
  }

  /// The command that `arguments` call, and those that are its own.
  private static func called(
    by arguments: [String]
  ) -> (type: (any ParsableCommand.Type)?, rest: [String]) {
    var type: any ParsableCommand.Type = Root.self
    var rest = arguments[...]
    while true {
      let configuration = type.configuration
      let children = configuration.subcommands
      if children.isEmpty { break }
      if let word = rest.first,
        let child = children.first(where: {
          $0._commandName == word || $0.configuration.aliases.contains(word)
        })
      {
        type = child
        rest = rest.dropFirst()
      } else if let usual = configuration.defaultSubcommand, rest.first != "help" {
        type = usual
      } else {
        return (nil, Array(rest))
      }
    }
    return (type, Array(rest))
  }

  /// What the tree of commands depends on for one run, and the arguments below it.
  ///
  /// A pack without code is read if it is called, or if all are listed. `--pack FOLDER` in front
  /// calls the pack in a folder, whatever other packs there are.
  ///
  /// - Throws: `PackError` of the pack that is called.
  private func resolve(_ arguments: [String]) throws -> (RootContext, [String]) {
    var context = context
    var arguments = arguments
    if let folder = Self.packFolder(&arguments) {
      let pack = try DeclarativePack(folder: folder)
      if arguments.first == pack.name { arguments.removeFirst() }
      context.packs = [pack]
      context.called = 0
      return (context, [pack.name] + arguments)
    }
    let isHelp = arguments.first == "help"
    let word = isHelp ? arguments.dropFirst().first : arguments.first
    if let word, !word.hasPrefix("-") {
      if registry.pack(named: word) == nil,
        !Root.generalCommands.contains(where: { $0._commandName == word }),
        let pack = try finder.pack(named: word)
      {
        context.packs.append(pack)
      }
      if !isHelp { context.called = context.packs.firstIndex { $0.name == word } }
    } else {
      context.packs = allPacks
    }
    return (context, arguments)
  }

  /// What the tree of commands depends on, with the program's own packs.
  private var context: RootContext {
    RootContext(
      programName: name, registry: registry, packs: registry.values, finder: finder)
  }

  /// The packs of the program and those without code that can be read. `packs check` says what is
  /// wrong with others.
  private var allPacks: [any Pack] {
    let others = finder.names().filter { registry.pack(named: $0) == nil }
    return registry.values + others.compactMap { try? finder.pack(named: $0) }
  }

  /// Takes `--pack FOLDER` from the front.
  private static func packFolder(_ arguments: inout [String]) -> String? {
    guard let first = arguments.first else { return nil }
    if first.hasPrefix("--pack=") {
      arguments.removeFirst()
      return String(first.dropFirst("--pack=".count))
    }
    guard first == "--pack", arguments.count > 1 else { return nil }
    let folder = arguments[1]
    arguments.removeFirst(2)
    return folder
  }

  /// The manual page, in man(7) form.
  package func manualPage() -> String {
    var context = context
    context.packs = allPacks
    return Root.$context.withValue(context) {
      ManualWriter(programName: name).page()
    }
  }

  /// The names that the top level takes, without those that help leaves out.
  package var commandNames: [String] {
    Root.$context.withValue(context) {
      Root.commandNames
    }
  }

  private func answer(to error: any Error) -> Answer {
    let text = Root.fullMessage(for: error, columns: Terminal.helpWidth)
    switch Root.exitCode(for: error) {
    case .success:
      return Answer(status: .done, output: text.isEmpty ? "" : text + "\n")
    case .validationFailure:
      return Answer(status: .misused, errors: sentence(text))
    case ExitCode(ExitStatus.misused.rawValue):
      return Answer(status: .misused, errors: sentence(text))
    default:
      return Answer(status: .failed, errors: sentence(text))
    }
  }

  /// What is wrong with a call, found out while it ran, and how the command is called.
  private func answer(to error: ValidationError, of type: any ParsableCommand.Type) -> Answer {
    let usage = Root.usageString(for: type)
    let name = usage.split(separator: " ").prefix { !"[<-".contains($0.first!) }
    return Answer(
      status: .misused,
      errors: "seqkit: \(error.message)\nUsage: \(usage)\n"
        + "  See '\(name.joined(separator: " ")) --help' for more information.\n")
  }

  private func sentence(_ text: String) -> String {
    let label = "Error: "
    if text.isEmpty { return "" }
    return "seqkit: " + (text.hasPrefix(label) ? text.dropFirst(label.count) : text[...]) + "\n"
  }

  private func deliver(_ answer: Answer) -> ExitStatus {
    write(answer.output, to: STDOUT_FILENO)
    write(answer.errors, to: STDERR_FILENO)
    return answer.status
  }

  /// Names at the top level that are not ours, which the parser would answer with a usage line.
  private func answerToUnknownCommand(_ arguments: [String], mayReplaceProcess: Bool) -> Answer? {
    guard let first = arguments.first, Root.context.called == nil else { return nil }
    if first.hasPrefix("-") { return answerToEarlyOption(arguments) }
    // `help WORD` concerns a command as `WORD` does, but runs none.
    let isHelp = first == "help"
    guard let word = isHelp ? arguments.dropFirst().first : first, !word.hasPrefix("-"),
      !Root.takes(word)
    else { return nil }
    let search = ExecutableSearch()
    if let sentence = NameClash.answer(to: word, search: search) {
      return Answer(status: .misused, errors: "seqkit: \(sentence)\n")
    }
    if PackVerb.names.contains(word) {
      let pack = Root.context.packs.first?.name ?? "PACK"
      return Answer(
        status: .misused,
        errors: "seqkit: \"\(word)\" follows the name of a pack: \(name) \(pack) \(word).\n")
    }
    if !word.contains("/"), let program = search.path(of: "seqkit-\(word)") {
      if mayReplaceProcess {
        let rest = isHelp ? ["--help"] : Array(arguments.dropFirst())
        let reason = replaceProcess(with: program, arguments: rest)
        return Answer(status: .failed, errors: "seqkit: cannot run \(program): \(reason)\n")
      }
      return nil
    }
    let sentence = UnknownCommand(
      word: word, program: name, known: Root.commandNames, packs: finder.names())
    return Answer(status: .misused, errors: "seqkit: \(sentence)\n")
  }

  /// Options of a command that stand before it: `seqkit --quiet pos`.
  private func answerToEarlyOption(_ arguments: [String]) -> Answer? {
    let ours = ["-h", "--help", "--version", "--generate-completion-script", "--pack"]
    let option = arguments[0]
    guard !ours.contains(option), !option.hasPrefix("--experimental"),
      !option.hasPrefix("---"), !option.hasPrefix("--generate-completion-script="),
      let command = arguments.first(where: { Root.takes($0) })
    else { return nil }
    return Answer(
      status: .misused,
      errors: "seqkit: options follow the command: \(name) \(command) \(option) …\n")
  }
}
