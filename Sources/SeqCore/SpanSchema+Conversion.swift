/// Labels of one scheme written as those of another: a model learns BIOES, a file has IOB2.
public struct LabelConversion: Sendable {
  private let source: SpanSchema
  private let target: SpanSchema
  /// The target's label of each source label, where labels alone decide; else `nil`.
  private let table: [Label]?

  /// The labels that are given.
  public var schema: LabelSchema { target.labels }

  /// Makes a conversion of a schema's labels to another scheme over the same types.
  public init(from source: SpanSchema, to scheme: TaggingScheme) {
    self.source = source
    target = SpanSchema(
      layer: source.labels.layer, types: source.types, scheme: scheme, style: source.style,
      version: source.labels.version)
    let separate: Set<TaggingScheme> = [.iob2, .bioes, .bilou]
    guard source.scheme == .bioes || source.scheme == .bilou, separate.contains(scheme) else {
      table = nil
      return
    }
    let target = target
    table = source.tags.map { tag in
      let mark: SpanMark =
        scheme == .iob2
        ? (tag.mark == .single ? .begin : tag.mark == .end ? .inside : tag.mark) : tag.mark
      return target.label(SpanTag(mark, tag.type)) ?? 0
    }
  }

  /// The labels of the same spans.
  ///
  /// - Parameter labels: legal ones of the source.
  public func callAsFunction(_ labels: [Label]) -> [Label] {
    if let table { return labels.map { table[Int($0)] } }
    let segments = source.segments(of: labels)
    do {
      return try target.labels(of: segments, count: labels.count)
    } catch {
      preconditionFailure("A schema made from types has all labels: \(error)")
    }
  }
}
