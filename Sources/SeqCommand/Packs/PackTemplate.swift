/// The files of a new pack, which work as they are on the sample that is among them.
struct PackTemplate {
  /// What the data are.
  enum Kind: String, CaseIterable {
    case columns, text, lines, csv, json
  }

  let name: String
  let kind: Kind

  /// The files, by name.
  var files: [(name: String, text: String)] {
    [("pack.json5", manifest), ("README.md", readme), ("sample.\(ending)", sample)]
  }

  /// What to do next.
  func commands(_ program: String, _ folder: String) -> [String] {
    [
      "\(program) packs check \(folder)",
      "\(program) --pack \(folder) train --train \(folder)/sample.\(ending) -o \(folder)/\(name).safetensors",
      "\(program) --pack \(folder) --model \(folder)/\(name).safetensors FILE",
    ]
  }

  private var ending: String {
    switch kind {
    case .columns, .text, .lines: "tsv"
    case .csv: "csv"
    case .json: "jsonl"
    }
  }

  private var readme: String {
    """
    # \(name)

    What the pack labels, for whom, and what each label means.

    Data: source, licence, how to get it. Scores: on what, by which command.

    """
  }

  private var manifest: String {
    """
    // The pack `\(name)`. Every key is explained in Docs/Formats/pack.md.
    {
      name: "\(name)",
      abstract: "What it does, in half a line.",
      version: "1",
    \(reader)
      layers: [
        {
          name: "label",
    \(isSpans ? "      // Labels are B-TYPE and I-TYPE in files; models learn beginnings and ends.\n      scheme: \"bioes\",\n" : "")\
          schema: { name: "\(name)", version: "1", labels: \(labels) },
          templates: [
    \(templates.map { "        \"\($0)\"," }.joined(separator: "\n"))
          ],
          trainer: { algorithm: "lbfgs", c2: 1 },
          // The bundled model, once there is one:
          // model: "\(name).safetensors",
        },
      ],
    }

    """
  }

  private var isSpans: Bool { kind == .columns || kind == .text || kind == .lines }

  private var labels: String { isSpans ? "[\"COLOUR\"]" : "[\"normal\", \"high\"]" }

  private var reader: String {
    switch kind {
    case .columns: "  reader: { kind: \"columns\", fields: [\"form\", \"label\"] },"
    case .text: "  reader: { kind: \"text\" },\n  columns: [\"form\", \"label\"],"
    case .lines:
      """
        // Tokens are runs of letters or digits, and every other character that is no space.
        reader: { kind: "lines", tokens: "[A-Za-z]+|[0-9]+|[^\\\\sA-Za-z0-9]" },
        columns: ["form", "label"],
      """
    case .csv:
      """
        // The first line names the columns; rows of one sensor are a sequence.
        reader: { kind: "csv", group: "sensor" },
        fields: {
          size: { of: "value", bins: [10, 20, 30] },
          change: { of: "value", difference: 1, bins: [-5, 0, 5] },
        },
      """
    case .json:
      """
        reader: {
          kind: "json", group: "sensor",
          fields: { sensor: "sensor", value: "reading.value", label: "label" },
        },
        fields: {
          size: { of: "value", bins: [10, 20, 30] },
          change: { of: "value", difference: 1, bins: [-5, 0, 5] },
        },
      """
    }
  }

  private var templates: [String] {
    isSpans
      ? [
        "form[0]", "lower(form[0])", "suffix(lower(form[0]), 3)", "shape(form[0])",
        "lower(form[-1])", "lower(form[1])",
      ] : ["size[0]", "change[0]", "change[1]", "size[0] & change[0]"]
  }

  private var sample: String {
    switch kind {
    case .columns, .text, .lines:
      """
      a\tO
      dark\tB-COLOUR
      red\tI-COLOUR
      car\tO

      the\tO
      green\tB-COLOUR
      door\tO


      """
    case .csv:
      """
      sensor,value,label
      a,12,normal
      a,13,normal
      a,31,high
      b,11,normal
      b,33,high
      b,12,normal

      """
    case .json:
      """
      {"sensor":"a","reading":{"value":12},"label":"normal"}
      {"sensor":"a","reading":{"value":31},"label":"high"}
      {"sensor":"b","reading":{"value":11},"label":"normal"}
      {"sensor":"b","reading":{"value":33},"label":"high"}

      """
    }
  }
}
