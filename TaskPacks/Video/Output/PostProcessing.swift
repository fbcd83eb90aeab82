public import SeqCore
internal import SeqInference

/// Named rules that change tags after decoding, in order; each says what it did.
public struct PostProcessing: Sendable {
  private enum Rule: Hashable {
    /// Segments shorter than `frames`, of a label or of all, go to their neighbours.
    case minimum(label: Label?, frames: Int)
    /// Two segments of a label, or of any, with fewer than `frames` between them are joined.
    case gap(label: Label?, frames: Int)
  }

  private let rules: [(text: String, rule: Rule)]

  /// Reads rules: `min=N`, `min:LABEL=N`, `gap=N`, `gap:LABEL=N`.
  ///
  /// - Throws: `FrameError.option` for a text that is no rule.
  public init(_ texts: [String], labels: [String]) throws(FrameError) {
    var rules: [(text: String, rule: Rule)] = []
    for text in texts {
      let fault = FrameError.option(
        problem: "--rule \(text): rules are min=N, min:LABEL=N, gap=N and gap:LABEL=N, N above 0")
      guard let equals = text.lastIndex(of: "="),
        let frames = Int(text[text.index(after: equals)...]),
        frames > 0
      else { throw fault }
      let head = text[..<equals].split(
        separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      var label: Label?
      if head.count == 2 {
        guard let number = labels.firstIndex(of: String(head[1])) else {
          throw .option(
            problem: "--rule \(text): \(head[1]) is none of the labels "
              + labels.joined(separator: ", "))
        }
        label = Label(number)
      }
      switch head[0] {
      case "min": rules.append((text, .minimum(label: label, frames: frames)))
      case "gap": rules.append((text, .gap(label: label, frames: frames)))
      default: throw fault
      }
    }
    self.rules = rules
  }

  /// Applies the rules.
  ///
  /// - Returns: the new labels, and a sentence for each rule that changed something.
  public func apply(to labels: [Label]) -> (labels: [Label], changes: [String]) {
    var current = labels
    var changes: [String] = []
    for (text, rule) in rules {
      let before = current
      let segments: Int
      switch rule {
      case .minimum(let label, let frames): segments = absorb(&current, label, frames)
      case .gap(let label, let frames): segments = join(&current, label, frames)
      }
      let frames = zip(before, current).count { $0 != $1 }
      if segments > 0 {
        changes.append("rule \(text) changed \(segments) segments, \(frames) frames")
      }
    }
    return (current, changes)
  }

  /// The shortest segment below the limit goes first; its longer neighbour takes it, the earlier of
  /// equals.
  private func absorb(_ labels: inout [Label], _ label: Label?, _ limit: Int) -> Int {
    var count = 0
    while true {
      let segments = runs(of: labels)
      guard segments.count > 1 else { return count }
      let short = segments.indices.filter {
        let segment = segments[$0]
        return segment.end - segment.start < limit && (label ?? segment.label) == segment.label
      }
      guard
        let index = short.min(by: {
          segments[$0].end - segments[$0].start < segments[$1].end - segments[$1].start
        })
      else { return count }
      func length(_ index: Int) -> Int {
        segments.indices.contains(index) ? segments[index].end - segments[index].start : -1
      }
      let neighbour = length(index - 1) >= length(index + 1) ? index - 1 : index + 1
      for t in segments[index].start..<segments[index].end { labels[t] = segments[neighbour].label }
      count += 1
    }
  }

  private func join(_ labels: inout [Label], _ label: Label?, _ limit: Int) -> Int {
    var count = 0
    var last: [Label: Int] = [:]
    for segment in runs(of: labels) where (label ?? segment.label) == segment.label {
      if let end = last[segment.label], segment.start > end, segment.start - end < limit {
        for t in end..<segment.start { labels[t] = segment.label }
        count += 1
      }
      last[segment.label] = segment.end
    }
    return count
  }
}
