import LanguagePack
import Testing

@Suite struct PredicateRulesTests {
  @Test(
    arguments: [
      ("carried", "carry", "-3+y"), ("Said", "say", "-2+y"), ("was", "be", "-3+be"),
      ("read", "read", "-0+"), ("went", "go", "-4+go"),
    ])
  func aRuleMakesTheLemmaThatItWasMadeFrom(form: String, lemma: String, rule: String) {
    #expect(PredicateRules.rule(form: form, lemma: lemma) == rule)
    #expect(PredicateRules.lemma(form: form, rule: rule) == lemma)
  }

  @Test(arguments: ["-9+x", "O", "-x+y", "", "-3"])
  func aRuleThatDoesNotFitLeavesTheForm(rule: String) {
    #expect(PredicateRules.lemma(form: "Went", rule: rule) == "went")
  }
}
