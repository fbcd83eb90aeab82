import Foundation
import SeqModel
import Testing

/// Python's own reader of the format agrees with our writer.
@Suite struct SafetensorsPythonTests {
  @Test(.enabled(if: pythonReads, "needs Python with the modules safetensors and numpy"))
  func pythonReadsTheFile() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/m"
    try SafetensorsTests.sample.write(to: path)
    let output = try #require(
      runPython(
        """
        import sys
        from safetensors import safe_open
        with safe_open(sys.argv[1], "np") as f:
            print(sorted(f.keys()), f.metadata() == {"format": "test", "quote\\"\\n": "ä/😀\\0"})
            for name in ["weights", "codes", "none", "one"]:
                t = f.get_tensor(name)
                print(name, t.dtype, t.shape, t.tolist())
        """, path))
    #expect(
      output == """
        ['checksum', 'codes', 'none', 'one', 'padding.0', 'padding.1', 'padding.3', 'starts', \
        'weights'] True
        weights float32 (2, 3) [[1.0, -2.0, 3.5], [0.0, -inf, 0.25]]
        codes uint8 (5,) [0, 1, 127, 128, 255]
        none int16 (0, 4) []
        one int64 () -7

        """)
  }

  private static let pythonReads = runPython("import safetensors, numpy", "") != nil
}

/// The output of a Python program, or `nil` if it or Python fails. `SEQTAG_PYTHON` names another
/// interpreter than the `python3` of the path.
private func runPython(_ program: String, _ argument: String) -> String? {
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/env")
  let python = ProcessInfo.processInfo.environment["SEQTAG_PYTHON"] ?? "python3"
  process.arguments = [python, "-c", program, argument]
  let output = Pipe()
  process.standardOutput = output
  process.standardError = FileHandle.nullDevice
  guard (try? process.run()) != nil else { return nil }
  let data = output.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return process.terminationStatus == 0 ? String(decoding: data, as: UTF8.self) : nil
}
