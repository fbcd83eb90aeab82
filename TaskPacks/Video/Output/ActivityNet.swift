internal import SeqCore

/// Detections as ActivityNet's evaluation reads them (Caba Heilbron et al. 2015,
/// doi:10.1109/CVPR.2015.7298698): label, score and seconds.
enum ActivityNet {
  static func text(
    of recordings: [TaggedRecording], background: Set<String>, model: String
  ) -> String {
    let results = recordings.map { recording in
      let detections = recording.actions.compactMap { action -> String? in
        let label = recording.names[Int(action.segment.label)]
        if background.contains(label) { return nil }
        let (start, end) = recording.times(of: action.segment)!
        let score = action.confidence.map { "\"score\":\(decimals($0, 4))," } ?? ""
        return "{\"label\":\(jsonLiteral(label)),\(score)"
          + "\"segment\":[\(secondsText(start)),\(secondsText(end))]}"
      }
      return "  \(jsonLiteral(recording.name)): [\(detections.joined(separator: ",\n    "))]"
    }
    return "{\"version\":\"VERSION 1.3\",\"results\":{\n\(results.joined(separator: ",\n"))\n},"
      + "\"external_data\":{\"model\":\(jsonLiteral(model))}}\n"
  }
}
