internal import ArgumentParser
internal import Glibc
internal import SeqCore

/// Sees whether the first file is a verb mistyped, which would be looked for in vain: a word like one of
/// the pack's verbs that no file has for its name.
///
/// - Throws: `ValidationError`, which names the verb.
func refuseMistypedVerb(_ files: [String], of pack: any ParsableCommand.Type) throws {
  guard let word = files.first, !word.contains("/"), !word.contains("."), word != "-",
    access(word, F_OK) != 0
  else { return }
  let verbs = pack.configuration.subcommands.compactMap { $0.configuration.commandName }
  if let verb = nearestName(to: word, among: verbs) {
    throw ValidationError("there is no file \(word). Is the verb \(verb) meant?")
  }
}
