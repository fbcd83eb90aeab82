internal import SeqCore

extension Corpus {
  /// What a corpus consists of.
  public struct Statistics: Hashable, Sendable {
    /// Records, those without positions too.
    public var records = 0
    /// Documents; 0 if the source does not mark them.
    public var documents = 0
    /// Positions of all records.
    public var positions = 0
    /// Different values of the layer `form`.
    public var types = 0
    /// Records whose forms are those of an earlier record.
    public var duplicates = 0
    /// How many records have each number of positions.
    public var lengths: [Int: Int] = [:]
    /// The values of each layer and how often they stand there, most frequent first; only layers
    /// with at most ``Corpus/labelLimit`` different values.
    public var labels: [Layer] = []

    /// The labels of one layer.
    public struct Layer: Hashable, Sendable {
      /// The layer's name.
      public var name: String
      /// Its values, most frequent first, equal counts in the order of bytes.
      public var counts: [Count]
    }

    /// A label and how often it stands there.
    public struct Count: Hashable, Sendable {
      /// The label.
      public var label: String
      /// How often.
      public var count: Int
    }

    /// The length that the fraction `part` of the records with positions do not exceed; 0 if there
    /// is none.
    public func length(at part: Double) -> Int {
      let all = lengths.filter { $0.key > 0 }.sorted { $0.key < $1.key }
      let total = all.reduce(0) { $0 + $1.value }
      var seen = 0
      for (length, count) in all {
        seen += count
        if Double(seen) >= part * Double(total) { return length }
      }
      return 0
    }
  }

  /// Layers with more different values than this are not counted as labels.
  public static let labelLimit = 1000

  /// Counts what a source consists of. Memory grows with the number of different words and records,
  /// by 16 bytes or so each: they are told apart by hashes of 64 bits.
  ///
  /// - Throws: what reading throws.
  public static func statistics(
    of source: ByteSource, as format: any RecordFormat
  ) throws -> Statistics {
    var result = Statistics()
    var types: Set<UInt64> = []
    var records: Set<UInt64> = []
    var tables: [(name: String, table: LabelTable)] = []
    var reader = RecordReader(source, as: format)
    try reader.forEach { record in
      result.records += 1
      result.positions += record.count
      result.lengths[record.count, default: 0] += 1
      if record.startsDocument { result.documents += 1 }
      if let forms = record.ranges("form"), record.count > 0 {
        var whole = ByteHash()
        record.buffer.withUnsafeBufferPointer { buffer in
          for form in forms {
            var hash = ByteHash()
            hash.combine(buffer[rebased: form.indices])
            types.insert(hash.value)
            whole.combine(hash.value)
          }
        }
        if !records.insert(whole.value).inserted { result.duplicates += 1 }
      }
      for layer in record.layers where !["id", "form", "attributes"].contains(layer.name) {
        guard case .text(let ranges) = layer.values else { continue }
        var index = tables.firstIndex { $0.name == layer.name }
        if index == nil {
          index = tables.count
          tables.append((layer.name, LabelTable()))
        }
        record.buffer.withUnsafeBufferPointer { buffer in
          for range in ranges { tables[index!].table.count(buffer[rebased: range.indices]) }
        }
      }
    }
    result.types = types.count
    for (name, table) in tables where !table.isFull {
      let counts = table.entries.sorted {
        $0.count != $1.count ? $0.count > $1.count : $0.bytes.lexicographicallyPrecedes($1.bytes)
      }.map { Statistics.Count(label: String(decoding: $0.bytes, as: UTF8.self), count: $0.count) }
      if !counts.isEmpty { result.labels.append(Statistics.Layer(name: name, counts: counts)) }
    }
    return result
  }

  /// Counts of values, up to a limit of different ones.
  private struct LabelTable {
    var indices: [UInt64: Int] = [:]
    var entries: [(bytes: [UInt8], count: Int)] = []
    var isFull = false

    mutating func count(_ value: UnsafeBufferPointer<UInt8>) {
      if isFull { return }
      var hash = ByteHash()
      hash.combine(value)
      if let index = indices[hash.value] {
        entries[index].count += 1
      } else if entries.count == labelLimit {
        isFull = true
        entries = []
      } else {
        indices[hash.value] = entries.count
        entries.append((Array(value), 1))
      }
    }
  }

  /// FNV-1a in 64 bits (draft-eastlake-fnv), with a last mix, since its lower bits are weak.
  struct ByteHash {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func combine(_ bytes: UnsafeBufferPointer<UInt8>) {
      for byte in bytes { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    }

    mutating func combine(_ number: UInt64) {
      state = (state ^ number) &* 0x9E37_79B9_7F4A_7C15
      state ^= state >> 29
    }

    var value: UInt64 {
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      return mixed ^ (mixed >> 31)
    }
  }
}
