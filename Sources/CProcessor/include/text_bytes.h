#ifndef SEQKIT_TEXT_BYTES_H
#define SEQKIT_TEXT_BYTES_H

#include <stdint.h>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

/// Which of 64 neighbouring bytes are below 16 (tabs, line ends and what is rare), as bits; the first
/// byte is the lowest bit.
///
/// In C because Swift has no name for the instruction that gathers the lanes' signs.
static inline uint64_t seqkit_control_bytes(const uint8_t *bytes) {
#if defined(__AVX2__)
  const __m256i most = _mm256_set1_epi8(15);
  uint64_t mask = 0;
  for (int half = 0; half < 2; half++) {
    __m256i block = _mm256_loadu_si256((const __m256i *)(bytes + 32 * half));
    __m256i small = _mm256_cmpeq_epi8(_mm256_min_epu8(block, most), block);
    mask |= (uint64_t)(uint32_t)_mm256_movemask_epi8(small) << (32 * half);
  }
  return mask;
#elif defined(__SSE2__)
  const __m128i most = _mm_set1_epi8(15);
  uint64_t mask = 0;
  for (int part = 0; part < 4; part++) {
    __m128i block = _mm_loadu_si128((const __m128i *)(bytes + 16 * part));
    __m128i small = _mm_cmpeq_epi8(_mm_min_epu8(block, most), block);
    mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(small) << (16 * part);
  }
  return mask;
#else
  uint64_t mask = 0;
  for (int place = 0; place < 64; place++) mask |= (uint64_t)(bytes[place] < 16) << place;
  return mask;
#endif
}

/// How many of 64 neighbouring bytes are line feeds.
static inline int seqkit_line_feeds(const uint8_t *bytes) {
#if defined(__AVX2__)
  const __m256i feed = _mm256_set1_epi8('\n');
  __m256i first = _mm256_loadu_si256((const __m256i *)bytes);
  __m256i second = _mm256_loadu_si256((const __m256i *)(bytes + 32));
  return __builtin_popcount((uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(first, feed)))
    + __builtin_popcount((uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(second, feed)));
#else
  int count = 0;
  for (int place = 0; place < 64; place++) count += bytes[place] == '\n';
  return count;
#endif
}

#endif
