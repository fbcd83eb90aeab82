internal import SeqCore

/// The index of the first value with a tab or a line end in it, or `nil`.
///
/// Neighbours that share one range, as equal labels do, are looked at once.
func firstOffence(_ values: [ByteRange], in buffer: UnsafeBufferPointer<UInt8>) -> Int? {
  if areSafe(values, in: buffer) { return nil }
  var last = ByteRange(0, 0)
  for (position, range) in values.enumerated() where range != last {
    last = range
    for index in range.indices where buffer[index] < 0x10 {
      let byte = buffer[index]
      if byte == .tab || byte == .lineFeed || byte == .carriageReturn { return position }
    }
  }
  return nil
}

/// Whether the values lie close together, as labels do, and no byte between the first and the last
/// offends: one look at all instead of one at each.
private func areSafe(_ values: [ByteRange], in buffer: UnsafeBufferPointer<UInt8>) -> Bool {
  var start = UInt32.max
  var end: UInt32 = 0
  for range in values {
    start = min(start, range.start)
    end = max(end, range.end)
  }
  guard start < end, Int(end) <= buffer.count, Int(end - start) <= 16 * values.count + 256 else {
    return false
  }
  var least = UInt8.max
  for byte in buffer[rebased: Int(start)..<Int(end)] { least = min(least, byte) }
  return least >= 0x10
}

extension UnsafeBufferPointer where Element == UInt8 {
  /// The bytes of a range as a buffer that starts at 0.
  @inline(__always)
  subscript(rebased range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: self[range])
  }
}

extension [UInt8] {
  /// Appends a field's value, `_` if it is empty.
  mutating func append(contentsOfValue value: UnsafeBufferPointer<UInt8>) {
    if value.isEmpty {
      append(UInt8(ascii: "_"))
    } else {
      append(contentsOf: value)
    }
  }

  /// Appends `source[..<end]` with the bytes at `places` replaced by `values`, which are ranges of
  /// the same buffer; an empty value is written as the byte `emptyAs` if one is given.
  ///
  /// The length is computed first, so that the pieces are copied without a check for each: 10 ns a
  /// word where appending piece by piece took 60.
  ///
  /// - Parameter places: in order, not overlapping, below `end`.
  mutating func append(
    _ source: UnsafeBufferPointer<UInt8>, to end: Int, replacing places: [ByteRange],
    with values: [ByteRange], emptyAs filler: UInt8? = UInt8(ascii: "_")
  ) {
    precondition(places.count == values.count, "Every place has one value.")
    var length = end
    var last = 0
    for word in places.indices {
      let place = places[word]
      let value = values[word]
      precondition(
        Int(place.start) >= last && Int(value.end) <= source.count, "Places come in order.")
      last = Int(place.end)
      length += (value.isEmpty && filler != nil ? 1 : value.count) - place.count
    }
    precondition(last <= end && end <= source.count, "Places lie in the source.")
    guard let base = source.baseAddress else { return }
    append(addingCapacity: length) { span in
      span.withUnsafeMutableBufferPointer { buffer, initialized in
        var output = buffer.baseAddress! + initialized
        var done = 0
        for word in places.indices {
          let place = places[word]
          let value = values[word]
          let gap = Int(place.start) - done
          output.update(from: base + done, count: gap)
          output += gap
          if value.isEmpty, let filler {
            output.pointee = filler
            output += 1
          } else {
            output.update(from: base + Int(value.start), count: value.count)
            output += value.count
          }
          done = Int(place.end)
        }
        output.update(from: base + done, count: end - done)
        initialized += length
      }
    }
  }
}
