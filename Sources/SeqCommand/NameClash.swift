/// The other program called seqkit (shenwei356/seqkit, FASTA/Q manipulation), whose commands people
/// may type where ours is found first. Docs/Decisions/0004-name-clash.md.
package enum NameClash {
  /// Its command names, versions 0.1 to 2.11, with their aliases; none of them is ever ours.
  package static let commands: Set<String> = [
    "amplicon", "bam", "common", "concat", "concate", "convert", "dup", "duplicate", "fa2fq",
    "faidx", "fish", "fq2fa", "fx2tab", "genautocomplete", "grep", "head", "head-genome", "locate",
    "merge-slides", "mutate", "pair", "range", "rename", "replace", "restart", "rmdup", "sample",
    "sample2", "sana", "scat", "seq", "shuffle", "sliding", "sort", "split", "split2", "stat",
    "stats", "subseq", "sum", "tab2fx", "translate", "version", "watch",
  ]

  /// What stands nearest to it in this program.
  private static let ours: [String: String] = [
    "convert": "seqkit corpus convert", "split": "seqkit corpus split",
    "stats": "seqkit corpus stats", "version": "seqkit --version",
  ]

  /// The sentence for one of its commands; `nil` for any other word.
  static func answer(to word: String, search: ExecutableSearch) -> String? {
    guard commands.contains(word) else { return nil }
    let place =
      search.otherProgram(called: "seqkit").map { "It is \($0) here: \($0) \(word) …" }
      ?? "No other program of that name is on PATH here"
    let hint = ours[word].map { "; this program has \($0)" } ?? ""
    return "\"\(word)\" is a command of another program called seqkit, for FASTA/Q files "
      + "(shenwei356/seqkit), and this is seqkit, the sequence tagger. \(place)\(hint)."
  }
}
