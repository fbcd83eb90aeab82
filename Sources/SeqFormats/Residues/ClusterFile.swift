internal import SeqCore

/// Reads which records a clustering program put together: MMseqs2's table (representative, tab,
/// member) or CD-HIT's `.clstr`.
public enum ClusterFile {
  /// The clusters, each the names of its members, in the file's order.
  ///
  /// CD-HIT cuts names (`-d 0` makes it keep the first word); what it wrote is returned.
  ///
  /// - Throws: what the source throws; `FormatError.annotation` with the line that is neither.
  public static func read(_ source: ByteSource) throws -> [[String]] {
    var lines = LineReader(source)
    var clusters: [[String]] = []
    var numbers: [String: Int] = [:]
    var isCDHIT: Bool?
    while let bytes = try lines.next() {
      let line = String(decoding: bytes, as: UTF8.self)
      if line.isEmpty { continue }
      if isCDHIT == nil { isCDHIT = line.hasPrefix(">Cluster") }
      if isCDHIT == true {
        if line.hasPrefix(">Cluster") {
          clusters.append([])
          continue
        }
        guard let name = cdhitName(line), !clusters.isEmpty else {
          throw FormatError.annotation(
            at: lines.place(),
            expected: "a line of CD-HIT such as 0⇥297aa, >P12345... *")
        }
        clusters[clusters.count - 1].append(name)
        continue
      }
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard fields.count == 2, fields.allSatisfy({ !$0.isEmpty }) else {
        throw FormatError.annotation(
          at: lines.place(),
          expected: "representative and member between a tab (MMseqs2), or CD-HIT's >Cluster 0")
      }
      let number = numbers[fields[0]] ?? clusters.count
      if number == clusters.count {
        numbers[fields[0]] = number
        clusters.append([])
      }
      clusters[number].append(fields[1])
    }
    return clusters
  }

  /// The name between `>` and `...`.
  private static func cdhitName(_ line: String) -> String? {
    guard let start = line.firstIndex(of: ">") else { return nil }
    let rest = line[line.index(after: start)...]
    var end = rest.startIndex
    while end < rest.endIndex, !rest[end...].hasPrefix("...") { end = rest.index(after: end) }
    return end < rest.endIndex && end > rest.startIndex ? String(rest[..<end]) : nil
  }
}
