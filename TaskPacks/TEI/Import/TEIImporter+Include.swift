internal import Glibc
internal import SeqFormats
internal import SeqXML

/// `xi:include`, followed only below one folder. libxml2's own is not used: it opens what it is told.
extension TEIImporter {
  func include(_ tag: borrowing XMLStartTag, in stream: XMLStream) throws {
    let place = "\(stream.place(of: tag.range.lowerBound))"
    guard let href = tag.string(vocabulary.href), let root = settings.includeRoot else {
      report.skippedInclusions += 1
      if report.warnings.count < ImportReport.warningLimit {
        report.warnings.append(
          "\(place): warning: xi:include of \"\(tag.string(vocabulary.href) ?? "")\" not followed; "
            + "--xinclude local reads files below the input's folder")
      }
      return
    }
    let folder = currentSource.lastIndex(of: "/").map { String(currentSource[...$0]) } ?? ""
    guard !href.contains(":"), !href.hasPrefix("/"), let path = resolved(folder + href),
      let rootPath = resolved(root), path.hasPrefix(rootPath == "/" ? "/" : rootPath + "/")
    else {
      throw TEIError.includeOutside(at: place, target: href, root: root)
    }
    if includePath.contains(path) { throw TEIError.includeLoop(at: place, target: href) }
    let source: ByteSource
    do {
      source = try ByteSource(path: path)
    } catch let error as FormatError {
      throw TEIError.includeUnreadable(at: place, target: href, reason: error.description)
    }
    if tag.string(vocabulary.parse) == "text" {
      let bytes = try source.readAll()
      report.bytesIn += bytes.count { $0 > 0x20 }
      let range = tag.range
      let segment = try segmentForText(at: range.lowerBound, in: stream)
      bytes.withUnsafeBufferPointer {
        segment.substitute($0, for: range, preservesSpace: false)
      }
      return
    }
    let outer = currentSource
    currentSource = folder + href
    includeDepth += 1
    includePath.append(path)
    defer {
      currentSource = outer
      includeDepth -= 1
      includePath.removeLast()
    }
    let nested = try XMLStream(
      source: folder + href, names: names, options: settings.xml, handler: self
    ) { try source.read(into: $0) }
    try nested.parse()
  }

  private func resolved(_ path: String) -> String? {
    guard let pointer = realpath(path.isEmpty ? "." : path, nil) else { return nil }
    defer { free(pointer) }
    return String(cString: pointer)
  }
}
