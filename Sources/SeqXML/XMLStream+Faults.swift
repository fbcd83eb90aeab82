internal import CLibXML2

/// Faults that libxml2 reports, as errors of ours.
extension XMLStream {
  /// Turns a fault that libxml2 reports into an error of ours.
  func reported(_ error: UnsafePointer<xmlError>) throws {
    let code = Int(error.pointee.code)
    let isNamespaceFault = error.pointee.domain == Int32(XML_FROM_NAMESPACE.rawValue)
    if code == Int(XML_NS_ERR_UNDEFINED_NAMESPACE.rawValue) {
      let prefix = error.pointee.str1.map { String(cString: $0) } ?? ""
      if bindingIDs[prefix] != nil { return }
      if options.lenientNamespaces || replacementPlace != nil {
        unboundPrefixes[prefix, default: 0] += 1
        return
      }
      throw XMLError.unboundPrefix(at: place(of: tagBefore(position)), prefix: prefix)
    }
    guard
      error.pointee.level == XML_ERR_FATAL
        || isNamespaceFault && error.pointee.level == XML_ERR_ERROR
    else { return }
    if let fault = decoder.fault { throw notInEncoding(fault) }
    let at = min(position, window.end)
    switch code {
    case Int(XML_ERR_TAG_NAME_MISMATCH.rawValue):
      let start = tagBefore(at)
      guard let element = open.last, start + 2 < window.end else { break }
      var end = start + 2
      while end < window.end, !"> \t\r\n".utf8.contains(window[end]) { end += 1 }
      let name = String(decoding: window.slice((start + 2)..<end), as: UTF8.self)
      throw XMLError.mismatchedEnd(
        at: place(of: start), name: name, open: names.string(element.name),
        openedAt: place(of: element))
    case Int(XML_ERR_INVALID_ENCODING.rawValue), Int(XML_ERR_INVALID_CHAR.rawValue): break
    default:
      if at >= window.end, let element = open.last, decoder.fault == nil {
        throw XMLError.truncated(
          at: place(of: at), open: names.string(element.name), openedAt: place(of: element))
      }
    }
    if let fault = firstInvalid(from: max(lexed, at - 64)) ?? firstInvalid(from: lexed) {
      if let byte = fault.byte {
        throw XMLError.notInEncoding(
          at: place(of: fault.offset), byte: byte, offset: originalOffset(fault.offset),
          encoding: encoding)
      }
      throw XMLError.forbiddenCharacter(at: place(of: fault.offset), scalar: fault.scalar)
    }
    if code == Int(XML_ERR_DOCUMENT_EMPTY.rawValue),
      !(0..<window.end).contains(where: {
        $0 >= window.start && window[$0] > 0x20
      })
    {
      throw XMLError.empty(source: source)
    }
    var problem = error.pointee.message.map { String(cString: $0) } ?? "unknown fault"
    while problem.last?.isWhitespace == true { problem.removeLast() }
    let isTagFault = [38, 39, 40, 41, 42, 65, 68, 73, 74, 203].contains(code)
    throw XMLError.notWellFormed(
      at: place(of: isTagFault ? tagBefore(at) : at), problem: problem)
  }

  /// The offset of the `<` at or before an offset.
  func tagBefore(_ offset: Int) -> Int {
    var back = min(offset, window.end - 1)
    while back > window.start, window[back] != UInt8(ascii: "<") { back -= 1 }
    return max(back, window.start)
  }

  func notInEncoding(_ fault: (decoded: Int, original: Int, byte: UInt8)) -> XMLError {
    .notInEncoding(
      at: place(of: min(fault.decoded, window.end)), byte: fault.byte, offset: fault.original,
      encoding: decoder.encoding)
  }

  /// The first byte from an offset on that is not UTF-8, or the first control character.
  func firstInvalid(from offset: Int) -> (offset: Int, byte: UInt8?, scalar: UInt32)? {
    var index = max(offset, window.start)
    while index < window.end, index < offset + 1 << 16 {
      let byte = window[index]
      if byte < 0x20, byte != 0x09, byte != 0x0A, byte != 0x0D { return (index, nil, UInt32(byte)) }
      let length =
        byte < 0x80
        ? 1
        : byte >= 0xC2 && byte < 0xE0
          ? 2
          : byte >= 0xE0 && byte < 0xF0 ? 3 : byte >= 0xF0 && byte < 0xF5 ? 4 : 0
      if length == 0 { return (index, byte, 0) }
      for next in 1..<max(length, 2) where length > 1 {
        if index + next >= window.end { return nil }
        if window[index + next] & 0xC0 != 0x80 { return (index, byte, 0) }
      }
      index += length
    }
    return nil
  }
}
