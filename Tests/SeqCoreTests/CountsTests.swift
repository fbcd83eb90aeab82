import SeqCore
import Testing

@Suite struct CountsTests {
  @Test(
    arguments: [(0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "-1,234,567")])
  func wholeNumbersHaveCommas(value: Int, expected: String) {
    #expect(grouped(value) == expected)
  }

  @Test(arguments: [(0, "0 files"), (1, "1 file"), (1_200, "1,200 files")])
  func onlyOneThingIsNotSeveral(count: Int, expected: String) {
    #expect(counted(count, "file") == expected)
  }

  @Test(arguments: [("a/b.c.d", "b.c.d", "b"), ("x", "x", "x"), ("a/", "a", "a")])
  func filesAreNamedByTheirLastPart(path: String, name: String, stem: String) {
    #expect(path.fileName == name)
    #expect(path.fileStem == stem)
  }
}
