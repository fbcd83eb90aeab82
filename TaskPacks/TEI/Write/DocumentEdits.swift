internal import SeqXML

/// Takes changes of a document, their places those of the document as UTF-8, and hands them to the splicer
/// in the file's own bytes.
final class DocumentEdits {
  let splicer: Splicer
  /// The file's first bytes.
  private let head: [UInt8]
  @exclusivity(unchecked) private var encoder: InsertionEncoder?
  /// Who reads the document: it is there as long as changes come.
  @exclusivity(unchecked) unowned(unsafe) var importer: TEIImporter?

  init(_ splicer: Splicer, head: [UInt8]) {
    self.splicer = splicer
    self.head = head
  }

  /// Notes a change.
  ///
  /// - Parameters:
  ///   - offset: where, in the document as UTF-8.
  ///   - markup: what is put in, as UTF-8.
  ///   - order: what comes first at one offset, the lower before the higher.
  ///   - removed: the number of bytes of the document that go.
  func add(_ offset: Int, _ markup: [UInt8], order: Int = 0, removed: Int = 0) {
    guard let importer else { return }
    let start = importer.original(offset)
    let count = removed == 0 ? 0 : importer.original(offset + removed) - start
    // UTF-8, the usual case.
    if importer.originalShift >= 0 {
      return splicer.add(at: start, removed: count, markup, order: order)
    }
    if encoder == nil, let stream = importer.stream {
      encoder = InsertionEncoder(encoding: stream.encoding, head: head)
    }
    splicer.add(at: start, removed: count, encoder?.encode(markup) ?? markup, order: order)
  }
}
