/// Word lists behind features of the English model.
///
/// Affixes are those that English writes with a hyphen and that stay with their word: whether
/// the hyphen in `pre-war` is a token is left to the model.
enum WordLists {
  static let prefixes = [
    "a", "ante", "anti", "arch", "bi", "co", "counter", "cross", "cyber", "de", "dis", "e", "eco",
    "ex", "extra", "hyper", "in", "infra", "inter", "intra", "macro", "mega", "meta", "micro",
    "mid", "mini", "mis", "mono", "multi", "neo", "non", "over", "pan", "para", "poly", "post",
    "pre", "pro", "proto", "pseudo", "quasi", "re", "self", "semi", "sub", "super", "trans", "tri",
    "u", "ultra", "un", "under", "uni", "vice", "x",
  ]
  static let suffixes = [
    "esque", "ette", "fest", "fold", "ful", "gate", "ish", "less", "like", "most", "rama", "s",
    "th", "wise", "y",
  ]

  /// Words that are written with a point.
  static let abbreviations = [
    "mr", "mrs", "ms", "dr", "prof", "rev", "hon", "gen", "col", "capt", "lt", "sgt", "maj", "cmdr",
    "adm", "gov", "sen", "rep", "pres", "st", "ave", "blvd", "rd", "mt", "ft", "jr", "sr", "esq",
    "inc", "corp", "co", "ltd", "llc", "bros", "dept", "univ", "assn", "jan", "feb", "mar", "apr",
    "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "mon", "tue", "tues", "wed", "thu",
    "thur", "thurs", "fri", "sat", "sun", "vs", "etc", "al", "cf", "fig", "figs", "eq", "ed", "eds",
    "vol", "pp", "ch", "sec", "no", "nos", "approx", "est", "max", "min", "misc", "temp", "tel",
    "ext", "ala", "ariz", "ark", "calif", "colo", "conn", "del", "fla", "ga", "ill", "ind", "kan",
    "ky", "la", "md", "mass", "mich", "minn", "miss", "mo", "mont", "neb", "nev", "okla", "ore",
    "pa", "penn", "tenn", "tex", "va", "vt", "wash", "wis", "wyo", "cal", "oz", "lb", "lbs", "hr",
    "hrs", "yr", "yrs", "sq", "messrs", "mme", "mlle", "supt", "det", "atty", "asst", "intl",
  ]

  private static let abbreviationHashes = hashes(abbreviations)
  private static let prefixHashes = hashes(prefixes)
  private static let suffixHashes = hashes(suffixes)

  static func isAbbreviation(_ hash: UInt64) -> Bool { abbreviationHashes.contains(hash) }
  static func isPrefix(_ hash: UInt64) -> Bool { prefixHashes.contains(hash) }
  static func isSuffix(_ hash: UInt64) -> Bool { suffixHashes.contains(hash) }

  private static func hashes(_ words: [String]) -> Set<UInt64> {
    Set(words.map { $0.utf8.reduce(MarkHash.empty) { MarkHash.adding($1, to: $0) } })
  }
}
