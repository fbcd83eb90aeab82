internal import SeqCore
internal import SeqMath
package import SeqModel

/// Learners that differ in their seed alone; the result is the mean of their parameters.
///
/// A linear model scores by a sum, so the mean of parameters votes as the members together would,
/// at the cost of one of them. It takes out what each member owes to the order of its sequences.
package struct Committee: Trainer {
  private var members: [any Trainer]
  private let threads: Int

  /// - Parameters:
  ///   - members: learners over the same features and labels.
  ///   - threads: how many of them go at a time.
  package init(_ members: [any Trainer], threads: Int) {
    precondition(!members.isEmpty, "A committee has members.")
    self.members = members
    self.threads = threads
  }

  package mutating func step() throws -> StepReport {
    var reports = [Result<StepReport, any Error>?](repeating: nil, count: members.count)
    members.withUnsafeMutableBufferPointer { all in
      reports.withUnsafeMutableBufferPointer { reports in
        let members = all.baseAddress!
        let reports = reports.baseAddress!
        inParallel(pieces: all.count, threads: threads) { piece in
          reports[piece] = Result { try members[piece].step() }
        }
      }
    }
    var sum = StepReport(objective: 0, isConverged: true)
    for report in reports {
      guard let report = try report?.get() else { continue }
      sum.objective += report.objective
      sum.isConverged = sum.isConverged && report.isConverged
    }
    sum.objective /= Double(members.count)
    return sum
  }

  package func parameters() -> LinearParameters {
    LinearParameters(meanOf: members.map { $0.parameters() })
  }

  package func save(to file: inout SafetensorsWriter) {
    for (number, member) in members.enumerated() {
      var part = SafetensorsWriter()
      member.save(to: &part)
      // Only sizes that do not fit can fail, and these were in memory just now.
      let bytes = (try? part.encoded()) ?? []
      file.add("member.\(number)", shape: [bytes.count], bytes)
    }
  }

  package mutating func restore(from file: SafetensorsFile) throws {
    for number in members.indices {
      let name = "member.\(number)"
      let bytes = try file.tensor(name, of: UInt8.self, shape: [nil]).array(of: UInt8.self)
      try members[number].restore(from: SafetensorsFile(bytes: bytes, name: name))
    }
  }
}
