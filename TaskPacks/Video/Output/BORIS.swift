internal import SeqCore

/// The table of aggregated events that BORIS exports (Friard and Gamba 2016,
/// doi:10.1111/2041-210X.12584), a state event a segment.
enum BORIS {
  static let columns = [
    "Observation id", "Media file name", "Total length", "FPS", "Subject", "Behavior",
    "Behavioral category", "Behavior type", "Start (s)", "Stop (s)", "Duration (s)",
  ]

  static func text(of recordings: [TaggedRecording], background: Set<String>) -> String {
    var text = columns.map(csvField).joined(separator: ",") + "\n"
    for recording in recordings {
      let rate = recording.rate!
      let fps = decimals(Double(rate.frames) / Double(rate.seconds), 3)
      for action in recording.actions {
        let label = recording.names[Int(action.segment.label)]
        if background.contains(label) { continue }
        let (start, end) = recording.times(of: action.segment)!
        let fields = [
          recording.name, recording.name, secondsText(recording.length ?? 0), fps,
          "No focal subject", label, "", "STATE", decimals(Double(start) / 1000, 3),
          decimals(Double(end) / 1000, 3), decimals(Double(end - start) / 1000, 3),
        ]
        text += fields.map(csvField).joined(separator: ",") + "\n"
      }
    }
    return text
  }
}
