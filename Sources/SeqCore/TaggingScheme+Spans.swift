/// How spans are read from labels.
///
/// On labels that follow their scheme the readings agree, but for one case of ``TaggingScheme/ioe1``;
/// they differ on labels that do not.
public enum SpanReading: String, Hashable, Sendable, Codable, CaseIterable {
  /// As the script conlleval (Tjong Kim Sang and Buchholz 2000, doi:10.3115/1117601.1117631)
  /// and seqeval's default read: every label other than `O` is in a span, whatever the scheme. A
  /// span goes on where `I` or `E` follows `B` or `I` of the same type, and a new one begins
  /// anywhere else: so an `I` after `O` begins a span.
  case conlleval
  /// As seqeval's strict mode (1.2.2) reads: what does not begin and end as the scheme says is no
  /// span. By its rules a span of one position that touches the next one of its type, `E` in ``TaggingScheme/ioe1``,
  /// is none either unless another one touches it from the left.
  case strict
}

extension TaggingScheme {
  /// The spans that tags tell, in order; the segments' labels are the types' numbers.
  ///
  /// - Complexity: O(T).
  public func segments(of tags: [SpanTag], reading: SpanReading = .conlleval) -> [Segment] {
    switch reading {
    case .conlleval: self == .io ? runs(of: tags) : Self.conllevalSegments(of: tags)
    case .strict: strictSegments(of: tags)
    }
  }

  /// The tags of spans.
  ///
  /// Reading the tags gives the same spans again, except that ``io`` joins touching spans of one
  /// type.
  ///
  /// - Parameters:
  ///   - segments: in order, not overlapping; their labels are the types' numbers.
  ///   - count: T, the number of positions.
  /// - Returns: T tags.
  /// - Complexity: O(T).
  public func tags(of segments: [Segment], count: Int) -> [SpanTag] {
    var tags = [SpanTag](repeating: .outside, count: count)
    var end = 0
    for (index, segment) in segments.enumerated() {
      precondition(
        segment.start >= end && segment.end <= count,
        "Spans must come in order, not overlap, and end within the sequence.")
      let touchesEarlier =
        index > 0 && segments[index - 1].end == segment.start
        && segments[index - 1].label == segment.label
      let touchesLater =
        index + 1 < segments.count && segments[index + 1].start == segment.end
        && segments[index + 1].label == segment.label
      let last = segment.end - 1
      for t in segment.start..<segment.end {
        tags[t] = SpanTag(
          mark(
            isFirst: t == segment.start, isLast: t == last, touchesEarlier: touchesEarlier,
            touchesLater: touchesLater), segment.label)
      }
      end = segment.end
    }
    return tags
  }

  private func mark(
    isFirst: Bool, isLast: Bool, touchesEarlier: Bool, touchesLater: Bool
  ) -> SpanMark {
    switch self {
    case .io: .inside
    case .iob1: isFirst && touchesEarlier ? .begin : .inside
    case .iob2: isFirst ? .begin : .inside
    case .ioe1: isLast && touchesLater ? .end : .inside
    case .ioe2: isLast ? .end : .inside
    case .bioes, .bilou:
      isFirst ? (isLast ? .single : .begin) : isLast ? .end : .inside
    }
  }

  /// The first place where tags break the rules of the scheme: a position with a mark that the
  /// scheme lacks or that may not follow the one before it; T if the last may not be the last;
  /// `nil` if all is legal.
  public func firstFault(in tags: [SpanTag]) -> Int? {
    faults(in: tags, limit: 1).first
  }

  /// All places where tags break the rules of the scheme; see ``firstFault(in:)``.
  public func faults(in tags: [SpanTag], limit: Int = .max) -> [Int] {
    let marks = marks
    var places: [Int] = []
    var earlier = SpanTag.outside
    for (t, tag) in tags.enumerated() where places.count < limit {
      if !marks.contains(tag.mark) || !allows(tag, after: earlier) { places.append(t) }
      earlier = tag
    }
    if places.count < limit, !allows(.outside, after: earlier) { places.append(tags.count) }
    return places
  }

  // MARK: Readings

  /// Runs of one type.
  private func runs(of tags: [SpanTag]) -> [Segment] {
    Self.segments(of: tags) { later, earlier in joins(later, to: earlier) }
  }

  private static func conllevalSegments(of tags: [SpanTag]) -> [Segment] {
    segments(of: tags) { later, earlier in
      earlier.type == later.type && (earlier.mark == .begin || earlier.mark == .inside)
        && (later.mark == .inside || later.mark == .end)
    }
  }

  /// Runs of tags that are not `outside`, cut where the next does not join.
  private static func segments(
    of tags: [SpanTag], joins: (_ later: SpanTag, _ earlier: SpanTag) -> Bool
  ) -> [Segment] {
    var segments: [Segment] = []
    var start: Int?
    var earlier = SpanTag.outside
    for (t, tag) in tags.enumerated() {
      if let first = start, tag.mark == .outside || !joins(tag, earlier) {
        segments.append(Segment(start: first, end: t, label: earlier.type))
        start = nil
      }
      if start == nil, tag.mark != .outside { start = t }
      earlier = tag
    }
    if let start { segments.append(Segment(start: start, end: tags.count, label: earlier.type)) }
    return segments
  }

  /// A span begins where a tag may begin one, goes on as far as tags join, and counts if it may end
  /// there. A tag that neither begins nor continues is passed over.
  private func strictSegments(of tags: [SpanTag]) -> [Segment] {
    var segments: [Segment] = []
    var t = 0
    while t < tags.count {
      guard begins(tags[t], after: t > 0 ? tags[t - 1] : .outside) else {
        t += 1
        continue
      }
      var end = t + 1
      while end < tags.count, joins(tags[end], to: tags[end - 1]) { end += 1 }
      if ends(tags[end - 1], before: end < tags.count ? tags[end] : .outside) {
        segments.append(Segment(start: t, end: end, label: tags[t].type))
      }
      t = end
    }
    return segments
  }

  /// Whether a span may begin with `tag`, whose span is not that of `earlier`.
  private func begins(_ tag: SpanTag, after earlier: SpanTag) -> Bool {
    let sameSpanType =
      earlier.mark != .outside && tag.mark != .outside && earlier.type == tag.type
    switch self {
    case .io: return tag.mark == .inside
    case .iob1:
      return tag.mark == .inside
        ? !(earlier.mark == .inside && sameSpanType) : tag.mark == .begin && sameSpanType
    case .iob2: return tag.mark == .begin
    case .ioe1:
      return tag.mark == .inside
        ? !(earlier.mark == .inside && sameSpanType)
        : tag.mark == .end && earlier.mark == .end && sameSpanType
    case .ioe2:
      return (tag.mark == .inside || tag.mark == .end)
        && !(earlier.mark == .inside && sameSpanType)
    case .bioes, .bilou: return tag.mark == .begin || tag.mark == .single
    }
  }

  /// Whether a span may end with `tag`, where `later` does not join.
  private func ends(_ tag: SpanTag, before later: SpanTag) -> Bool {
    let sameSpanType = later.mark != .outside && later.type == tag.type
    switch self {
    case .io, .iob2: return true
    case .iob1: return !(tag.mark == .begin && later.mark == .begin && !sameSpanType)
    case .ioe1: return tag.mark == .inside || sameSpanType
    case .ioe2: return tag.mark == .end
    case .bioes, .bilou: return tag.mark == .single || tag.mark == .end
    }
  }
}
