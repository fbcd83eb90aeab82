#define _GNU_SOURCE
#include "processor.h"

#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

// The first instruction set that the program was compiled for and this processor lacks. The flags
// that compile this file compile all of the program, so its macros tell what the program needs
// (Docs/Decisions/0003-processor.md).
static const char *missing_instructions(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
#if defined(__AVX2__)
  if (!__builtin_cpu_supports("avx2")) return "AVX2";
#endif
#if defined(__FMA__)
  if (!__builtin_cpu_supports("fma")) return "FMA";
#endif
#if defined(__F16C__)
  if (!__builtin_cpu_supports("f16c")) return "F16C";
#endif
#if defined(__AVX512F__)
  if (!__builtin_cpu_supports("avx512f")) return "AVX-512 F";
#endif
#if defined(__AVX512BW__)
  if (!__builtin_cpu_supports("avx512bw")) return "AVX-512 BW";
#endif
#if defined(__AVX512CD__)
  if (!__builtin_cpu_supports("avx512cd")) return "AVX-512 CD";
#endif
#if defined(__AVX512DQ__)
  if (!__builtin_cpu_supports("avx512dq")) return "AVX-512 DQ";
#endif
#if defined(__AVX512VL__)
  if (!__builtin_cpu_supports("avx512vl")) return "AVX-512 VL";
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

static void say(const char *text) {
  if (write(2, text, strlen(text)) < 0) return;
}

// Runs before `main`: main.swift itself is compiled to those instructions, so no Swift code could
// ask in time. This target belongs to the command; the library does not end its users' processes.
__attribute__((constructor(101))) static void refuse_processor(void) {
  const char *missing = missing_instructions();
  if (missing == NULL) return;
  say("seqkit: this program was built for processors with ");
  say(missing);
  say(", which this machine's lacks. Build it here, or with SEQTAG_CPU=baseline Scripts/build.\n");
  _exit(1);
}

int seqkit_available_processors(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  int count = CPU_COUNT(&set);
  return count > 0 ? count : 1;
}

#if defined(__GLIBC__)
#include <malloc.h>
void seqkit_return_free_memory(void) { malloc_trim(0); }
#else
void seqkit_return_free_memory(void) {}
#endif
