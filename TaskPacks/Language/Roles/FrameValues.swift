internal import SeqFeatures

/// What the features of a frame are made of: for each word of a sentence, values that tell how it
/// stands to one predicate in the words, the tags and the predicted tree.
///
/// An *argument root* of a word is the topmost word that it can climb to without meeting the
/// predicate or one of its ancestors: words of one argument have one root. The *route* is the chain of
/// relations from the predicate up to the ancestor that the root hangs from, then the root's own,
/// with `<` or `>` for the side it is on: `/nsubj<`, `xcomp/nsubj<`.
struct FrameValues {
  /// The names of a word's values.
  static let wordNames = [
    "form", "lower", "ending", "shape", "upos", "xpos", "predicate", "lemma", "voice", "side",
    "distance", "path", "between", "route", "rootxpos", "rootform", "rootmarker", "first", "level",
    "relation", "headxpos", "headdistance", "frame", "own", "parent", "branch", "siblings",
    "shortroute",
    "rootrelation", "last", "cluster", "rootcluster", "lemmacluster",
  ]
  /// The names of a span's values.
  static let spanNames = [
    "spanfirst", "spanfirstxpos", "spanlast", "spanlastxpos", "spanbefore", "spanbeforexpos",
    "spanafter", "spanafterxpos", "spanlength", "spanheads", "spanhead", "spanheadxpos",
    "spanheadrelation", "spanroute", "spanmarker", "spanfit", "spangap", "spanpattern", "spanverbs",
    "spanlemma", "spanvoice", "spanframe", "spanside", "spanfirstcluster", "spanheadcluster",
    "spanlemmacluster", "spansecond", "spanheadending", "spanheadshape", "spannextword",
  ]

  /// The names of the values of a set of numbered roles: the set, where the next role stands, and
  /// what is known of the predicate.
  static let setNames = ["set", "setnext", "setlemma", "setvoice", "setframe", "setlemmacluster"]

  /// The number of words.
  let count: Int
  /// The predicate.
  let predicate: Int
  /// The hashes of the values of each word, [T][names].
  let words: [[UInt64]]

  private let tree: SpanTree
  private let lower: [UInt64]
  private let xpos: [UInt64]
  private let coarse: [UInt8]
  private let routes: [UInt64]
  private let markers: [UInt64]
  private let relations: [UInt64]
  private let lemma: UInt64
  private let voice: UInt64
  private let frame: UInt64
  private let clusters: [UInt64]
  private let lemmaCluster: UInt64

  /// Computes the values.
  ///
  /// - Parameters:
  ///   - lemma: the predicate's lemma.
  ///   - table: the clusters of words in lower case with 0 for digits; all words have the same one
  ///     without it.
  init(
    _ sentence: TaggedSentence, _ tree: DependencyTree, predicate: Int, lemma lemmaText: String,
    clusters table: WordTable? = nil
  ) {
    let T = sentence.count
    let words = sentence.words
    let children = tree.children
    let ancestors = tree.ancestors(of: predicate)
    var depthOfAncestor = [Int](repeating: -1, count: T)
    for (depth, word) in ancestors.enumerated() { depthOfAncestor[word] = depth }
    let voiceText = Self.voice(sentence, predicate)
    let dependents = children[predicate]
    let particle = dependents.first { tree.relations[$0] == "compound:prt" }
    let lemmaCluster = table.cluster(of: lemmaText)
    let lemmaText = lemmaText + (particle.map { "_" + words[$0].lower } ?? "")
    let core = [
      "nsubj", "nsubj:pass", "obj", "iobj", "ccomp", "xcomp", "csubj", "nsubj:outer", "obl:agent",
      "expl",
      "compound:prt",
    ]
    let present = Set(dependents.map { tree.relations[$0] })
    let frameText = core.filter(present.contains).joined(separator: " ") + "|" + voiceText
    var own = voiceText
    if dependents.contains(where: { Self.isSubject(tree.relations[$0]) }) { own += "s" }
    if dependents.contains(where: { ["obj", "ccomp", "xcomp"].contains(tree.relations[$0]) }) {
      own += "o"
    }
    if dependents.contains(where: { ["WDT", "WP", "WRB"].contains(words[$0].xpos) }) { own += "r" }
    // Roots and routes.
    var roots = [Int](repeating: 0, count: T)
    var levels = [Int](repeating: 0, count: T)
    var routes: [String] = []
    var shortRoutes: [String] = []
    for word in 0..<T {
      var root = word
      var steps = 0
      if depthOfAncestor[word] < 0 {
        while tree.heads[root] >= 0, depthOfAncestor[tree.heads[root]] < 0, steps < T {
          root = tree.heads[root]
          steps += 1
        }
      }
      roots[word] = root
      levels[word] = depthOfAncestor[word] >= 0 ? -1 : steps
      let up: Int
      if depthOfAncestor[root] >= 0 {
        up = depthOfAncestor[root]
      } else {
        up = tree.heads[root] >= 0 ? depthOfAncestor[tree.heads[root]] : -1
      }
      let climbed =
        up < 0 ? ["root"] : ancestors.prefix(min(up, 4)).map { Self.base(tree.relations[$0]) }
      let relation = depthOfAncestor[word] >= 0 ? "self" : tree.relations[root]
      let side = root < predicate ? "<" : ">"
      routes.append(climbed.joined(separator: "^") + "/" + relation + side)
      shortRoutes.append((climbed.first ?? "") + "/" + Self.base(relation))
    }
    let markers = (0..<T).map { root in
      children[root].first { ["case", "mark"].contains(tree.relations[$0]) }.map { words[$0].lower }
        ?? "_"
    }
    let coarse = words.map { Self.coarse($0.xpos) }
    func hash(_ text: String) -> UInt64 { FeatureHash.hash(text.utf8) }
    let lowers = words.map { hash($0.lower) }
    let tags = words.map { hash($0.xpos) }
    let relationHashes = tree.relations.map(hash)
    let routeHashes = routes.map(hash)
    let markerHashes = markers.map(hash)
    let lemma = hash(lemmaText)
    let voice = hash(words[predicate].xpos + voiceText)
    let frame = hash(frameText)
    let predicateForm = lowers[predicate]
    let ownHash = hash(own)
    let clusters = words.map { table.cluster(of: $0.lower) }
    self.words = (0..<T).map { t in
      let word = words[t]
      let root = roots[t]
      let head = tree.heads[t]
      let parent = tree.heads[root]
      let (low, high) = t < predicate ? (t + 1, predicate) : (predicate + 1, t)
      let inside = low < high ? coarse[low..<high] : []
      let verbs = inside.count { $0 == UInt8(ascii: "V") }
      let stops = inside.count {
        $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":")
      }
      var path: [UInt8] = [
        t < predicate ? UInt8(ascii: "<") : t > predicate ? UInt8(ascii: ">") : UInt8(ascii: "=")
      ]
      for tag in inside where path.last != tag { path.append(tag) }
      if path.count > 7 { path = Array("\(t < predicate ? "<" : ">")long\(min(verbs, 4))".utf8) }
      var branch = "self"
      if levels[t] > 0 {
        var child = t
        while tree.heads[child] != root { child = tree.heads[child] }
        branch = tree.relations[child] + (child < root ? "<" : ">")
      }
      var siblings = "_"
      if parent >= 0 {
        let all = children[parent]
        let at = all.firstIndex(of: root) ?? 0
        siblings =
          (at > 0 ? tree.relations[all[at - 1]] : "S") + ","
          + (at + 1 < all.count ? tree.relations[all[at + 1]] : "E")
      }
      let level =
        levels[t] < 0 ? "self" : levels[t] == 0 ? "root" : levels[t] == 1 ? "child" : "deep"
      return [
        hash(word.form), lowers[t], hash(String(word.lower.suffix(3))), hash(Self.shape(word.form)),
        hash(word.upos), tags[t], predicateForm, lemma, voice,
        hash(t < predicate ? "<" : t > predicate ? ">" : "="), hash(Self.distance(t - predicate)),
        FeatureHash.hash(path), hash("\(min(verbs, 3)),\(min(stops, 2))"), routeHashes[t],
        tags[root],
        lowers[root], markerHashes[root], hash(t == 0 || roots[t - 1] != root ? "y" : "n"),
        hash(level),
        relationHashes[t], head < 0 ? hash("ROOT") : tags[head],
        hash(head < 0 ? "0" : Self.distance(head - t)), frame, ownHash,
        parent < 0 ? hash("ROOT") : lowers[parent], hash(branch), hash(siblings),
        hash(shortRoutes[t]),
        levels[t] < 0 ? hash("self") : relationHashes[root],
        hash(t + 1 == T || roots[t + 1] != root ? "y" : "n"),
        clusters[t], clusters[root], lemmaCluster,
      ]
    }
    count = T
    self.predicate = predicate
    self.tree = SpanTree(tree, children: children, predicate: predicate, words: words)
    lower = lowers
    xpos = tags
    self.coarse = coarse
    self.routes = routeHashes
    self.markers = markerHashes
    relations = relationHashes
    self.lemma = lemma
    self.voice = voice
    self.frame = frame
    self.clusters = clusters
    self.lemmaCluster = lemmaCluster
  }

  private static func isSubject(_ relation: String) -> Bool {
    relation.hasPrefix("nsubj") || relation.hasPrefix("csubj") || relation == "expl"
  }

  /// A relation without its subtype.
  private static func base(_ relation: String) -> String {
    String(relation.prefix { $0 != ":" })
  }

  /// Whether a participle is passive: `p` behind a form of be or get, `h` behind have, `n` neither;
  /// `a` for other forms.
  private static func voice(_ sentence: TaggedSentence, _ predicate: Int) -> String {
    let words = sentence.words
    guard ["VBN", "VBD"].contains(words[predicate].xpos) else { return "a" }
    for t in stride(from: predicate - 1, through: max(0, predicate - 5), by: -1) {
      let word = words[t]
      if passiveAuxiliaries.contains(word.lower) { return "p" }
      if ["have", "has", "had", "'ve", "having"].contains(word.lower) { return "h" }
      if word.xpos.hasPrefix("V") || ["IN", "TO", ","].contains(word.xpos) { break }
    }
    return "n"
  }

  private static let passiveAuxiliaries: Set<String> = [
    "be", "is", "was", "were", "are", "been", "being", "am", "'s", "'re", "get", "got", "gets",
    "getting", "s",
  ]

  /// A distance with its sign, coarser the farther: 1 to 5, 8, 15, more.
  private static func distance(_ difference: Int) -> String {
    let size = abs(difference)
    let sign = difference < 0 ? "-" : "+"
    return sign + (size <= 5 ? "\(size)" : size <= 8 ? "8" : size <= 15 ? "15" : "99")
  }

  /// A tag as one byte: nouns N, adjectives J, adverbs R, determiners D, pronouns P, verbs V, others
  /// their first letter.
  private static func coarse(_ xpos: String) -> UInt8 {
    switch xpos {
    case "NN", "NNS", "NNP", "NNPS", "CD": UInt8(ascii: "N")
    case "JJ", "JJR", "JJS": UInt8(ascii: "J")
    case "RB", "RBR", "RBS": UInt8(ascii: "R")
    case "RP": UInt8(ascii: "A")
    case "DT", "PDT", "PRP$": UInt8(ascii: "D")
    case "PRP": UInt8(ascii: "P")
    case "POS": UInt8(ascii: "S")
    default: xpos.utf8.first ?? 0x5F
    }
  }

  /// Letters as X, x and digits as 0, runs once.
  private static func shape(_ form: String) -> String {
    var shape = ""
    for character in form.unicodeScalars {
      let kind: Character =
        character.properties.isUppercase
        ? "X"
        : character.properties.isAlphabetic
          ? "x" : ("0"..."9").contains(Character(character)) ? "0" : Character(character)
      if shape.last != kind { shape.append(kind) }
    }
    return shape
  }

  /// The values of a set of numbered roles that were given before `next`, in the order of
  /// `setNames`.
  func fill(_ values: inout [UInt64], set: Int, next: ArgumentScores.Next) {
    values.removeAll(keepingCapacity: true)
    values.append(UInt64(set))
    values.append(UInt64(next.rawValue))
    values.append(lemma)
    values.append(voice)
    values.append(frame)
    values.append(lemmaCluster)
  }

  /// The hashes of the values of the span `start..<end`, in the order of `spanNames`.
  func fill(_ values: inout [UInt64], start: Int, end: Int) {
    let none: UInt64 = 1
    let shape = tree.shape(start, end)
    let head = shape.head
    values.removeAll(keepingCapacity: true)
    values.append(lower[start])
    values.append(xpos[start])
    values.append(lower[end - 1])
    values.append(xpos[end - 1])
    values.append(start > 0 ? lower[start - 1] : none)
    values.append(start > 0 ? xpos[start - 1] : none)
    values.append(end < count ? lower[end] : none)
    values.append(end < count ? xpos[end] : none)
    let length = end - start
    values.append(
      UInt64(length <= 6 ? length : length <= 9 ? 9 : length <= 14 ? 14 : length <= 24 ? 24 : 99))
    values.append(UInt64(min(shape.heads, 3)))
    values.append(lower[head])
    values.append(xpos[head])
    values.append(relations[head])
    values.append(routes[head])
    values.append(markers[head])
    values.append(UInt64(shape.fit))
    let gap = end <= predicate ? predicate - end : start - predicate - 1
    values.append(UInt64(min(gap, 6)) * 2 + (end <= predicate ? 0 : 1))
    // Tags inside, runs once; the first two and the last two of a long one.
    var pattern: UInt64 = 0
    var runs = 0
    var verbs = 0
    var last: UInt8 = 0
    for t in start..<end where coarse[t] != last || coarse[t] == UInt8(ascii: "V") {
      if coarse[t] == UInt8(ascii: "V") { verbs += 1 }
      if coarse[t] == last { continue }
      last = coarse[t]
      runs += 1
      if runs <= 6 { pattern = pattern << 8 | UInt64(last) }
    }
    values.append(runs <= 6 ? pattern : pattern | 1 << 63)
    values.append(UInt64(min(verbs, 3)))
    values.append(lemma)
    values.append(voice)
    values.append(frame)
    values.append(end <= predicate ? 2 : 3)
    values.append(clusters[start])
    values.append(clusters[head])
    values.append(lemmaCluster)
    values.append(length > 1 ? lower[start + 1] : none)
    values.append(words[head][Self.endingPlace])
    values.append(words[head][Self.shapePlace])
    values.append(predicate + 1 < count ? lower[predicate + 1] : none)
  }

  /// The places of a word's ending and shape in `wordNames`.
  private static let endingPlace = 2
  private static let shapePlace = 3
}

/// What the tree says of spans.
private struct SpanTree {
  private let heads: [Int]
  /// The first word of each word's yield and the one behind its last; words that lead to the
  /// predicate lose the branch with it.
  private let first: [Int]
  private let end: [Int]
  private let isPunctuation: [Bool]

  init(_ tree: DependencyTree, children: [[Int]], predicate: Int, words: [TaggedSentence.Word]) {
    heads = tree.heads
    var first = Array(0..<tree.count)
    var end = Array(1..<tree.count + 1)
    let ancestors = Set(tree.ancestors(of: predicate))
    for word in 0..<tree.count {
      var at = word
      var steps = 0
      while heads[at] >= 0, steps < tree.count {
        // What lies below the predicate or on the way up from it does not belong to its ancestors.
        if ancestors.contains(at) { break }
        at = heads[at]
        steps += 1
        first[at] = min(first[at], word)
        end[at] = max(end[at], word + 1)
      }
    }
    // Yields do not reach over the predicate.
    for word in 0..<tree.count where word != predicate {
      if word < predicate {
        end[word] = min(end[word], predicate)
      } else {
        first[word] = max(first[word], predicate + 1)
      }
    }
    self.first = first
    self.end = end
    isPunctuation = words.map { $0.upos == "PUNCT" }
  }

  /// The topmost word of a span, how many words of it have their head outside, and how its ends
  /// stand to the yield of the topmost word: 0 to 24.
  func shape(_ start: Int, _ stop: Int) -> (head: Int, heads: Int, fit: Int) {
    var head = start
    var count = 0
    for t in start..<stop where heads[t] < start || heads[t] >= stop {
      if isPunctuation[t], count > 0 { continue }
      if count == 0 || isPunctuation[head] { head = t }
      count += 1
    }
    func difference(_ a: Int, _ b: Int) -> Int {
      a == b ? 0 : a < b ? (a + 1 == b ? 1 : 2) : (a == b + 1 ? 3 : 4)
    }
    return (head, count, difference(start, first[head]) * 5 + difference(stop, end[head]))
  }
}
