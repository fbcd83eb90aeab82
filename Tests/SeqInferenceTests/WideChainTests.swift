import SeqCore
import SeqInference
import SeqMath
import Testing

/// More labels than the kernels in registers take, as schemes over many span types have.
@Suite struct WideChainTests {
  @Test(arguments: [65, 79, 128, 157])
  func wideRowsGiveWhatSumsOfLogarithmsGive(L: Int) throws {
    var generator = RandomGenerator(seed: UInt64(L))
    func scores(_ count: Int) -> [Float] {
      (0..<count).map { _ in Float(generator.nextUnit()) * 4 - 2 }
    }
    var step = Matrix(rows: L, columns: L)
    step.values = scores(L * L)
    var mask = Legality(labelCount: L)
    for i in mask.step.indices where i % 3 == 0 { mask.step[i] = false }
    let chain = Chain(start: scores(L), step: step, end: scores(L), mask: mask)
    let T = 6
    var matrix = Matrix(rows: T, columns: L)
    matrix.values = scores(T * L)
    matrix[2, 5] = -.infinity
    let (fast, plain) = (ForwardBackward(), ForwardBackward())
    let (steps, plainSteps) = (
      AlignedBuffer(count: L * chain.stride), AlignedBuffer(count: L * chain.stride)
    )
    let emissions = Emissions(matrix)
    let logZ = try fast.run(emissions, chain, expectedSteps: steps)
    let plainLogZ = try plain.runInLogarithms(emissions, chain, expectedSteps: plainSteps)
    // Single precision over T·L terms.
    #expect(abs(logZ - plainLogZ) < 1e-4)
    for t in 0..<T {
      for j in 0..<L { #expect(abs(fast[t, j] - plain[t, j]) < 1e-5) }
    }
    for i in 0..<L {
      for j in 0..<L {
        let place = i * chain.stride + j
        let factor = chain.factors.base[place]
        #expect(abs(steps.base[place] * factor - plainSteps.base[place] * factor) < 1e-5)
      }
    }
  }
}
