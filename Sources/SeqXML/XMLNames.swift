/// The number of a name in an ``XMLNames``.
public typealias XMLNameID = Int32

/// Names of elements and attributes as small numbers, so that rules are looked up and not compared.
///
/// Names in the XML namespace (`xml:id`) are numbered with their prefix; all others by their local
/// name alone, their namespace apart. One table serves one thread.
public final class XMLNames {
  private var numbers: [[UInt8]: XMLNameID] = [:]
  private var names: [[UInt8]] = []

  /// Numbers names from 0 in the order given.
  public init(_ names: [String] = []) {
    for name in names { _ = id(Array(name.utf8)) }
  }

  /// The number of names.
  public var count: Int { names.count }

  /// The number of a name, which is new if need be.
  public func id(_ name: [UInt8]) -> XMLNameID {
    if let number = numbers[name] { return number }
    let number = XMLNameID(names.count)
    names.append(name)
    numbers[name] = number
    return number
  }

  /// The number of a name, which is new if need be.
  public func id(_ name: String) -> XMLNameID { id(Array(name.utf8)) }

  /// The number of a name if it has one.
  public func known(_ name: String) -> XMLNameID? { numbers[Array(name.utf8)] }

  /// The name of a number.
  public func string(_ id: XMLNameID) -> String {
    String(decoding: names[Int(id)], as: UTF8.self)
  }

  /// The name of a number as UTF-8.
  public func utf8(_ id: XMLNameID) -> [UInt8] { names[Int(id)] }
}

/// Numbers by the addresses of interned strings: one probe where the parser has told the same
/// address before.
struct AddressTable {
  private var keys: [UInt] = Array(repeating: 0, count: 256)
  private var values: [XMLNameID] = Array(repeating: 0, count: 256)
  private var count = 0

  /// The number kept for an address, or -1.
  @inline(__always)
  func value(_ address: UnsafePointer<UInt8>) -> XMLNameID {
    let key = UInt(bitPattern: address)
    let mask = UInt(keys.count - 1)
    var slot = Self.hash(key) & mask
    return keys.withUnsafeBufferPointer { keys in
      while true {
        let found = keys[Int(slot)]
        if found == key { return values[Int(slot)] }
        if found == 0 { return -1 }
        slot = (slot &+ 1) & mask
      }
    }
  }

  @inline(__always)
  private static func hash(_ key: UInt) -> UInt { (key &* 0x9E37_79B9_7F4A_7C15) >> 40 }

  /// Keeps a number for an address that has none.
  mutating func insert(_ address: UnsafePointer<UInt8>, _ value: XMLNameID) {
    if count * 2 >= keys.count { grow() }
    place(UInt(bitPattern: address), value)
    count += 1
  }

  private mutating func place(_ key: UInt, _ value: XMLNameID) {
    let mask = UInt(keys.count - 1)
    var slot = Self.hash(key) & mask
    while keys[Int(slot)] != 0 { slot = (slot &+ 1) & mask }
    keys[Int(slot)] = key
    values[Int(slot)] = value
  }

  private mutating func grow() {
    let old = zip(keys, values).filter { $0.0 != 0 }
    keys = Array(repeating: 0, count: keys.count * 2)
    values = Array(repeating: 0, count: keys.count)
    for (key, value) in old { place(key, value) }
  }
}
