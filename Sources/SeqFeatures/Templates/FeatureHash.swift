/// The 64-bit numbers that stand for values and features. Models store them, so the function may
/// never change (Docs/Formats/model.md describes it); collisions are as rare as 2⁻⁶⁴ × pairs.
public enum FeatureHash {
  /// Multiplies to 128 bits and folds the halves together.
  @inlinable @inline(__always)
  package static func fold(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    return product.high ^ product.low
  }

  /// The hash of bytes under a seed: eight at a time, little-endian, the last group padded with
  /// zeros; never 0, which stands for "no value".
  @inlinable
  package static func hash(
    _ bytes: UnsafePointer<UInt8>, count: Int, seed: UInt64 = 0
  ) -> UInt64 {
    var h = seed ^ 0x9E37_79B9_7F4A_7C15 &+ UInt64(truncatingIfNeeded: count)
    var rest = count
    var at = UnsafeRawPointer(bytes)
    while rest >= 8 {
      let word = UInt64(littleEndian: at.loadUnaligned(as: UInt64.self))
      h = fold(h ^ word, 0xD6E8_FEB8_6659_FD93)
      at += 8
      rest -= 8
    }
    var tail: UInt64 = 0
    var shift: UInt64 = 0
    while rest > 0 {
      tail |= UInt64(at.load(as: UInt8.self)) &<< shift
      shift &+= 8
      at += 1
      rest -= 1
    }
    h = fold(h ^ tail, 0xA076_1D64_78BD_642F)
    return h == 0 ? 1 : h
  }

  /// The same hash where `readable` bytes from the first on may be read, at least `count`: with
  /// eight of them behind the last group, its bytes are taken at once.
  @inlinable @inline(__always)
  package static func hash(
    _ bytes: UnsafePointer<UInt8>, count: Int, readable: Int
  ) -> UInt64 {
    guard readable >= (count & ~7) &+ 8 else { return hash(bytes, count: count) }
    var h = 0x9E37_79B9_7F4A_7C15 &+ UInt64(truncatingIfNeeded: count)
    var rest = count
    var at = UnsafeRawPointer(bytes)
    while rest >= 8 {
      h = fold(h ^ UInt64(littleEndian: at.loadUnaligned(as: UInt64.self)), 0xD6E8_FEB8_6659_FD93)
      at += 8
      rest -= 8
    }
    let group = UInt64(littleEndian: at.loadUnaligned(as: UInt64.self))
    let tail = group & ((1 &<< UInt64(truncatingIfNeeded: rest &* 8)) &- 1)
    h = fold(h ^ tail, 0xA076_1D64_78BD_642F)
    return h == 0 ? 1 : h
  }

  /// The hash of ASCII bytes in lower case, as ``hash(_:count:seed:)`` gives it for them; `nil` if
  /// there is another byte.
  ///
  /// Eight bytes at a time without a copy: in bytes below 0x80, adding 0x3F sets the high bit from
  /// `A` on and adding 0x25 from behind `Z` on, and no sum reaches the next byte.
  ///
  /// - Parameter readable: how many bytes from the first on may be read, at least `count`.
  @inline(__always)
  package static func hashOfLowercase(
    _ bytes: UnsafePointer<UInt8>, count: Int, readable: Int
  ) -> UInt64? {
    let high: UInt64 = 0x8080_8080_8080_8080
    @inline(__always) func lower(_ group: UInt64) -> UInt64 {
      let fromA = group &+ 0x3F3F_3F3F_3F3F_3F3F
      let behindZ = group &+ 0x2525_2525_2525_2525
      return group | (fromA & ~behindZ & high) &>> 2
    }
    var h = 0x9E37_79B9_7F4A_7C15 &+ UInt64(truncatingIfNeeded: count)
    var rest = count
    var at = UnsafeRawPointer(bytes)
    var seen: UInt64 = 0
    while rest >= 8 {
      let group = UInt64(littleEndian: at.loadUnaligned(as: UInt64.self))
      seen |= group
      h = fold(h ^ lower(group), 0xD6E8_FEB8_6659_FD93)
      at += 8
      rest -= 8
    }
    var tail: UInt64 = 0
    if readable >= (count & ~7) &+ 8 {
      let group = UInt64(littleEndian: at.loadUnaligned(as: UInt64.self))
      tail = group & ((1 &<< UInt64(truncatingIfNeeded: rest &* 8)) &- 1)
    } else {
      for index in 0..<rest {
        tail |=
          UInt64(at.load(fromByteOffset: index, as: UInt8.self))
          &<< UInt64(truncatingIfNeeded: index &* 8)
      }
    }
    seen |= tail
    guard seen & high == 0 else { return nil }
    h = fold(h ^ lower(tail), 0xA076_1D64_78BD_642F)
    return h == 0 ? 1 : h
  }

  /// The hash of a sequence of bytes.
  package static func hash(_ bytes: some Sequence<UInt8>, seed: UInt64 = 0) -> UInt64 {
    let array = Array(bytes) + [0]
    return array.withUnsafeBufferPointer {
      hash($0.baseAddress!, count: array.count - 1, seed: seed)
    }
  }

  /// The hash of `value` joined to `hash`, in this order; never 0.
  @inlinable @inline(__always)
  package static func join(_ hash: UInt64, _ value: UInt64) -> UInt64 {
    let h = fold(hash ^ value, 0xE703_7ED1_A0B4_28DB)
    return h == 0 ? 1 : h
  }
}
