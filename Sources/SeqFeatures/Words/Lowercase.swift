/// Lower case of UTF-8 bytes, by Unicode's full mapping.
package func lowercase(_ bytes: inout [UInt8]) {
  var isASCII = true
  for i in bytes.indices {
    let byte = bytes[i]
    if byte >= 0x41 && byte <= 0x5A { bytes[i] = byte | 0x20 }
    if byte >= 0x80 { isASCII = false }
  }
  if isASCII { return }
  bytes = Array(String(decoding: bytes, as: UTF8.self).lowercased().utf8)
}
