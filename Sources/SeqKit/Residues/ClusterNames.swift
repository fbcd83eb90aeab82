/// Finds the records that a cluster file names.
public struct ClusterNames {
  /// The clusters of records, and what did not fit.
  public struct Assignment: Hashable, Sendable {
    /// The cluster of each record, numbered from 0.
    public var clusters: [Int]
    /// Names of the file that no record has.
    public var unknown = 0
    /// Names of the file that are the beginning of several records' names.
    public var ambiguous = 0
    /// Records that the file does not name; each has a cluster of its own.
    public var alone = 0
  }

  private let names: [String]
  /// Record numbers by rising name.
  private let sorted: [Int]

  /// Makes a directory of records' names. Records with one name belong together.
  public init(_ names: [String]) {
    self.names = names
    sorted = names.indices.sorted { (names[$0], $0) < (names[$1], $1) }
  }

  /// Gives each record the cluster that names it: by its whole name, or by the beginning of it, if
  /// that is of one record only (CD-HIT cuts names).
  public func assign(_ clusters: [[String]]) -> Assignment {
    var assignment = Assignment(clusters: [])
    var sets = DisjointSets(count: names.count)
    var isNamed = [Bool](repeating: false, count: names.count)
    for members in clusters {
      var first: Int?
      for name in members {
        let records = records(called: name)
        if records.isEmpty { assignment.unknown += 1 }
        if records.count > 1, names[records[0]] != names[records[records.count - 1]] {
          assignment.ambiguous += 1
        }
        for record in records {
          isNamed[record] = true
          sets.unite(first ?? record, record)
          first = first ?? record
        }
      }
    }
    assignment.alone = isNamed.count { !$0 }
    assignment.clusters = sets.numbers()
    return assignment
  }

  /// The records of this name, or else those whose names begin with it.
  private func records(called name: String) -> [Int] {
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if names[sorted[middle]] < name { low = middle + 1 } else { high = middle }
    }
    let exact = sorted[low...].prefix { names[$0] == name }
    return Array(exact.isEmpty ? sorted[low...].prefix { names[$0].hasPrefix(name) } : exact)
  }
}
