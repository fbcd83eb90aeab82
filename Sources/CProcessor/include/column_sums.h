#ifndef SEQKIT_COLUMN_SUMS_H
#define SEQKIT_COLUMN_SUMS_H

#include <stdint.h>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

/// Which of 32 neighbouring places have a small sum of table entries, as bits; the first place is
/// the lowest bit.
///
/// Place t has the sum over columns j of `tables[16 * j + codes[t + j]]`, saturating at 255. In C
/// because a look-up of 32 codes at once is one instruction (a byte shuffle) that Swift has no name
/// for.
///
/// @param codes 32 + width - 1 codes below 16.
/// @param tables width times 16 entries.
/// @param limit the largest sum to report.
static inline uint32_t seqkit_places_within(const uint8_t *codes, const uint8_t *tables,
                                            long width, uint8_t limit) {
#if defined(__AVX2__)
  __m256i sum = _mm256_setzero_si256();
  for (long j = 0; j < width; j++) {
    __m256i table = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(tables + 16 * j)));
    __m256i code = _mm256_loadu_si256((const __m256i *)(codes + j));
    sum = _mm256_adds_epu8(sum, _mm256_shuffle_epi8(table, code));
  }
  __m256i within = _mm256_cmpeq_epi8(_mm256_min_epu8(sum, _mm256_set1_epi8((char)limit)), sum);
  return (uint32_t)_mm256_movemask_epi8(within);
#else
  uint32_t places = 0;
  for (int t = 0; t < 32; t++) {
    unsigned sum = 0;
    for (long j = 0; j < width && sum <= limit; j++) sum += tables[16 * j + codes[t + j]];
    places |= (uint32_t)(sum <= limit) << t;
  }
  return places;
#endif
}

#endif
