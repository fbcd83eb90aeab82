import SeqCommand
import Testing

@Suite struct FiguresTests {
  @Test(
    arguments: [
      (0.0, 2, "0.00"), (21_074.655, 2, "21074.66"), (-0.001, 2, "0.00"), (-1.25, 1, "-1.3"),
      (0.05, 3, "0.050"), (7, 0, "7"), (.infinity, 2, "inf"),
    ] as [(Double, Int, String)])
  func decimalsAreRoundedAndPadded(value: Double, places: Int, expected: String) {
    #expect(decimal(value, places) == expected)
  }

  @Test func progressSaysWhatIsKnown() {
    let state = ProgressDisplay.State(
      step: 10, steps: 40, objective: 123.456, score: (name: "dev accuracy", value: 0.9512),
      done: 2_000_000)
    let line = ProgressDisplay.line(title: "training", unit: "tokens", state: state, seconds: 2)
    #expect(
      line
        == "training 10/40  objective 123.46  dev accuracy 95.12 %  1,000,000 tokens/s  0:06 left"
    )
  }
}
