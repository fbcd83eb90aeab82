import FoundationEssentials

/// The JSON header of a safetensors file: `__metadata__` and one entry per tensor.
struct SafetensorsHeader {
  struct Entry: Codable, Equatable {
    var dtype: String
    var shape: [Int]
    /// Begin and end, in bytes from the first byte behind the header.
    var data_offsets: [Int]
  }

  /// The format's own limit of a header, in bytes.
  static let longestHeader = 100_000_000
  static let metadataKey = "__metadata__"
  static let checksumName = "checksum"
  /// Names of the tensors that fill the gaps before aligned ones begin with this.
  static let paddingPrefix = "padding."
  /// Every tensor but padding starts at a multiple of this many bytes of the file.
  static let alignment = 64

  var metadata: [String: String]
  var entries: [String: Entry]
}

extension SafetensorsHeader: Codable {
  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    metadata = [:]
    entries = [:]
    for key in container.allKeys {
      if key.stringValue == Self.metadataKey {
        metadata = try container.decode([String: String].self, forKey: key)
      } else {
        entries[key.stringValue] = try container.decode(Entry.self, forKey: key)
      }
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    if !metadata.isEmpty {
      try container.encode(metadata, forKey: Key(stringValue: Self.metadataKey))
    }
    for (name, entry) in entries {
      try container.encode(entry, forKey: Key(stringValue: name))
    }
  }
}

extension SafetensorsHeader {
  /// Parses a header; what is wrong with it is said in a clause for `SafetensorsError.header`.
  static func parse(_ bytes: UnsafeRawBufferPointer, path: String) throws -> SafetensorsHeader {
    guard bytes.first == UInt8(ascii: "{") else {
      throw SafetensorsError.header(path: path, problem: "it does not begin with '{'")
    }
    do {
      return try JSONDecoder().decode(SafetensorsHeader.self, from: Data(bytes))
    } catch let error as DecodingError {
      throw SafetensorsError.header(path: path, problem: clause(for: error))
    }
  }

  private static func clause(for error: DecodingError) -> String {
    let (context, missing): (DecodingError.Context, String?) =
      switch error {
      case .typeMismatch(_, let context), .valueNotFound(_, let context): (context, nil)
      case .keyNotFound(let key, let context): (context, key.stringValue)
      case .dataCorrupted(let context): (context, nil)
      @unknown default: (DecodingError.Context(codingPath: [], debugDescription: ""), nil)
      }
    let place = context.codingPath.map(\.stringValue).joined(separator: ".")
    if let missing { return "'\(place)' has no '\(missing)'" }
    if place.isEmpty { return "it is not a JSON object" }
    return "'\(place)' is not of the form that the format asks for"
  }

  /// The header's bytes, padded with spaces so that what follows it is aligned.
  func encoded() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var bytes = [UInt8](try encoder.encode(self))
    let rest = (8 + bytes.count) % Self.alignment
    if rest > 0 {
      bytes.append(
        contentsOf: repeatElement(UInt8(ascii: " "), count: Self.alignment - rest))
    }
    return bytes
  }
}
