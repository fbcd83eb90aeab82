import SeqCore
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

  @Test func anEvenRateIsLeftAsItIs() throws {
    let line = try #require(Timeline((0..<50).map { 40 * $0 }))
    let places = line.places(at: FrameRate(frames: 25))
    #expect(places.map(\.frame) == Array(0..<50) && places.allSatisfy { $0.share == 0 })
  }
}
