internal import SeqCore

/// The sentence for a command that does not exist.
struct UnknownCommand: CustomStringConvertible {
  let word: String
  let program: String
  let known: [String]
  /// Packs without code, which can be called too.
  var packs: [String] = []

  var description: String {
    let near = nearestName(to: word, among: known + packs)
    let hint =
      if let near {
        "Did you mean \"\(near)\"? There are also"
      } else if word.contains("/") || word.contains(".") {
        "To tag a file, name a pack first, as in: \(program) \(known[0]) \(word). The commands are"
      } else {
        "The commands are"
      }
    let others = known.filter { $0 != near }.joined(separator: ", ")
    let program = word.contains("/") ? "" : ", nor a program seqkit-\(word) on PATH"
    return "there is no command \"\(word)\"\(program). \(hint) \(others)."
  }
}
