import CXXHash
import SeqMath
import SeqModel
import Testing

@Suite struct SafetensorsHostileTests {
  @Test func everyTruncationThrows() throws {
    let bytes = try SafetensorsTests.sample.encoded()
    for count in 0..<bytes.count {
      #expect(throws: SafetensorsError.self, "\(count) bytes") {
        try SafetensorsFile(bytes: Array(bytes[..<count]), name: "m")
      }
    }
    #expect(throws: SafetensorsError.self) { try SafetensorsFile(bytes: bytes + [0], name: "m") }
  }

  @Test func everyMutationThrows() throws {
    let bytes = try SafetensorsTests.sample.encoded()
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = RandomGenerator(seed: seed)
    for round in 0..<10_000 {
      var mutated = bytes
      for _ in 0...generator.next(below: 3) {
        mutated[generator.next(below: bytes.count)] = UInt8(generator.next(below: 256))
      }
      guard mutated != bytes else { continue }
      #expect(throws: SafetensorsError.self, "seed \(seed), round \(round)") {
        try SafetensorsFile(bytes: mutated, name: "m")
      }
    }
  }

  /// With the checksum made right again, only the structure can refuse: it must do so or give
  /// tensors whose bytes can all be read.
  @Test func mutationsWithARightChecksumNeverTrap() throws {
    let bytes = try SafetensorsTests.sample.encoded()
    let headerCount = Int(bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) })
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = RandomGenerator(seed: seed)
    let alphabet = Array("0123456789-+.eE\"[]{},: \\uabF\0\u{ff}".utf8)
    var accepted = 0
    for _ in 0..<10_000 {
      var mutated = bytes
      for _ in 0...generator.next(below: 2) {
        mutated[generator.next(below: 8 + headerCount)] =
          alphabet[generator.next(below: alphabet.count)]
      }
      do {
        let file = try SafetensorsFile(bytes: sealed(mutated), name: "m")
        for tensor in file.tensors { _ = tensor.bytes.reduce(0, &+) }
        accepted += 1
      } catch is SafetensorsError {}
    }
    #expect(accepted > 0, "seed \(seed): some mutations change names or values only")
  }

  @Test(arguments: [
    // Lengths and offsets that are negative, too large, overlapping, with gaps, not aligned.
    (#""a":{"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,64]}"#, 64),
    (#""a":{"dtype":"F32","shape":[4611686018427387904,8],"data_offsets":[0,64]}"#, 64),
    (#""a":{"dtype":"F32","shape":[-16],"data_offsets":[0,-64]}"#, 64),
    (#""a":{"dtype":"F32","shape":[-4,-4],"data_offsets":[0,64]}"#, 64),
    (#""a":{"dtype":"F32","shape":[16],"data_offsets":[0,9223372036854775807]}"#, 64),
    (#""a":{"dtype":"F32","shape":[16],"data_offsets":[-9223372036854775808,64]}"#, 64),
    (#""a":{"dtype":"F32","shape":[16],"data_offsets":[64,0]}"#, 64),
    (#""a":{"dtype":"F32","shape":[16],"data_offsets":[0]}"#, 64),
    (#""a":{"dtype":"F32","shape":[16],"data_offsets":[0,64,64]}"#, 64),
    (#""a":{"dtype":"F32","shape":[17],"data_offsets":[0,64]}"#, 64),
    (#""a":{"dtype":"F31","shape":[16],"data_offsets":[0,64]}"#, 64),
    (#""a":{"dtype":"F32","shape":[16.5],"data_offsets":[0,64]}"#, 64),
    (#""a":{"dtype":"F32","shape":16,"data_offsets":[0,64]}"#, 64),
    (#""a":{"dtype":"F32","data_offsets":[0,64]}"#, 64),
    (#""a":[]"#, 0),
    (
      #""a":{"dtype":"U8","shape":[64],"data_offsets":[0,64]},"#
        + #""b":{"dtype":"U8","shape":[64],"data_offsets":[0,64]}"#, 64
    ),
    (
      #""a":{"dtype":"U8","shape":[64],"data_offsets":[0,64]},"#
        + #""b":{"dtype":"U8","shape":[64],"data_offsets":[63,127]}"#, 127
    ),
    (
      #""a":{"dtype":"U8","shape":[64],"data_offsets":[0,64]},"#
        + #""b":{"dtype":"U8","shape":[64],"data_offsets":[128,192]}"#, 192
    ),
    (
      #""a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},"#
        + #""b":{"dtype":"U8","shape":[56],"data_offsets":[8,64]}"#, 64
    ),
  ])
  func refusesImpossibleEntries(_ entries: String, _ byteCount: Int) throws {
    let checksum =
      #""checksum":{"dtype":"U64","shape":[1],"data_offsets":[\#(byteCount),"#
      + "\(byteCount + 8)]}"
    #expect(throws: SafetensorsError.self) {
      try SafetensorsFile(
        bytes: file("{\(entries),\(checksum)}", dataCount: byteCount + 8), name: "m")
    }
  }

  @Test(arguments: [
    "[]", "{", "null", "{}}", "{\"checksum\":1}", "{\"__metadata__\":{\"a\":1}}", "{\"a\":{}}",
    String(repeating: "{\"a\":", count: 100_000), "{\"\u{0}\":}", " {}",
  ])
  func refusesWhatIsNoHeader(_ header: String) throws {
    #expect(throws: SafetensorsError.self) {
      try SafetensorsFile(bytes: file(header, dataCount: 64), name: "m")
    }
  }

  @Test func refusesImpossibleHeaderLengths() throws {
    let bytes = try SafetensorsTests.sample.encoded()
    let lengths: [UInt64] = [
      0, 1, 1 << 63, .max, UInt64(Int.max), UInt64(bytes.count), 100_000_001, 1 << 32,
    ]
    for length in lengths {
      var altered = bytes
      withUnsafeBytes(of: length.littleEndian) { altered.replaceSubrange(0..<8, with: $0) }
      #expect(throws: SafetensorsError.self, "\(length)") {
        try SafetensorsFile(bytes: altered, name: "m")
      }
    }
  }

  @Test func saysWhatIsWrong() throws {
    let bytes = try SafetensorsTests.sample.encoded()
    var altered = bytes
    altered[bytes.count - 100] ^= 1
    let sums = sums(of: altered)
    expectMessage(
      "m: the model file was altered or damaged: its checksum is \(sums.computed) where"
        + " \(sums.stored) was written. Copy it again or train it anew."
    ) { try SafetensorsFile(bytes: altered, name: "m") }
    expectMessage(
      "m: the model file is cut short: it has \(bytes.count - 9) bytes where its header declares"
        + " \(bytes.count). Copy it again or train it anew."
    ) { try SafetensorsFile(bytes: Array(bytes.dropLast(9)), name: "m") }
    expectMessage(
      "m: not a model file: its first 8 bytes declare a header of 8030609103052284001 bytes in a"
        + " file of 22. Is it a model that seqkit wrote, and was the copy complete?"
    ) { try SafetensorsFile(bytes: Array("a sentror, no model it".utf8), name: "m") }
    expectMessage(
      "m: the header of the model file is not valid: 'a' has no 'dtype'."
        + " The file was altered or is damaged."
    ) { try SafetensorsFile(bytes: file("{\"a\":{}}", dataCount: 8), name: "m") }
    expectMessage(
      "m: the last tensor of the file is not a 'checksum' of type U64 and shape [1], as every"
        + " model file has. Was it rewritten by another program?"
    ) {
      try SafetensorsFile(
        bytes: file(
          #"{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}}"#, dataCount: 8), name: "m")
    }
  }

  /// A file of a header, padded to 64 bytes, and zeros, with a right checksum.
  private func file(_ header: String, dataCount: Int) -> [UInt8] {
    var text = Array(header.utf8)
    text += Array(repeating: UInt8(ascii: " "), count: -(8 + text.count) & 63)
    let length = withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) }
    return sealed(length + text + Array(repeating: 0, count: dataCount))
  }

  /// The same bytes with a right checksum in the last eight.
  private func sealed(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.count >= 8 else { return bytes }
    var bytes = bytes
    let sum = bytes.withUnsafeBytes { XXH3_64bits($0.baseAddress, $0.count - 8) }
    withUnsafeBytes(of: sum.littleEndian) {
      bytes.replaceSubrange((bytes.count - 8)..<bytes.count, with: $0)
    }
    return bytes
  }

  private func sums(of bytes: [UInt8]) -> (stored: String, computed: String) {
    bytes.withUnsafeBytes {
      func text(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
      }
      return (
        text($0.loadUnaligned(fromByteOffset: $0.count - 8, as: UInt64.self)),
        text(XXH3_64bits($0.baseAddress, $0.count - 8))
      )
    }
  }
}
