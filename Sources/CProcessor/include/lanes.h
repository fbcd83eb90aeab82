#ifndef SEQKIT_LANES_H
#define SEQKIT_LANES_H

#if defined(__AVX2__)
#include <immintrin.h>
#endif

/// The first place where the sum of two rows is greatest, or 0 if all sums are -infinity.
///
/// In C because Swift has no name for the instruction that gathers the lanes' signs.
///
/// @param count a multiple of 8.
static inline long seqkit_greatest_sum(const float *a, const float *b, long count) {
#if defined(__AVX2__)
  __m256 greatest = _mm256_set1_ps(-__builtin_inff());
  for (long at = 0; at < count; at += 8)
    greatest = _mm256_max_ps(greatest, _mm256_add_ps(_mm256_loadu_ps(a + at), _mm256_loadu_ps(b + at)));
  __m256 half = _mm256_max_ps(greatest, _mm256_permute2f128_ps(greatest, greatest, 1));
  half = _mm256_max_ps(half, _mm256_permute_ps(half, 0x4E));
  half = _mm256_max_ps(half, _mm256_permute_ps(half, 0xB1));
  if (_mm256_cvtss_f32(half) == -__builtin_inff()) return 0;
  for (long at = 0; at < count; at += 8) {
    __m256 sum = _mm256_add_ps(_mm256_loadu_ps(a + at), _mm256_loadu_ps(b + at));
    int equal = _mm256_movemask_ps(_mm256_cmp_ps(sum, half, _CMP_EQ_OQ));
    if (equal) return at + __builtin_ctz((unsigned)equal);
  }
  return 0;
#else
  float greatest = -__builtin_inff();
  long place = 0;
  for (long at = 0; at < count; at++) {
    float sum = a[at] + b[at];
    if (sum > greatest) {
      greatest = sum;
      place = at;
    }
  }
  return place;
#endif
}

#endif
