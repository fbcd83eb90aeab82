import Foundation
import SeqKit
import Testing

@Suite struct SkippedSequencesTests {
  @Test(arguments: [false, true])
  func aSequenceWithoutALabelIsLeftOutAndCounted(streams: Bool) throws {
    let path = NSTemporaryDirectory() + "seqkit-skipped-" + UUID().uuidString + ".conllu"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let word = "1\tdog\t_\tNOUN\t_\t_\t_\t_\t_\t_\n\n"
    let unlabelled = "1\tcat\t_\t_\t_\t_\t_\t_\t_\t_\n\n"
    try (word + unlabelled + word).write(toFile: path, atomically: true, encoding: .utf8)
    var training = Training(
      layer: "upos", templates: ["form[0]"], options: TrainingOptions(.perceptron))
    training.streams = streams
    var data: Training.Data?
    _ = try training.run(on: [path], prepared: { data = $0 })
    #expect(data?.sequences == 2)
    #expect(data?.skipped == 1)
  }
}
