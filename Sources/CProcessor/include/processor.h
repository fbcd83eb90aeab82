#ifndef SEQKIT_PROCESSOR_H
#define SEQKIT_PROCESSOR_H

#include "column_sums.h"
#include "lanes.h"
#include "text_bytes.h"

/// The processors that this process may run on, at least 1.
int seqkit_available_processors(void);

/// Gives memory that was freed back to the system, where the C library can.
void seqkit_return_free_memory(void);

/// Asks for the cache line at an address, which need not be readable; a hint without effect on
/// results.
static inline void seqkit_prefetch(const void *address) { __builtin_prefetch(address); }

/// Whether the program is built for a processor that multiplies and adds in one instruction: 1 or 0,
/// known to the compiler.
static inline int seqkit_has_fused_multiply_add(void) {
#ifdef __FMA__
  return 1;
#else
  return 0;
#endif
}

/// Whether the program is built for a processor with thirty-two registers of sixteen floats: 1 or 0,
/// known to the compiler.
static inline int seqkit_has_wide_vectors(void) {
#ifdef __AVX512F__
  return 1;
#else
  return 0;
#endif
}

/// Whether the program is built for a processor that widens numbers of half precision in one
/// instruction: 1 or 0, known to the compiler.
static inline int seqkit_has_half_precision(void) {
#if defined(__F16C__) || defined(__aarch64__)
  return 1;
#else
  return 0;
#endif
}

#endif
