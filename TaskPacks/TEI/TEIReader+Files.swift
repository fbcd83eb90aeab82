public import SeqFormats
internal import SeqMath

extension TEIReader {
  /// Imports files one after another to one sink, several of them at once; the order is kept.
  ///
  /// - Parameters:
  ///   - files: paths of files; `-` is standard input.
  ///   - format: what is written.
  ///   - threads: how many files are read at once.
  /// - Returns: what was read, of all files.
  /// - Throws: the first error of a file; what other files gave before it may have been written.
  public func importFiles(
    _ files: [String], to sink: ByteSink, as format: ImportFormat, threads: Int = 1
  ) throws -> ImportReport {
    let output = OrderedOutput(sink)
    let reports = ReportSlots(count: files.count)
    let workers = min(threads, files.count)
    inParallel(pieces: workers, threads: workers) { _ in
      while let index = output.take(of: files.count) {
        do {
          let report = try importFile(files[index], as: format) { bytes in
            try output.write(bytes, of: index)
          }
          reports.set(index, report)
          output.finish(index, error: nil)
        } catch {
          output.finish(index, error: error)
        }
      }
    }
    if let error = output.error { throw error }
    return reports.sum()
  }
}

/// A report a file; each is written by one thread.
private final class ReportSlots: @unchecked Sendable {
  private let slots: UnsafeMutablePointer<ImportReport>
  private let count: Int

  init(count: Int) {
    self.count = count
    slots = .allocate(capacity: count)
    slots.initialize(repeating: ImportReport(), count: count)
  }

  deinit {
    slots.deinitialize(count: count)
    slots.deallocate()
  }

  func set(_ index: Int, _ report: ImportReport) { slots[index] = report }

  func sum() -> ImportReport {
    var sum = ImportReport()
    for index in 0..<count { sum.add(slots[index]) }
    return sum
  }
}
