/// Annotations that are written apart from the text of a document, by what they say.
struct StandOffGroups {
  private var groups: [(type: String, spans: [UInt8])] = []

  /// Whether there is nothing to write.
  var isEmpty: Bool { groups.isEmpty }

  /// Adds a span to the group of its type.
  ///
  /// - Parameters:
  ///   - attributes: what it points at, and more, each with a space before it.
  ///   - text: what it says, escaped.
  mutating func add(_ type: String, prefix: [UInt8], attributes: [UInt8], text: [UInt8]) {
    var index = groups.firstIndex { $0.type == type }
    if index == nil {
      groups.append((type, []))
      index = groups.count - 1
    }
    let name = prefix + Array("span".utf8)
    groups[index!].spans += [UInt8(ascii: "<")] + name + attributes
    if text.isEmpty {
      groups[index!].spans += Array("/>\n".utf8)
    } else {
      groups[index!].spans += [UInt8(ascii: ">")]
      groups[index!].spans += text
      groups[index!].spans += Array("</".utf8) + name + Array(">\n".utf8)
    }
  }

  /// The element `standOff` with all groups, which are empty afterwards.
  ///
  /// - Parameter mark: says that it is ours; the last of its attributes.
  mutating func markup(prefix: [UInt8], mark: [UInt8]) -> [UInt8] {
    func tag(_ name: String, _ attributes: [UInt8]) -> [UInt8] {
      [UInt8(ascii: "<")] + prefix + Array(name.utf8) + attributes + Array(">\n".utf8)
    }
    func end(_ name: String) -> [UInt8] {
      Array("</".utf8) + prefix + Array("\(name)>".utf8)
    }
    var markup = tag("standOff", mark)
    for group in groups {
      markup += tag("spanGrp", Array(" type=\"\(group.type)\"".utf8))
      markup += group.spans
      markup += end("spanGrp") + Array("\n".utf8)
    }
    groups.removeAll()
    return markup + end("standOff")
  }
}
