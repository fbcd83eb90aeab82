internal import SeqCore

/// Annotation files of ELAN (Max Planck Institute for Psycholinguistics, EAF 3.0): one tier of actions,
/// times in milliseconds.
enum ELAN {
  static func text(of recording: TaggedRecording, background: Set<String>, author: String) -> String
  {
    var slots: [String] = []
    var annotations: [String] = []
    for action in recording.actions {
      let label = recording.names[Int(action.segment.label)]
      if background.contains(label) { continue }
      let number = annotations.count
      let (start, end) = recording.times(of: action.segment)!
      for (index, time) in [start, end].enumerated() {
        slots.append(
          "    <TIME_SLOT TIME_SLOT_ID=\"ts\(2 * number + index + 1)\" "
            + "TIME_VALUE=\"\(time)\"/>\n")
      }
      annotations.append(
        """
            <ANNOTATION>
              <ALIGNABLE_ANNOTATION ANNOTATION_ID="a\(number + 1)" TIME_SLOT_REF1="ts\(2 * number + 1)" \
        TIME_SLOT_REF2="ts\(2 * number + 2)">
                <ANNOTATION_VALUE>\(escaped(label))</ANNOTATION_VALUE>
              </ALIGNABLE_ANNOTATION>
            </ANNOTATION>

        """)
    }
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <ANNOTATION_DOCUMENT AUTHOR="\(escaped(author))" DATE="1970-01-01T00:00:00+00:00" FORMAT="3.0" VERSION="3.0" \
      xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
      xsi:noNamespaceSchemaLocation="http://www.mpi.nl/tools/elan/EAFv3.0.xsd">
        <HEADER MEDIA_FILE="" TIME_UNITS="milliseconds">
          <PROPERTY NAME="lastUsedAnnotationId">\(annotations.count)</PROPERTY>
        </HEADER>
        <TIME_ORDER>
      \(slots.joined())  </TIME_ORDER>
        <TIER LINGUISTIC_TYPE_REF="default-lt" TIER_ID="action">
      \(annotations.joined())  </TIER>
        <LINGUISTIC_TYPE GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="default-lt" TIME_ALIGNABLE="true"/>
      </ANNOTATION_DOCUMENT>

      """
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }
}
