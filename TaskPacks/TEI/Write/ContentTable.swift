internal import SeqXML

/// The part of TEI's content models that insertions have to heed.
struct ContentTable {
  /// Elements without text of their own, in which no inline element may stand.
  private var elementOnly: Set<XMLNameID> = []
  /// Elements that hold characters but no words or names.
  private var plainText: Set<XMLNameID> = []
  /// Elements that may stand in a word.
  private var inWord: Set<XMLNameID> = []
  /// Elements that may not stand in a sentence or a name: blocks.
  private var blocks: Set<XMLNameID> = []

  /// Stands for every element of a namespace that the profile does not know, such as the examples of a
  /// documentation or formulas: what is put in there would be of that namespace as well.
  static let foreign: XMLNameID = -2

  init(_ names: XMLNames) {
    func set(_ list: String) -> Set<XMLNameID> {
      Set(list.split(separator: " ").map { names.id(String($0)) })
    }
    elementOnly = set(
      "TEI TEI.2 teiCorpus teiCorpus.2 teiHeader text front body back group floatingText div div0 "
        + "div1 div2 div3 div4 div5 div6 div7 lg list listBibl table row choice app rdgGrp subst "
        + "sp castList castGroup figure standOff spanGrp linkGrp annotationBlock u address "
        + "biblStruct biblFull monogr analytic imprint cit respStmt graphic ptr gap lb pb cb gb")
    plainText = set("w pc c g m ex am num formula idno email code ident gi att val tag eg charName")
    inWord = set(
      "hi c g m lb pb cb gb milestone seg supplied unclear add del choice abbr expan ex am corr sic "
        + "orig reg gap note fw space damage restore subst anchor app lem rdg surplus retrace "
        + "metamark w pc secl mod redo undo listTranspose")
    blocks = set(
      "p ab l lg head list item table row cell div sp stage speaker div1 div2 div3 figure castItem "
        + "quote floatingText text body front back group")
    blocks.subtract([names.id("quote")])
  }

  /// Whether an inline element may be put around text in that element.
  func allows(_ kind: Insertion.Kind, in parent: XMLNameID) -> Bool {
    parent != Self.foreign && !elementOnly.contains(parent) && !plainText.contains(parent)
  }

  /// Whether an element may stand inside an insertion.
  func mayHold(_ kind: Insertion.Kind, _ element: XMLNameID) -> Bool {
    switch kind {
    case .word: inWord.contains(element)
    case .sentence, .name: !blocks.contains(element)
    }
  }
}

/// An inline element to put around text.
struct Insertion {
  enum Kind: Int { case word, name, sentence }
  var kind: Kind
  /// The element's name, without prefix.
  var element: [UInt8]
  /// Its attributes, each with a space before it.
  var attributes: [UInt8]
  /// The bytes of the segment's text.
  var text: Range<Int>
}
