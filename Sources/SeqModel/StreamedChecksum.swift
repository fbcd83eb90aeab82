internal import CXXHash

/// XXH3 (64 bit) of bytes that come in pieces, as `xxhsum -H3` prints it.
package struct StreamedChecksum: ~Copyable {
  private let state: OpaquePointer

  /// Begins a checksum.
  package init() {
    guard let state = seqkit_checksum_begin() else {
      preconditionFailure("Memory lacks for a checksum.")
    }
    self.state = state
  }

  deinit { seqkit_checksum_end(state) }

  /// Takes the next bytes.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    seqkit_checksum_add(state, bytes.baseAddress, bytes.count)
  }

  /// The checksum of all bytes so far.
  package var value: UInt64 { seqkit_checksum_value(state) }
}
