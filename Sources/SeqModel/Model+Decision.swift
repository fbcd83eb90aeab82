internal import FoundationEssentials
internal import SeqCore

extension Model {
  /// The bytes of a model file that has the same numbers and another ``decision``.
  ///
  /// - Parameters:
  ///   - decision: one offset per label.
  ///   - scores: what is added to the scores of the provenance.
  public func encoded(decision: [Float], scores: [String: Double] = [:]) throws -> [UInt8] {
    precondition(decision.count == schema.count, "One offset per label.")
    let name = "decision.offsets"
    var writer = SafetensorsWriter()
    for tensor in file.tensors
    where tensor.name != SafetensorsHeader.checksumName && tensor.name != name
      && !tensor.name.hasPrefix(SafetensorsHeader.paddingPrefix)
    {
      writer.add(tensor)
    }
    writer.add(name, shape: [decision.count], decision)
    var manifest = manifest
    if !manifest.components.contains("decision.v1") { manifest.components.append("decision.v1") }
    manifest.provenance.scores.merge(scores) { $1 }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    writer.metadata["seqkit"] = String(decoding: try encoder.encode(manifest), as: UTF8.self)
    return try writer.encoded()
  }
}
