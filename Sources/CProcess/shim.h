#ifndef SEQKIT_CPROCESS_H
#define SEQKIT_CPROCESS_H

#include <sys/prctl.h>

/// Makes this process the parent of what its descendants leave behind (prctl is variadic, which Swift
/// does not call). Returns 0, or -1 with errno.
static inline int seqkit_adopt_orphans(void) {
  return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

#endif
