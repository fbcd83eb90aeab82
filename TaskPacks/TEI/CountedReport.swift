internal import SeqCore
internal import SeqFormats

/// A count of a report: where it is kept, its name in JSON, and the words for a person, who is told of
/// it if it is not 0.
struct ReportCount<Report> {
  let path: WritableKeyPath<Report, Int>
  let name: String
  let words: String?

  init(_ path: WritableKeyPath<Report, Int>, _ name: String, _ words: String? = nil) {
    self.path = path
    self.name = name
    self.words = words
  }
}

/// A report that is made of counts: how they are added up and told is said once, in a list.
protocol CountedReport {
  /// All counts, in the order in which they are told.
  static var counts: [ReportCount<Self>] { get }
}

extension CountedReport {
  /// Adds the counts of another part.
  mutating func addCounts(of other: Self) {
    for count in Self.counts { self[keyPath: count.path] += other[keyPath: count.path] }
  }

  /// The counts as members of a JSON object.
  var countMembers: String {
    Self.counts.map { "\"\($0.name)\":\(self[keyPath: $0.path])" }.joined(separator: ",")
  }

  /// A line for each count that has words and is not 0.
  var countLines: [String] {
    Self.counts.compactMap { count in
      let number = self[keyPath: count.path]
      return number == 0 ? nil : count.words.map { "\(number) \($0)" }
    }
  }
}

/// Counts by name as a JSON object.
func countObject(_ counts: [String: Int]) -> String {
  func quoted(_ text: String) -> String {
    "\"" + text.unicodeScalars.map { $0.escaped(asASCII: false) }.joined() + "\""
  }
  return "{"
    + counts.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\($0.value)" }
    .joined(separator: ",") + "}"
}
