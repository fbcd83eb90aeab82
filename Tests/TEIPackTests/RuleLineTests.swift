import TEIPack
import Testing

@Suite struct RuleLineTests {
  @Test func aLineSaysElementsConditionsAncestorsAndAction() throws {
    let rule = try ReadingProfile.Rule(line: "front,back/p,note@place=foot@resp:exclude")
    #expect(rule.elements == ["p", "note"])
    #expect(rule.inside == ["front", "back"])
    #expect(rule.where == ["place": "foot", "resp": "*"])
    #expect(rule.action == .exclude)
  }

  @Test func whatAnActionNeedsStandsBehindIt() throws {
    #expect(try ReadingProfile.Rule(line: "gap:placeholder:[a:b]").text == "[a:b]")
    #expect(try ReadingProfile.Rule(line: "seg@type=name:name:@subtype").label == "@subtype")
    #expect(try ReadingProfile.Rule(line: "unclear:mark:@reason").label == "@reason")
    #expect(try ReadingProfile.Rule(line: "choice:choose:sic,orig").prefer == ["sic", "orig"])
    #expect(try ReadingProfile.Rule(line: "pb:break:space").implied == "space")
    // A colon in a value is no end of it.
    let rule = try ReadingProfile.Rule(line: "w@ana=ud:NOUN:exclude")
    #expect(rule.where == ["ana": "ud:NOUN"])
  }

  @Test(arguments: [
    ("note", "a rule is like note:exclude"), ("note:exclud", "Is exclude meant?"),
    (":exclude", "the element's name is missing"), ("note@=x:include", "missing behind @"),
    ("gap:placeholder", "the text is missing"), ("note:include:x", "takes nothing behind it"),
    ("div:field", "write it in a profile's file"), ("", "a rule is like"),
  ])
  func mistakesAreNamed(_ line: String, _ words: String) {
    let error = #expect(throws: TEIError.self) { try ReadingProfile.Rule(line: line) }
    #expect("\(error!)".contains(words), "\(error!)")
  }

  @Test func rulesOfTheSettingsCountBeforeTheProfilesOwn() throws {
    let document = try TEISupport.Document(
      body: "<p>A <note place=\"foot\">x</note>b<gap/>.</p><p>Out.</p>")
    let rules = try ["note@place=foot:include", "gap:placeholder:[…]"].map {
      try ReadingProfile.Rule(line: $0)
    }
    let reader = try TEISupport.reader { $0.rules = rules }
    let (text, report) = try TEISupport.run(reader, document.path, as: .segments)
    #expect(text.contains("\"text\":\"A xb[…].\""), "\(text)")
    #expect(report.isBalanced)
  }
}
