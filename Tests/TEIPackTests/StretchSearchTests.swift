import Testing

@testable import TEIPack

@Suite("Search of stretches")
struct StretchSearchTests {
  @Test(
    "All that overlap a range are among the candidates, and few others where stretches are short")
  func candidates() {
    let stretches = (0..<400).map { number in
      let start = number * 7919 % 10_000
      return start..<(start + 1 + number * 31 % 20)
    }.sorted { $0.lowerBound < $1.lowerBound }
    let search = StretchSearch(stretches)
    for start in stride(from: 0, to: 10_100, by: 7) {
      let range = start..<(start + 5)
      let candidates = search.candidates(range)
      for (index, stretch) in stretches.enumerated() where stretch.overlaps(range) {
        #expect(candidates.contains(index))
      }
      #expect(candidates.count < 20)
    }
    #expect(StretchSearch([]).candidates(3..<4).isEmpty)
  }
}
