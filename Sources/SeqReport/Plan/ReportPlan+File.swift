internal import FoundationEssentials
internal import SeqCore

extension ReportPlan {
  /// Reads a plan.
  ///
  /// - Throws: `ReportError.plan` for what does not parse, `.unknownKey` with the nearest known key.
  package init(path: String) throws {
    let data: Data
    do {
      data = try Data(contentsOf: URL(filePath: path))
    } catch {
      throw ReportError.plan(path: path, key: "", problem: "it cannot be read")
    }
    try self.init(json5: data, path: path)
  }

  /// Parses a plan.
  init(json5 data: Data, path: String) throws {
    let decoder = JSONDecoder()
    decoder.allowsJSON5 = true
    do {
      self = try decoder.decode(ReportPlan.self, from: data)
    } catch let fault as KeyFault {
      throw ReportError.unknownKey(
        path: path, place: fault.place, key: fault.key, known: fault.known,
        nearest: nearestName(to: fault.key, among: fault.known))
    } catch let error as DecodingError {
      throw ReportError.plan(path: path, key: error.place, problem: error.sentence)
    }
    self.path = path
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    folder = parts.isEmpty ? "." : parts.joined(separator: "/")
    if folder.isEmpty { folder = "/" }
  }
}

/// A key that is none of those known.
private struct KeyFault: Error {
  var place: String
  var key: String
  var known: [String]
}

/// Any key at all.
private struct AnyKey: CodingKey {
  var stringValue: String
  var intValue: Int? { nil }
  init?(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

extension Decoder {
  /// The object's values, after it was found to have no other keys than those of `Keys`.
  fileprivate func strict<Keys: CodingKey & CaseIterable>(
    _: Keys.Type
  ) throws -> KeyedDecodingContainer<Keys> {
    let known = Keys.allCases.map(\.stringValue)
    for key in try container(keyedBy: AnyKey.self).allKeys.map(\.stringValue).sorted()
    where !known.contains(key) {
      throw KeyFault(place: codingPath.place, key: key, known: known)
    }
    return try container(keyedBy: Keys.self)
  }
}

extension [any CodingKey] {
  /// `systems[1].train`.
  fileprivate var place: String {
    reduce(into: "") { text, key in
      if let index = key.intValue {
        text += "[\(index)]"
      } else {
        text += (text.isEmpty ? "" : ".") + key.stringValue
      }
    }
  }
}

extension DecodingError {
  fileprivate var place: String {
    switch self {
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      context.codingPath.place
    case .keyNotFound(let key, let context): (context.codingPath + [key]).place
    @unknown default: ""
    }
  }

  fileprivate var sentence: String {
    switch self {
    case .typeMismatch(let type, _), .valueNotFound(let type, _):
      "expected a value of another kind (\(type))"
    case .keyNotFound: "is missing"
    case .dataCorrupted(let context): "does not parse: \(context.debugDescription)"
    @unknown default: "does not parse"
    }
  }
}

extension KeyedDecodingContainer {
  /// Sets a property if the key is there.
  fileprivate func set<Value: Decodable>(_ property: inout Value, _ key: Key) throws {
    if let value = try decodeIfPresent(Value.self, forKey: key) { property = value }
  }

  fileprivate func set<Value: Decodable>(_ property: inout Value?, _ key: Key) throws {
    if let value = try decodeIfPresent(Value.self, forKey: key) { property = value }
  }

  /// A list, or a text that is cut at its spaces (`words`) or stands alone.
  fileprivate func setList(_ property: inout [String], _ key: Key, words: Bool = false) throws {
    guard contains(key) else { return }
    if let text = try? decode(String.self, forKey: key) {
      property = words ? text.split(separator: " ").map(String.init) : [text]
    } else {
      property = try decode([String].self, forKey: key)
    }
  }
}

extension ReportPlan: Decodable {
  private enum Keys: String, CodingKey, CaseIterable {
    case title, seed, rounds, tests, repeats, threads, timeout, curve, gates, variables, corpora
    case systems
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.strict(Keys.self)
    try values.set(&title, .title)
    try values.set(&seed, .seed)
    try values.set(&rounds, .rounds)
    try values.set(&tests, .tests)
    try values.set(&repeats, .repeats)
    try values.set(&threads, .threads)
    try values.set(&timeout, .timeout)
    try values.set(&curve, .curve)
    try values.setList(&gates, .gates)
    try values.set(&variables, .variables)
    corpora = try values.decode([Corpus].self, forKey: .corpora)
    systems = try values.decode([System].self, forKey: .systems)
  }
}

extension ReportPlan.Corpus: Decodable {
  private enum Keys: String, CodingKey, CaseIterable {
    case name, about, pack, task, layers, test, train, dev, format, columns, separator, scheme
    case unscored, background
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.strict(Keys.self)
    name = try values.decode(String.self, forKey: .name)
    test = try values.decode(String.self, forKey: .test)
    try values.set(&about, .about)
    try values.set(&pack, .pack)
    try values.set(&task, .task)
    try values.setList(&layers, .layers)
    try values.set(&train, .train)
    try values.set(&dev, .dev)
    try values.set(&format, .format)
    try values.set(&columns, .columns)
    try values.set(&separator, .separator)
    try values.set(&scheme, .scheme)
    try values.set(&unscored, .unscored)
    try values.setList(&background, .background)
  }
}

extension ReportPlan.System: Decodable {
  private enum Keys: String, CodingKey, CaseIterable {
    case name, about, corpora, pack, model, train, seeds, command, learn, version, expect
    case predictions, options, confidence
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.strict(Keys.self)
    name = try values.decode(String.self, forKey: .name)
    try values.set(&about, .about)
    try values.set(&corpora, .corpora)
    try values.set(&pack, .pack)
    try values.setList(&model, .model)
    try values.set(&train, .train)
    try values.set(&seeds, .seeds)
    try values.setList(&command, .command, words: true)
    try values.setList(&learn, .learn, words: true)
    try values.setList(&version, .version, words: true)
    try values.set(&expect, .expect)
    if let path = try? values.decode(String.self, forKey: .predictions) {
      predictions = ["*": path]
    } else {
      try values.set(&predictions, .predictions)
    }
    try values.setList(&options, .options, words: true)
    try values.set(&confidence, .confidence)
  }
}

extension ReportPlan.Recipe: Decodable {
  private enum Keys: String, CodingKey, CaseIterable { case algorithm, iterations, dev, options }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.strict(Keys.self)
    try values.set(&algorithm, .algorithm)
    try values.set(&iterations, .iterations)
    try values.set(&dev, .dev)
    try values.setList(&options, .options, words: true)
  }
}
