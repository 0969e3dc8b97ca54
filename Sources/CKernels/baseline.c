// For any machine: SSE2 on x86-64, NEON on arm64.
#include <CKernels.h>

#define LEVEL ck_baseline
#define LEVEL_LANES 4
#define LEVEL_HAS_MASKS 0
#define UNIT_BLOCKS 2
#define MOMENT_ROWS 1
#if defined(__aarch64__)
#define TILE_ROWS 8
#else
#define TILE_ROWS 6
#endif
#define SUM_UNITS 2
#define SUM_SAMPLES 2
#define LEAST_GROUP 0
#define LIVE_PERCENT 100
#include "level.h"
