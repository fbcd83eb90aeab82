import SeqKit

/// Where the syllables of a word begin. A line is a word, its letters are the positions; `B` stands at the
/// first letter of a syllable, `I` at the others.
///
/// What a manifest cannot say is code here: whether letters are vowels, and how far the next vowel is.
struct SyllablesPack: TaskPack {
  static let name = "syllables"
  static let abstract = "Syllables of written words."
  static let resources = "SyllablesPack"

  static let derivedLayers = ["sound", "ahead"]

  static func derive(_ record: inout Record) throws {
    guard let letters = record.strings("form") else { return }
    let sounds = letters.map {
      "aeiouyäöüáéíóúàèêô".contains($0.lowercased()) ? "vowel" : "consonant"
    }
    let ahead = letters.indices.map { position in
      sounds[position...].firstIndex(of: "vowel").map { String(min($0 - position, 4)) } ?? "none"
    }
    record.setText("sound", to: sounds.map { record.append(Array($0.utf8)) })
    record.setText("ahead", to: ahead.map { record.append(Array($0.utf8)) })
  }

  /// The manifest stands in the code, so that the program needs no other file.
  static func manifest(_ finder: ResourceFinder) throws -> PackManifest {
    try PackManifest(json5: Array(manifestText.utf8), path: "SyllablesPack")
  }

  private static let manifestText = """
    {
      name: "syllables",
      reader: { kind: "lines", tokens: "\\\\p{L}" },
      columns: ["form", "syllable"],
      layers: [
        {
          name: "syllable",
          schema: { name: "syllables", version: "1", labels: ["B", "I"] },
          templates: [
            "form[0]", "lower(form[-1])", "lower(form[1])", "lower(form[0]) & lower(form[1])",
            "lower(form[-1]) & lower(form[0])", "sound[-2] & sound[-1] & sound[0] & sound[1]",
            "sound[-1] & sound[0]", "sound[0] & ahead[0]", "ahead[0] & sound[-1]",
          ],
        },
      ],
    }
    """
}
