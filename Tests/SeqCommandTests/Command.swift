import Foundation
import Testing

/// Tests that run processes, one after another: a process that is started while another test has a
/// pipe open would inherit and keep it.
@Suite(.serialized) enum ProcessTests {}

/// The built program, run as a process with a folder of its own.
final class Command {
  struct Outcome {
    var status: Int32
    var output: String
    var errors: String
    /// Whether a signal ended it.
    var wasSignalled: Bool
  }

  /// A new folder that goes away with this object.
  let folder: String

  init() throws {
    folder =
      FileManager.default.temporaryDirectory
      .appending(path: "seqkit-tests-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func path(_ name: String) -> String { folder + "/" + name }

  func write(_ bytes: [UInt8], _ name: String) throws -> String {
    try Data(bytes).write(to: URL(filePath: path(name)))
    return path(name)
  }

  func write(_ text: String, _ name: String) throws -> String {
    try write(Array(text.utf8), name)
  }

  func bytes(_ name: String) -> Data? { FileManager.default.contents(atPath: path(name)) }

  /// The names of the files in the folder.
  var files: [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: folder).sorted()) ?? []
  }

  /// The program lies where the tests were built.
  private static var executable: URL {
    let test = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(filePath: test).deletingLastPathComponent().appending(path: "seqkit")
  }

  func process(_ arguments: [String], output: FileHandle? = nil) -> Process {
    let process = Process()
    process.executableURL = Self.executable
    process.arguments = arguments
    process.currentDirectoryURL = URL(filePath: folder)
    process.standardInput = FileHandle.nullDevice
    if let output { process.standardOutput = output }
    return process
  }

  /// Runs the program to its end.
  ///
  /// - Parameter input: the text of standard input; a pipe.
  func run(
    _ arguments: [String], input: String = "", output: FileHandle? = nil
  ) throws -> Outcome {
    let process = process(arguments, output: output)
    let (errors, inputPipe) = (Pipe(), Pipe())
    let outputFile = path(".stdout")
    if output == nil {
      _ = FileManager.default.createFile(atPath: outputFile, contents: nil)
      process.standardOutput = FileHandle(forWritingAtPath: outputFile)
    }
    process.standardError = errors
    process.standardInput = inputPipe
    try process.run()
    try? inputPipe.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try? inputPipe.fileHandleForWriting.close()
    let errorText = String(
      decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let text = FileManager.default.contents(atPath: outputFile) ?? Data()
    try? FileManager.default.removeItem(atPath: outputFile)
    return Outcome(
      status: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
      errors: errorText, wasSignalled: process.terminationReason == .uncaughtSignal)
  }

  /// The sample corpus of the project.
  static let sample = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Corpora/english-sample").standardizedFileURL.path

  /// Trains a small model on the sample, with templates that do not change with the pack's.
  func trainSample(_ options: [String] = []) throws -> String {
    let model = path("sample.model")
    let templates = try write(
      """
      form[0]
      suffix(form[0], 2)
      shape(form[0])
      form[-1]
      form[1]
      """, "templates")
    defer { try? FileManager.default.removeItem(atPath: templates) }
    let outcome = try run(
      [
        "pos", "train", "--train", Self.sample + "/sample.conllu", "-o", model, "--quiet",
        "--templates", templates,
      ]
        + options)
    struct Failure: Error { var errors: String }
    if outcome.status != 0 { throw Failure(errors: outcome.errors) }
    return model
  }
}
