internal import FoundationEssentials
public import SeqCore
public import SeqMetrics
internal import SeqMath
public import SeqPack

/// How well frames are labelled: the arguments of given predicates, and everything from the words
/// alone.
public struct FrameEvaluation: Sendable {
  /// With the gold predicates given.
  public private(set) var given = ArgumentScore()
  /// With predicates that were found.
  public private(set) var found = ArgumentScore()
  /// The 95 % interval of the F1 of arguments with given predicates, by bootstrap over sentences.
  public private(set) var interval: ConfidenceInterval?
  /// The files.
  public let sources: [String]
  /// Whether the tags of the files were used instead of predicted ones.
  public let usedGivenTags: Bool

  /// Labels records with and without their predicates and compares with their frames.
  ///
  /// - Parameters:
  ///   - records: with gold frames.
  ///   - givenTags: whether their tags are used; otherwise tags are predicted.
  public init(
    _ labeler: some FrameLabeler, on records: [Record], sources: [String], givenTags: Bool,
    bootstrap: Bootstrap, threads: Int
  ) throws {
    self.sources = sources
    usedGivenTags = givenTags
    // The results in the order of the records, whatever the threads.
    let pieces = min(records.count, 64)
    let results = ResultList(count: pieces)
    inParallel(pieces: pieces, threads: threads) { piece in
      results.set(piece) {
        let withGiven = labeler.annotator(givenPredicates: true, givenTags: givenTags)
        let withFound = labeler.annotator(givenPredicates: false, givenTags: givenTags)
        let first = records.count * piece / pieces
        return try records[first..<records.count * (piece + 1) / pieces].map { record in
          var (given, found) = (record, record)
          try withGiven.annotate(&given)
          try withFound.annotate(&found)
          return (given.frames ?? [], found.frames ?? [])
        }
      }
    }
    for (record, frames) in zip(records, try results.all()) {
      let gold = record.frames ?? []
      given.add(gold: gold, predicted: frames.given)
      found.add(gold: gold, predicted: frames.found)
    }
    interval = bootstrap.interval(of: given.sentences)
  }

  private struct Counts: Encodable {
    var gold: Int
    var predicted: Int
    var correct: Int
    var precision: Double
    var recall: Double
    var f1: Double

    init(_ counts: SpanAgreement) {
      gold = counts.gold
      predicted = counts.predicted
      correct = counts.correct
      precision = counts.precision
      recall = counts.recall
      f1 = counts.f1
    }
  }

  private struct Answer: Encodable {
    struct Interval: Encodable {
      var low: Double
      var high: Double
    }
    var convention = "CoNLL-2005: V excluded, C- joined, R- a role of its own"
    var files: [String]
    var tags: String
    var arguments: Counts
    var argumentsInterval: Interval?
    var unlabelled: Counts
    var exactFrames: Double?
    var roles: [String: Counts]
    var predicates: Counts
    var endToEnd: Counts
  }

  /// The evaluation as a JSON object.
  public func json() throws -> String {
    let answer = Answer(
      files: sources, tags: usedGivenTags ? "given" : "predicted", arguments: Counts(given.micro),
      argumentsInterval: interval.map { .init(low: $0.low, high: $0.high) },
      unlabelled: Counts(given.unlabelled), exactFrames: given.exactFrames.accuracy,
      roles: given.roles.mapValues { Counts($0) }, predicates: Counts(found.predicates),
      endToEnd: Counts(found.micro))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(answer), as: UTF8.self) + "\n"
  }

  /// The evaluation for people.
  public func text() -> String {
    func row(_ name: String, _ counts: SpanAgreement) -> String {
      func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
      }
      let padding = String(repeating: " ", count: max(1, 26 - name.count))
      return name + padding + right(grouped(counts.gold), 8)
        + right(percent(counts.precision), 9) + right(percent(counts.recall), 9)
        + right(percent(counts.f1), 9) + "\n"
    }
    var text = "\(sources.joined(separator: ", ")), tags \(usedGivenTags ? "given" : "predicted")\n"
    text += "CoNLL-2005 convention: V excluded, C- joined to its argument, R- a role of its own\n\n"
    text += "                              gold  precis.   recall       F1\n"
    text += row("arguments", given.micro)
    if let interval {
      text += "  95 % interval of F1: \(percent(interval.low))–\(percent(interval.high))\n"
    }
    text += row("  without their roles", given.unlabelled)
    text += row("predicates found", found.predicates)
    text += row("arguments of those found", found.micro)
    if let exact = given.exactFrames.accuracy {
      text += "\(percent(exact)) % of \(counted(given.exactFrames.count, "frame")) wholly right\n"
    }
    text += "\n"
    for (role, counts) in given.roles.sorted(by: {
      $0.value.gold != $1.value.gold ? $0.value.gold > $1.value.gold : $0.key < $1.key
    }) { text += row(role, counts) }
    return text
  }

  private func percent(_ value: Double) -> String {
    let scaled = Int((value * 10_000).rounded())
    let fraction = String(scaled % 100)
    return "\(scaled / 100)." + String(repeating: "0", count: 2 - fraction.count) + fraction
  }
}

/// Results of pieces of work, each set by one thread.
private final class ResultList: @unchecked Sendable {
  typealias Frames = (given: [Frame], found: [Frame])
  private let base: UnsafeMutableBufferPointer<Result<[Frames], any Error>>

  init(count: Int) {
    base = .allocate(capacity: count)
    base.initialize(repeating: .success([]))
  }

  deinit {
    base.deinitialize()
    base.deallocate()
  }

  func set(_ piece: Int, _ body: () throws -> [Frames]) { base[piece] = Result { try body() } }

  func all() throws -> [Frames] { try base.flatMap { try $0.get() } }
}
