import SeqCore
import Testing

@Suite struct RecordTests {
  let record = Record(
    source: Array("a\tX\nbc\tY\n".utf8), count: 2,
    layers: [
      Layer(name: "form", values: .text([ByteRange(0, 1), ByteRange(4, 6)])),
      Layer(
        name: "upos", values: .text([ByteRange(2, 3), ByteRange(7, 8)]),
        places: [ByteRange(2, 3), ByteRange(7, 8)]),
    ], provenance: Provenance(source: "test"))

  @Test func readsValuesFromTheSource() {
    #expect(record.strings("form") == ["a", "bc"])
    #expect(record.strings("lemma") == nil)
    #expect(!record.layers[1].isChanged)
  }

  @Test func keepsTheSourceAndThePlacesWhenALayerIsSet() {
    var tagged = record
    let schema = LabelSchema(layer: "upos", names: ["NOUN", "VERB"])
    tagged.setLabels("upos", to: [1, 1], of: schema)
    #expect(tagged.strings("upos") == ["VERB", "VERB"])
    #expect(Array(tagged.buffer[..<tagged.sourceCount]) == record.buffer)
    #expect(tagged.layers[1].places == record.layers[1].places)
    #expect(tagged.layers[1].isChanged)
  }

  @Test func suggestsTheNearestName() {
    #expect(nearestName(to: "sufix", among: ["prefix", "suffix", "shape"]) == "suffix")
    #expect(nearestName(to: "zzz", among: ["prefix", "suffix", "shape"]) == nil)
  }
}
