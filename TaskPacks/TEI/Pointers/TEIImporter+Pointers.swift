internal import SeqXML

/// What annotations that stand apart become: names, sentences, and values of tokens.
extension TEIImporter {
  func addPointers(_ found: [PointerTable.Resolved], to segment: TEISegment) {
    var values: [PointerTable.Resolved] = []
    for annotation in found {
      switch annotation.pointer.role {
      case .name:
        var name = SegmentName(label: labelNumber(Array(annotation.pointer.label.utf8)))
        name.parts = annotation.parts
        name.isOpen = false
        segment.names.append(name)
      case .sentence:
        if let first = annotation.parts.first, let last = annotation.parts.last {
          segment.sentences.append(first.lowerBound..<last.upperBound)
        }
      case .other: report.otherAnnotations += 1
      case .pos, .msd, .lemma: values.append(annotation)
      }
    }
    segment.sentences.sort { $0.lowerBound < $1.lowerBound }
    // What is written back keeps to the words that the document marks.
    if !values.isEmpty, !settings.keepsTags { addValues(values, to: segment) }
  }

  /// Gives tokens their values; where the document marks none, the annotations say what the tokens are.
  private func addValues(_ found: [PointerTable.Resolved], to segment: TEISegment) {
    let makesTokens = segment.tokens.isEmpty
    var tokens: [Range<Int>: Int] = [:]
    for (index, token) in segment.tokens.enumerated()
    where token.textStart >= 0 && token.textEnd >= token.textStart {
      tokens[token.textStart..<token.textEnd] = index
    }
    for annotation in found {
      guard let first = annotation.parts.first, let last = annotation.parts.last else { continue }
      let range = first.lowerBound..<last.upperBound
      if tokens[range] == nil, makesTokens {
        var token = SegmentToken()
        (token.textStart, token.textEnd) = (range.lowerBound, range.upperBound)
        tokens[range] = segment.tokens.count
        segment.tokens.append(token)
        report.markedTokens += 1
      }
      guard let index = tokens[range] else {
        report.unplacedValues += 1
        continue
      }
      let value = segment.keep(annotation.pointer.label.utf8)
      switch annotation.pointer.role {
      case .pos: segment.tokens[index].pos = value
      case .msd: segment.tokens[index].msd = value
      default: segment.tokens[index].lemma = value
      }
    }
    if makesTokens { segment.tokens.sort { $0.textStart < $1.textStart } }
  }
}
