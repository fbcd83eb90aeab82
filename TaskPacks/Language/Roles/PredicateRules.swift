/// The labels of the predicate tagger: `O`, or how to make a predicate's lemma from its form.
///
/// A rule is `-COUNT+TEXT`: take so many characters from the end of the form in lower case, add the
/// text. `-3+y` makes *carry* of *carried*.
package enum PredicateRules {
  /// The rule that makes a lemma of a form.
  package static func rule(form: String, lemma: String) -> String {
    let form = Array(form.lowercased())
    let lemma = Array(lemma.lowercased())
    var common = 0
    while common < form.count, common < lemma.count, form[common] == lemma[common] { common += 1 }
    return "-\(form.count - common)+" + String(lemma[common...])
  }

  /// The lemma that a rule makes of a form; the form in lower case for a rule that does not fit.
  package static func lemma(form: String, rule: String) -> String {
    let form = form.lowercased()
    guard rule.first == "-", let plus = rule.firstIndex(of: "+"),
      let count = Int(rule[rule.index(after: rule.startIndex)..<plus]), count <= form.count
    else { return form }
    return String(form.dropLast(count)) + String(rule[rule.index(after: plus)...])
  }
}
