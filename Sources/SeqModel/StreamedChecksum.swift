internal import CXXHash

/// XXH3 (64 bit) of bytes that come in pieces, as `xxhsum -H3` prints it.
package struct StreamedChecksum: ~Copyable {
  private let state: OpaquePointer

  /// Begins a checksum.
  package init() {
    guard let state = XXH3_createState() else {
      preconditionFailure("Memory lacks for a checksum.")
    }
    XXH3_64bits_reset(state)
    self.state = state
  }

  deinit { XXH3_freeState(state) }

  /// Takes the next bytes.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    XXH3_64bits_update(state, bytes.baseAddress, bytes.count)
  }

  /// The checksum of all bytes so far.
  package var value: UInt64 { XXH3_64bits_digest(state) }
}
