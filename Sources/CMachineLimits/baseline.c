// For any machine.
#include "limits.h"

#define LEVEL cm_baseline
#if defined(__aarch64__)
#define CHAINS 6
#else
#define CHAINS 3
#endif
#include "loops.h"
