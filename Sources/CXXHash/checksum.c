#include "checksum.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t seqkit_checksum(const void *bytes, size_t count) { return XXH3_64bits(bytes, count); }

struct seqkit_checksum_state {
  XXH3_state_t hash;
};

seqkit_checksum_state *seqkit_checksum_begin(void) {
  seqkit_checksum_state *state = (seqkit_checksum_state *)XXH3_createState();
  if (state) XXH3_64bits_reset(&state->hash);
  return state;
}

void seqkit_checksum_add(seqkit_checksum_state *state, const void *bytes, size_t count) {
  XXH3_64bits_update(&state->hash, bytes, count);
}

uint64_t seqkit_checksum_value(const seqkit_checksum_state *state) {
  return XXH3_64bits_digest(&state->hash);
}

void seqkit_checksum_end(seqkit_checksum_state *state) { XXH3_freeState(&state->hash); }
