import SeqCore
import SeqFeatures
import SeqMath
import Testing

@Suite("Feature templates")
struct TemplateTests {
  @Test(
    "A template's text parses to itself",
    arguments: [
      "bias", "form[0]", "form[-2]", "suffix(form[0], 3)", "prefix(lower(form[1]), 2)",
      "form[-1] & form[0]", "shape(form[0]) & lower(form[1]) & xpos[-1]", "hasDigit(form[0])",
      "shortShape(form[0])", "length(form[0])", "normal(form[2])",
    ])
  func roundTrip(_ text: String) throws {
    let template = try FeatureTemplate(parsing: text)
    #expect(template.description == text)
    #expect(try FeatureTemplate(parsing: template.description) == template)
  }

  @Test("Space does not matter")
  func space() throws {
    #expect(
      try FeatureTemplate(parsing: " suffix( form [ +1 ] ,3 )&form[0] ").description
        == "suffix(form[1], 3) & form[0]")
  }

  @Test(
    "An error names the place and what was meant",
    arguments: [
      ("sufix(form[0], 3)", 1, "Did you mean “suffix”?"),
      ("form[0] + form[1]", 9, "Terms are joined by “&”."),
      ("form[x]", 6, "Try form[-1]."),
      ("suffix(form[0])", 15, ""),
      ("suffix(form[0], 99)", 19, "Try suffix(form[0], 3)."),
      ("lower", 6, "Try lower(form[0])."),
      ("form", 5, "Try form[0]."),
      ("form[0] &", 10, "A term looks like"),
      ("", 1, "A term looks like"),
      ("form[1000]", 10, "Try form[-1]."),
    ])
  func errors(_ text: String, _ column: Int, _ hint: String) {
    do {
      _ = try FeatureTemplate(parsing: text)
      Issue.record("“\(text)” must not parse.")
    } catch {
      guard case .template(text, column, _, let found) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(found.contains(hint))
    }
  }

  @Test("A missing layer is an error that names the layers there are")
  func missingLayer() throws {
    let program = try TemplateProgram(parsing: ["lemma[0]"])
    var record = Record(
      source: [], count: 1, layers: [], provenance: Provenance(source: "a.conllu", line: 7))
    let form = record.append(Array("x".utf8))
    record.setText("form", to: [form])
    do {
      _ = try program.features(of: record)
      Issue.record("A missing layer must be refused.")
    } catch {
      #expect(
        "\(error)" == "a.conllu:7: the record has no layer “lemma”, which the features read; "
          + "it has form.")
    }
  }
}
