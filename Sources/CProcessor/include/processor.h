#ifndef SEQKIT_PROCESSOR_H
#define SEQKIT_PROCESSOR_H

/// The first instruction set that this code was compiled for and that the processor lacks, such as
/// "AVX2"; NULL if it has them all. Costs a few CPUID instructions.
const char *seqkit_missing_instructions(void);

/// The processors that this process may run on, at least 1.
int seqkit_available_processors(void);

#endif
