internal import Synchronization

/// Collects the reports of files that are read as records, where nobody asks for one by one: each file
/// once, however often it is read. Threads may share it.
public final class ImportReports: Sendable {
  private let reports = Mutex<[(source: String, report: ImportReport)]>([])

  /// No report yet.
  public init() {}

  /// Takes the report of a file; the last one of a file counts.
  func add(_ report: ImportReport, of source: String) {
    reports.withLock { reports in
      if let index = reports.firstIndex(where: { $0.source == source }) {
        reports[index].report = report
      } else {
        reports.append((source, report))
      }
    }
  }

  /// What all files together gave; `nil` if none was read.
  public var sum: ImportReport? {
    reports.withLock { reports in
      guard !reports.isEmpty else { return nil }
      return reports.reduce(into: ImportReport()) { $0.add($1.report) }
    }
  }
}
