internal import CLibXML2

/// Tags as libxml2 reports them, with their places and attributes.
extension XMLStream {
  func counted(_ count: Int) throws {
    parserCharacters += count
    // A long text is handed on piece by piece.
    if served - lexed > 1 << 18, !open.isEmpty { _ = try lex(to: position) }
  }

  func checkAgreement() throws {
    if parserCharacters != lexerCharacters {
      throw XMLError.disagreement(
        at: place(of: lexed), what: "\(parserCharacters) and \(lexerCharacters) bytes of text")
    }
    parserCharacters = 0
    lexerCharacters = 0
  }

  func started(
    _ local: UnsafePointer<UInt8>, _ prefix: UnsafePointer<UInt8>?, _ uri: UnsafePointer<UInt8>?,
    _ count: Int, _ values: UnsafeMutablePointer<UnsafePointer<UInt8>?>?
  ) throws {
    let position = position
    let start: Int
    if open.isEmpty {
      // The document element: what stands before it is not content.
      var back = position - 1
      while back > lexed, window[back] != UInt8(ascii: "<") { back -= 1 }
      start = back
      parserCharacters = 0
    } else {
      guard let found = try lex(to: position) else {
        throw XMLError.disagreement(at: place(of: position), what: "no tag where one was reported")
      }
      start = found
      try checkAgreement()
    }
    guard window[start] == UInt8(ascii: "<"), position < window.end else {
      throw XMLError.disagreement(at: place(of: start), what: "a tag without <")
    }
    let isEmpty = window[position] == UInt8(ascii: "/")
    let end = position + (isEmpty ? 2 : 1)
    var namespace: XMLNameID = -1
    if let uri {
      namespace = id(uri, &namespaces)
    } else if let prefix, !bindingIDs.isEmpty,
      let bound = bindingIDs[String(cString: UnsafePointer<CChar>(OpaquePointer(prefix)))]
    {
      namespace = bound
    }
    let name = id(local, &localNames)
    if open.count >= options.depthLimit {
      throw XMLError.limit(
        at: place(of: start), what: "elements are nested deeper than \(options.depthLimit)",
        limit: options.depthLimit)
    }
    open.append(OpenElement(name: name, namespace: namespace, start: start))
    lexed = end
    try collectAttributes(count, values, at: start)
    try attributes.withUnsafeBufferPointer { attributes in
      try handler.startElement(
        XMLStartTag(
          name: name, namespace: namespace, range: start..<end, isEmpty: isEmpty,
          isReplacement: false, attributes: attributes,
          bytes: window.slice(start..<min(end, window.end))), in: self)
    }
  }

  func ended() throws {
    guard let element = open.last else { return }
    var range = lexed..<lexed
    let position = position
    if position > lexed {
      guard let start = try lex(to: position) else {
        throw XMLError.disagreement(at: place(of: position), what: "no tag where one was reported")
      }
      range = start..<position
    }
    try checkAgreement()
    lexed = position
    open.removeLast()
    placed = min(placed, open.count)
    try handler.endElement(element.name, at: range, in: self)
  }

  @inline(__always)
  func id(_ name: UnsafePointer<UInt8>, _ table: inout AddressTable) -> XMLNameID {
    let known = table.value(name)
    if known >= 0 { return known }
    let number = names.id(Array(UnsafeBufferPointer(start: name, count: Int(xmlStrlen(name)))))
    table.insert(name, number)
    return number
  }

  func collectAttributes(
    _ count: Int, _ values: UnsafeMutablePointer<UnsafePointer<UInt8>?>?, at start: Int
  ) throws {
    attributes.removeAll(keepingCapacity: true)
    if !madeValues.isEmpty { freeMadeValues() }
    guard count > 0, let values, let input = context?.pointee.input?.pointee else { return }
    for index in 0..<count {
      let parts = values + 5 * index
      guard let local = parts[0], let first = parts[3], let last = parts[4] else { continue }
      let name =
        parts[1] != nil && isXMLNamespace(parts[2]) ? xmlID(local) : id(local, &localNames)
      var value = UnsafeBufferPointer(start: first, count: last - first)
      if value.count > options.attributeLimit {
        throw XMLError.limit(
          at: place(of: start), what: "an attribute has \(value.count) bytes",
          limit: options.attributeLimit)
      }
      // A value that the parser left where it stands has no reference in it.
      if first < input.base || first > input.end, value.contains(UInt8(ascii: "&")) {
        value = try replaced(value, at: start)
      }
      attributes.append(XMLAttribute(name: name, value: value))
    }
  }

  func isXMLNamespace(_ uri: UnsafePointer<UInt8>?) -> Bool {
    guard let uri else { return false }
    return id(uri, &namespaces) == xmlNamespace
  }

  func xmlID(_ local: UnsafePointer<UInt8>) -> XMLNameID {
    let known = xmlNames.value(local)
    if known >= 0 { return known }
    let bytes = UnsafeBufferPointer(start: local, count: Int(xmlStrlen(local)))
    let number = names.id(Array("xml:".utf8) + Array(bytes))
    xmlNames.insert(local, number)
    return number
  }

  func freeMadeValues() {
    for value in madeValues { value.deallocate() }
    madeValues.removeAll()
  }
}
