import Foundation
import SeqCore
import SeqInference
import SeqMetrics
import SeqNeural
import Testing
import VideoPack

@Suite("Times of frames")
struct TimelineTests {
  /// 100 ms apart, a frame late by 40 ms, and a gap of 5 s.
  private let times = [1000, 1100, 1240, 1300, 1400, 6400, 6500, 6600]

  @Test func gapsAreFoundAndTold() throws {
    let line = try #require(Timeline(times))
    #expect(line.step == 100)
    #expect(line.gaps.map(\.frame) == [4] && line.gaps.map(\.milliseconds) == [5000])
    #expect(line.summary == "a frame every 100 ms; gaps of 5.0 s after frame 4")
    #expect(Timeline([5, 5]) == nil && Timeline([5, 4]) == nil)
    #expect(Timeline([])?.gaps == [] && Timeline([7])?.gaps == [])
  }

  @Test func resamplingKeepsLinesAndFillsNoGap() throws {
    let line = try #require(Timeline(times))
    // What is linear in time stays so.
    let rows = DenseRows(rows: 8, width: 2, values: times.flatMap { [Float($0), Float(-2 * $0)] })
    let gold: [Label] = [0, 0, 1, 1, 2, 3, 3, 4]
    let (found, labels) = line.resampled(rows, gold, at: FrameRate(frames: 20))
    let expected =
      Array(stride(from: 1000, through: 1400, by: 50))
      + Array(stride(from: 6400, through: 6600, by: 50))
    #expect(found.rows == expected.count && labels.count == expected.count)
    for (k, time) in expected.enumerated() {
      #expect(abs(found.values[2 * k] - Float(time)) < 0.01)
      #expect(abs(found.values[2 * k + 1] + Float(2 * time)) < 0.01)
    }
    #expect(labels == [0, 0, 0, 0, 1, 1, 1, 1, 2, 3, 3, 3, 3, 4])
    #expect(line.resampled(rows, [], at: FrameRate(frames: 20)).gold.isEmpty)
  }

  @Test func spansAreThoseOfTheResampledFrames() throws {
    let line = try #require(Timeline(times))
    let rate = FrameRate(frames: 20)
    let spans = line.spans(at: rate)
    #expect(spans.count == line.places(at: rate).count)
    // The first frame of all is at 0, that after the gap at 5.4 s.
    let starts: [Int] = [0, 50, 100, 150, 200, 250, 300, 350, 400, 5400, 5450, 5500, 5550, 5600]
    #expect(spans.map(\.lowerBound) == starts)
    #expect(spans.allSatisfy { $0.count == 50 })
    // A frame that lasts longer than a gap ends with it.
    let slow = line.spans(at: FrameRate(frames: 1, seconds: 60))
    #expect(slow == [0..<5400, 5400..<65_400])
    #expect(Timeline([])?.spans(at: rate) == [])
    // Rates that are no whole numbers of milliseconds count on without a gap.
    let even = try #require(Timeline((0..<100).map { 33 * $0 }))
    let odd = even.spans(at: FrameRate(frames: 30000, seconds: 1001))
    for (a, b) in zip(odd, odd.dropFirst()) { #expect(a.upperBound == b.lowerBound) }
  }

  @Test func noSegmentGoesOverAGap() throws {
    let spans = try #require(Timeline(times)).spans(at: FrameRate(frames: 20))
    let tagged = TaggedRecording(
      name: "r", labels: Array(repeating: 1, count: 14), names: ["rest", "walk"],
      rate: FrameRate(frames: 20), times: spans, probabilities: nil)
    #expect(
      try ActionFormat.segments.text(of: [tagged])
        == """
        recording,start_frame,end_frame,start_s,end_s,label
        r,0,9,0.000,0.450,walk
        r,9,14,5.400,5.650,walk

        """)
    #expect(tagged.length == 5650)
    #expect(
      try ActionFormat.activitynet.text(of: [tagged]).contains("\"segment\":[5.400,5.650]"))
    #expect(try ActionFormat.eaf.text(of: [tagged]).contains("TIME_VALUE=\"450\""))
    #expect(try ActionFormat.boris.text(of: [tagged]).contains("STATE,5.400,5.650,0.250"))
    #expect(try ActionFormat.jsonl.text(of: [tagged]).contains("\"end_s\":0.450"))
  }

  @Test func gapsEndSegmentsOfGoldAndOfPredictions() throws {
    let set = try TemporaryDataSet()
    try set.fill(1)
    let count = try String(contentsOfFile: set.folder + "/groundTruth/r0.txt", encoding: .utf8)
      .split(separator: "\n").count
    // A gap of 5 s in the middle of the first segment, frames at 10 a second.
    try set.makeTimes("r0", (0..<count).map { 100 * $0 + ($0 < 4 ? 0 : 5000) })
    var options = FrameDataSet.Options()
    options.rate = FrameRate(frames: 10)
    var notices = FrameDataSet.Notices()
    let data = try FrameDataSet(folder: set.folder)
    let even = try data.recordings(["r0"], options, notices: &notices)[0]
    #expect(even.breaks.isEmpty && even.connectedGold == [even.gold])
    options.resamples = true
    let found = try data.recordings(["r0"], options, notices: &notices)[0]
    #expect(found.breaks == [4] && found.gold == even.gold)
    #expect(found.connectedGold == [Array(found.gold[..<4]), Array(found.gold[4...])])
    // Every third frame: 0, 3, 6, …
    options.step = 3
    #expect(try data.recordings(["r0"], options, notices: &notices)[0].breaks == [2])

    let pieces = runs(of: found.gold, breaks: found.breaks)
    #expect(pieces.count == runs(of: found.gold).count + 1)
    #expect(pieces[0].end == 4 && pieces[1].start == 4 && pieces[0].label == pieces[1].label)
    let pair = [(gold: found.gold, predicted: found.gold)]
    let plain = ActionScore(pair, labels: data.labels, background: [])
    let score = ActionScore(pair, labels: data.labels, background: [], breaks: [found.breaks])
    #expect(score.labels[0].goldSegments == plain.labels[0].goldSegments + 1)
    #expect(score.labels[0].predictedSegments == score.labels[0].goldSegments)
    #expect(score.boundaries.pairs == plain.boundaries.pairs + 1)
    let events = try ActionEvents(
      pair, labels: data.labels, background: [], collar: .frames(0), rate: nil,
      breaks: [found.breaks])
    #expect(events.tables.allSatisfy { $0.all.gold == pieces.count && $0.all.f1 == 1 })
  }

  @Test func anEvenRateIsLeftAsItIs() throws {
    let line = try #require(Timeline((0..<50).map { 40 * $0 }))
    let places = line.places(at: FrameRate(frames: 25))
    #expect(places.map(\.frame) == Array(0..<50) && places.allSatisfy { $0.share == 0 })
  }
}
