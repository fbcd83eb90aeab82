/// Receives what stands in an XML document, in order.
///
/// Pointers are good for the duration of a call. Offsets count bytes of the document as UTF-8,
/// without a byte-order mark; ``XMLStream/originalOffset(_:)`` leads to the file's own bytes.
public protocol XMLHandler: AnyObject {
  /// A start tag, or the tag of an empty element, which an end follows all the same.
  func startElement(_ tag: borrowing XMLStartTag, in stream: XMLStream) throws
  /// The end of the element that is open. The range of its tag is empty for an empty element.
  func endElement(_ name: XMLNameID, at range: Range<Int>, in stream: XMLStream) throws
  /// Characters that stand in the document as they are.
  func text(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int, in stream: XMLStream) throws
  /// Characters that something else stands for: a reference, a carriage return.
  func substitute(_ bytes: UnsafeBufferPointer<UInt8>, for range: Range<Int>, in stream: XMLStream)
    throws
  /// A processing instruction.
  func processingInstruction(at range: Range<Int>, in stream: XMLStream) throws
}

extension XMLHandler {
  /// Passes over the processing instruction.
  public func processingInstruction(at range: Range<Int>, in stream: XMLStream) throws {}
}

/// A start tag with its attributes.
public struct XMLStartTag: ~Copyable {
  /// The local name.
  public let name: XMLNameID
  /// The namespace's name as a number of the same table; -1 for none.
  public let namespace: XMLNameID
  /// The bytes of the tag, from `<` to behind `>`; those of the reference, if it comes from the
  /// replacement text of an entity.
  public let range: Range<Int>
  /// Whether the tag ends in `/>`.
  public let isEmpty: Bool
  /// Whether the tag comes from the replacement text of an entity.
  public let isReplacement: Bool
  /// The attributes, in order, without declarations of namespaces.
  public let attributes: UnsafeBufferPointer<XMLAttribute>
  /// The bytes of the tag; none if it comes from replacement text.
  public let bytes: UnsafeBufferPointer<UInt8>

  /// The value of an attribute, if it is there.
  @inline(__always)
  public func value(_ name: XMLNameID) -> UnsafeBufferPointer<UInt8>? {
    for attribute in attributes where attribute.name == name { return attribute.value }
    return nil
  }

  /// The value of an attribute as a string, if it is there.
  public func string(_ name: XMLNameID) -> String? {
    value(name).map { String(decoding: $0, as: UTF8.self) }
  }
}

/// An attribute: its name, and its value with all references replaced.
public struct XMLAttribute {
  /// The local name; for attributes in the XML namespace, with its prefix.
  public var name: XMLNameID
  /// The value.
  public var value: UnsafeBufferPointer<UInt8>
}
