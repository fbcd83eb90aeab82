#define _GNU_SOURCE
#include "processor.h"

#include <sched.h>
#include <stddef.h>

// The flags that compile this file compile all of the program, so its macros tell what the program
// needs (Docs/Decisions/0003-processor.md).
const char *seqkit_missing_instructions(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
#if defined(__AVX2__)
  if (!__builtin_cpu_supports("avx2")) return "AVX2";
#endif
#if defined(__FMA__)
  if (!__builtin_cpu_supports("fma")) return "FMA";
#endif
#if defined(__BMI__)
  if (!__builtin_cpu_supports("bmi")) return "BMI";
#endif
#if defined(__BMI2__)
  if (!__builtin_cpu_supports("bmi2")) return "BMI2";
#endif
#if defined(__POPCNT__)
  if (!__builtin_cpu_supports("popcnt")) return "POPCNT";
#endif
#endif
  return NULL;
}

int seqkit_available_processors(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  int count = CPU_COUNT(&set);
  return count > 0 ? count : 1;
}
