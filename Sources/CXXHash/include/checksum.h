#ifndef SEQKIT_CHECKSUM_H
#define SEQKIT_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/// The XXH3 hash (64 bit) of bytes, from the xxHash library's header.
///
/// Compiled here and not linked, so that it uses the vectors of the processor that all else is
/// compiled for: the library as installed works for any. Models are checked with it on each load.
uint64_t seqkit_checksum(const void *bytes, size_t count);

/// The hash of bytes that come in pieces.
typedef struct seqkit_checksum_state seqkit_checksum_state;

/// Begins a hash; null if memory lacks. To be freed with seqkit_checksum_end.
seqkit_checksum_state *seqkit_checksum_begin(void);
void seqkit_checksum_add(seqkit_checksum_state *state, const void *bytes, size_t count);
uint64_t seqkit_checksum_value(const seqkit_checksum_state *state);
void seqkit_checksum_end(seqkit_checksum_state *state);

#endif
