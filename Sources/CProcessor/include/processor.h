#ifndef SEQKIT_PROCESSOR_H
#define SEQKIT_PROCESSOR_H

/// The processors that this process may run on, at least 1.
int seqkit_available_processors(void);

#endif
